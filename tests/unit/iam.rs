//! The printed policy allows exactly the operator's requests.

use cloudfront_operator::{
    cloudfront::Service,
    operator::{iam, kinds},
};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path, process::Command};

fn text(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(path).expect("the file can be read")
}

fn actions(policy: &Value) -> BTreeSet<String> {
    let statements = policy["Statement"].as_array().expect("statements").iter();
    let lists = statements.flat_map(|statement| statement["Action"].as_array().expect("a list"));
    lists
        .map(|action| action.as_str().expect("text").to_owned())
        .collect()
}

fn print(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_cloudfront-operator"))
        .arg("iam-policy")
        .args(arguments)
        .output()
        .expect("the program can be run");
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).expect("a policy is JSON")
}

/// The source files that build requests.
fn request_builders() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder can be read") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let source = fs::read_to_string(&path).expect("source is text");
            let builds_request = ["get(", "post(", "put(", "delete("].iter().any(|name| {
                source
                    .match_indices(&format!("Request::{name}"))
                    .any(|(at, _)| !source[..at].ends_with("http::"))
            });
            if builds_request {
                let inside = path.strip_prefix(env!("CARGO_MANIFEST_DIR"));
                found.insert(inside.expect("it is inside").display().to_string());
            }
        }
    }
    found
}

#[test]
fn only_known_files_build_requests() {
    let known = [
        "src/engine/resource_api/addressing.rs",
        "src/engine/resource_api/code_requests.rs",
        "src/engine/resource_api/mod.rs",
        "src/engine/resource_api/pair_requests.rs",
        "src/engine/resource_api/parent_requests.rs",
        "src/engine/tags.rs",
    ];
    assert_eq!(request_builders(), known.map(str::to_owned).into());
}

#[test]
fn the_policy_of_a_kind_allows_all_its_requests() {
    for entry in kinds() {
        let allowed = actions(&iam::policy(&[entry.kind.into()], false));
        for call in entry.api.operations() {
            for (action, _) in iam::permissions(&call) {
                assert!(allowed.contains(&action), "{action} of {}", entry.kind);
            }
        }
    }
}

#[test]
fn the_operations_are_those_that_the_documentation_lists() {
    let page = text("docs/methods.md");
    let used: BTreeSet<String> = page
        .lines()
        .filter(|line| line.starts_with("| `") && !line.contains("| never"))
        .map(|line| line.split('`').nth(1).expect("a name").to_owned())
        .collect();
    let called: BTreeSet<String> = kinds()
        .iter()
        .flat_map(|entry| entry.api.operations())
        // The page is about CloudFront. The pairs of key-value stores have a service of their own.
        .filter(|call| call.service == Service::CloudFront)
        .map(|call| call.operation.into_owned())
        .collect();
    assert_eq!(called, used);
}

#[test]
fn a_distribution_with_tags_needs_permission_to_create_and_to_tag() {
    let policy = print(&["--kinds", "Distribution"]);
    let allowed = actions(&policy);
    assert!(allowed.contains("cloudfront:CreateDistribution"));
    assert!(allowed.contains("cloudfront:TagResource"));
    // IAM does not have this action.
    assert!(!allowed.contains("cloudfront:CreateDistributionWithTags"));
}

#[test]
fn a_distribution_needs_the_permissions_that_cloudfront_checks_for_its_fields() {
    let create = [
        "cloudfront:CreateDistribution",
        "cloudfront:CreateConnectionGroup",
        "cloudfront:GetVpcOrigin",
    ];
    let update = ["cloudfront:UpdateDistribution", "cloudfront:GetVpcOrigin"];
    for (operation, needed) in [
        ("CreateDistribution", &create[..]),
        ("UpdateDistribution", &update),
    ] {
        let requests = kinds().into_iter().flat_map(|entry| entry.api.operations());
        let mut found = requests.filter(|request| request.operation == operation);
        let permissions = iam::permissions(&found.next().expect("the operator sends it"));
        let actions: BTreeSet<&str> = permissions.iter().map(|(action, _)| &**action).collect();
        assert_eq!(actions, needed.iter().copied().collect(), "{operation}");
    }
    let policy = print(&["--kinds", "Distribution"]);
    let statements = policy["Statement"].as_array().expect("statements").iter();
    let of_origins = statements.filter(|it| it["Resource"] == "arn:aws:cloudfront::*:vpcorigin/*");
    let actions: Vec<&Value> = of_origins.map(|it| &it["Action"]).collect();
    assert_eq!(actions, [&serde_json::json!(["cloudfront:GetVpcOrigin"])]);
}

#[test]
fn a_role_for_real_time_logs_is_passed_to_cloudfront_only() {
    let policy = print(&["--kinds", "RealtimeLogConfig"]);
    let statements = policy["Statement"].as_array().expect("statements").iter();
    let passes = |it: &&Value| it["Action"] == serde_json::json!(["iam:PassRole"]);
    let found: Vec<&Value> = statements.filter(passes).collect();
    let [statement] = found[..] else {
        panic!("one statement passes roles: {policy}");
    };
    assert_eq!(statement["Resource"], "arn:aws:iam::*:role/*");
    assert_eq!(
        statement["Condition"]["StringEquals"]["iam:PassedToService"],
        "cloudfront.amazonaws.com"
    );
    let read_only = print(&["--kinds", "RealtimeLogConfig", "--read-only"]);
    assert!(!actions(&read_only).contains("iam:PassRole"));
}

#[test]
fn resources_are_restricted_by_type() {
    let policy = print(&["--kinds", "Invalidation"]);
    let statements = policy["Statement"].as_array().expect("statements");
    assert_eq!(statements.len(), 1);
    assert_eq!(
        statements[0]["Resource"],
        "arn:aws:cloudfront::*:distribution/*"
    );
}

#[test]
fn a_read_only_policy_allows_only_reads() {
    let allowed = actions(&print(&["--read-only"]));
    let reads = ["cloudfront:Describe", "cloudfront:Get", "cloudfront:List"];
    assert!(allowed.len() >= 9, "{allowed:?}");
    for action in allowed {
        let action = action.replace("cloudfront-keyvaluestore:", "cloudfront:");
        assert!(
            reads.iter().any(|read| action.starts_with(read)),
            "{action}"
        );
    }
}

#[test]
fn an_unknown_kind_is_a_usage_error() {
    let output = Command::new(env!("CARGO_BIN_EXE_cloudfront-operator"))
        .args(["iam-policy", "--kinds", "VpcOrigin"])
        .output()
        .expect("the program can be run");
    assert_eq!(output.status.code(), Some(2));
}
