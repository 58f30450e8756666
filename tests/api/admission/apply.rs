//! Applying again changes nothing, by either way of `kubectl apply`, and several managers can share one object.

use super::server::{kubectl, prepared, succeeds};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

/// The example manifests that have a name of their own.
fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|file| file.extension().is_some_and(|it| it == "yaml"))
        .filter(|file| {
            !fs::read_to_string(file)
                .unwrap()
                .contains("\n  generateName:")
        })
        .collect();
    files.sort();
    assert!(files.len() > 5, "{files:?}");
    files
}

/// What kubectl prints about a file.
fn about(arguments: &[&str], file: &Path) -> Output {
    let mut command = cluster::shared().unwrap().kubectl();
    let file = format!("--filename={}", file.display());
    command.args(arguments).arg(file).output().unwrap()
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Applies every example, twice, and asks for the difference.
#[track_caller]
fn the_second_time_nothing_happens(prefix: &str, how: &[&str], unchanged: &str) {
    let namespace = format!("--namespace={}", prepared(prefix));
    let apply = [&["apply", &namespace], how].concat();
    for file in examples() {
        succeeds(&about(&apply, &file));
        let again = about(&apply, &file);
        succeeds(&again);
        // A Secret's stringData is Kubernetes' own, and always news to kubectl.
        let about_us = |line: &&str| line.contains(".cloudfront-operator.dev/");
        for line in printed(&again).lines().filter(about_us) {
            assert!(line.ends_with(unchanged), "{}: {line}", file.display());
        }
        let difference = about(&[&["diff", &namespace], how].concat(), &file);
        assert_eq!(printed(&difference), "", "{}", file.display());
        assert!(difference.status.success(), "{}", file.display());
    }
}

#[test]
fn an_example_that_is_applied_again_is_unchanged() {
    the_second_time_nothing_happens("apply-twice", &[], " unchanged");
}

#[test]
fn an_example_that_is_applied_again_at_the_server_is_without_a_difference() {
    the_second_time_nothing_happens("apply-server", &["--server-side"], " serverside-applied");
}

#[test]
fn what_was_applied_by_the_client_can_be_applied_at_the_server_without_a_conflict() {
    let namespace = format!("--namespace={}", prepared("apply-switch"));
    for file in examples() {
        succeeds(&about(&["apply", &namespace], &file));
        succeeds(&about(&["apply", &namespace, "--server-side"], &file));
        let shown = about(
            &["get", &namespace, "-o=json", "--show-managed-fields"],
            &file,
        );
        assert!(
            !printed(&shown).contains("kubectl-client-side-apply"),
            "{} has two managers",
            file.display()
        );
    }
}

#[test]
fn the_definitions_fit_into_what_the_client_keeps_of_them() {
    prepared("apply-definitions");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds");
    succeeds(&about(&["apply"], &folder));
}

/// A distribution, as far as one of its managers knows it.
fn distribution(spec: &Value) -> Value {
    json!({
        "apiVersion": "cloudfront-operator.dev/v1alpha1",
        "kind": "Distribution",
        "metadata": {"name": "shared"},
        "spec": spec,
    })
}

fn origins(namespace: &str) -> Vec<String> {
    let mut command = cluster::shared().unwrap().kubectl();
    command.args(["get", "cfd/shared", namespace, "-o=json"]);
    let shown = command.output().unwrap();
    succeeds(&shown);
    let object: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let origins = object["spec"]["origins"].as_array().unwrap();
    let ids = origins
        .iter()
        .map(|it| it["id"].as_str().unwrap().to_owned());
    ids.collect()
}

#[track_caller]
fn applies(namespace: &str, manager: &str, spec: &Value) {
    let manager = format!("--field-manager={manager}");
    let arguments = ["apply", "--server-side", &manager, namespace];
    succeeds(&kubectl(&arguments, &distribution(spec)));
}

#[test]
fn two_managers_each_own_one_origin() {
    let namespace = format!("--namespace={}", prepared("apply-shared"));
    let site = json!({
        "origins": [{"id": "bucket", "domainName": "site.s3.amazonaws.com", "s3OriginConfig": {}}],
        "defaultCacheBehavior": {
            "targetOriginId": "bucket",
            "viewerProtocolPolicy": "redirect-to-https",
            "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        },
    });
    let api = json!({"origins": [{
        "id": "api",
        "domainName": "api.example.com",
        "customOriginConfig": {"originProtocolPolicy": "https-only"},
    }]});
    applies(&namespace, "site", &site);
    applies(&namespace, "api", &api);
    applies(&namespace, "site", &site);
    applies(&namespace, "api", &api);
    assert_eq!(origins(&namespace), ["bucket", "api"]);

    applies(&namespace, "api", &json!({}));
    assert_eq!(origins(&namespace), ["bucket"]);
}

#[test]
fn a_manager_that_wants_another_value_is_told_whose_it_is() {
    let namespace = format!("--namespace={}", prepared("apply-conflict"));
    let spec = |comment: &str| {
        json!({
            "comment": comment,
            "origins": [{"id": "bucket", "domainName": "site.s3.amazonaws.com"}],
            "defaultCacheBehavior": {
                "targetOriginId": "bucket",
                "viewerProtocolPolicy": "redirect-to-https",
                "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            },
        })
    };
    applies(&namespace, "site", &spec("first"));
    let arguments = [
        "apply",
        "--server-side",
        "--field-manager=other",
        &namespace,
    ];
    let refused = kubectl(&arguments, &distribution(&spec("second")));
    let says = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success());
    assert!(
        says.contains(r#"conflict with "site": .spec.comment"#),
        "{says}"
    );
}
