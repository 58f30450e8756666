//! Every file of `examples/`, used as its head tells.

use super::stage::{Stage, condition};
use cloudfront_simulator::ResourceType;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::TempDir;

/// What the examples refer to and no kind makes.
const GIVEN: [(ResourceType, &str); 4] = [
    (ResourceType::OriginAccessControl, "E2OACEXAMPLE"),
    (
        ResourceType::KeyGroup,
        "00000000-0000-4000-8000-000000000000",
    ),
    (
        ResourceType::Function,
        "arn:aws:cloudfront::123456789012:function/directory-index",
    ),
    (
        ResourceType::WebAcl,
        "arn:aws:wafv2:us-east-1:123456789012:global/webacl/tickets/00000000-0000-4000-8000-000000000000",
    ),
];

/// What each file of the folder promises: the object, and what CloudFront's configuration of it has to say in the end.
const PROMISES: [(&str, &str, &[&str]); 16] = [
    (
        "api-and-static.yaml",
        "cfd/app",
        &[
            "<PathPattern>/api/*</PathPattern><TargetOriginId>app</TargetOriginId>",
            "<PathPattern>/static/*</PathPattern><TargetOriginId>assets</TargetOriginId>",
        ],
    ),
    (
        "directory-index.yaml",
        "cfd/blog",
        &[
            "<FunctionARN>arn:aws:cloudfront::123456789012:function/directory-index</FunctionARN><EventType>viewer-request</EventType>",
        ],
    ),
    (
        "error-pages.yaml",
        "cfd/shop",
        &[
            "<ErrorCode>502</ErrorCode><ResponsePagePath>/errors/maintenance.html</ResponsePagePath><ResponseCode>503</ResponseCode>",
        ],
    ),
    (
        "failover.yaml",
        "cfd/downloads",
        &[
            "<OriginGroup><Id>downloads</Id>",
            "<DefaultCacheBehavior><TargetOriginId>downloads</TargetOriginId>",
            "<OriginId>primary</OriginId></OriginGroupMember><OriginGroupMember><OriginId>replica</OriginId>",
        ],
    ),
    (
        "geo-restriction.yaml",
        "cfd/films",
        &[
            "<RestrictionType>whitelist</RestrictionType>",
            "<Location>CH</Location>",
        ],
    ),
    ("invalidation-cronjob.yaml", "", &[]),
    ("invalidation.yaml", "cfinv/site-release-1", &[]),
    (
        "logging.yaml",
        "cfd/handbook",
        &["<Bucket>example-logs.s3.amazonaws.com</Bucket><Prefix>handbook/</Prefix>"],
    ),
    (
        "origin-access-identity.yaml",
        "cfoai/assets",
        &["<Comment>reads the bucket of assets</Comment>"],
    ),
    (
        "s3-site-oac.yaml",
        "cfd/pages",
        &[
            "<OriginAccessControlId>E2OACEXAMPLE</OriginAccessControlId>",
            "<OriginAccessIdentity></OriginAccessIdentity>",
        ],
    ),
    (
        "s3-site.yaml",
        "cfd/site",
        &["<OriginAccessIdentity>origin-access-identity/cloudfront/E"],
    ),
    (
        "secret-header.yaml",
        "cfd/booking",
        &["<HeaderName>X-Origin-Verify</HeaderName><HeaderValue>replace-me</HeaderValue>"],
    ),
    (
        "signed-urls.yaml",
        "cfd/courses",
        &[
            "<TrustedKeyGroups><Enabled>true</Enabled>",
            "<KeyGroup>00000000-0000-4000-8000-000000000000</KeyGroup>",
        ],
    ),
    (
        "spa.yaml",
        "cfd/spa",
        &[
            "<ErrorCode>403</ErrorCode><ResponsePagePath>/index.html</ResponsePagePath><ResponseCode>200</ResponseCode>",
            "<ErrorCode>404</ErrorCode><ResponsePagePath>/index.html</ResponsePagePath><ResponseCode>200</ResponseCode>",
        ],
    ),
    (
        "streaming.yaml",
        "cfsd/media",
        &["<AwsAccountNumber>self</AwsAccountNumber>"],
    ),
    (
        "web-acl.yaml",
        "cfd/tickets",
        &[
            "<WebACLId>arn:aws:wafv2:us-east-1:123456789012:global/webacl/tickets/00000000-0000-4000-8000-000000000000</WebACLId>",
        ],
    ),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

fn example(name: &str) -> String {
    fs::read_to_string(folder().join(name)).expect("there is such an example")
}

/// What kubectl is told of a file or a folder of the examples.
fn named(name: &str) -> String {
    format!("--filename={}", folder().join(name).display())
}

/// Makes known to CloudFront what the examples refer to.
pub(super) fn given(stage: &Stage) {
    for (family, id) in GIVEN {
        stage.control().seed(family, id);
    }
}

/// The configuration that CloudFront has under an id.
fn configuration(state: &Value, id: &Value) -> String {
    let accounts = state["accounts"].as_object().expect("there are accounts");
    let resources = accounts.values().flat_map(|account| {
        [
            "distributions",
            "streaming_distributions",
            "origin_access_identities",
        ]
        .into_iter()
        .flat_map(|family| account[family].as_array().into_iter().flatten())
    });
    let found = resources.filter(|resource| resource["id"] == *id);
    let texts: Vec<&str> = found.filter_map(|one| one["config"].as_str()).collect();
    texts.concat()
}

#[test]
fn all_files_of_the_folder_together_become_what_they_promise_and_go_again() {
    let stage = Stage::with_deploy_delay("examples", Duration::from_secs(1));
    given(&stage);
    stage.kubectl(&["apply", &named("")]);
    for (file, object, promised) in PROMISES {
        if object.is_empty() {
            continue;
        }
        let found = stage.until(object, &format!("of {file} is ready"), |value| {
            condition(value, "Ready").0 == "True"
                && value["status"]["observedGeneration"] == value["metadata"]["generation"]
        });
        let state = stage.control().state();
        let configuration = configuration(&state, &found["status"]["id"]);
        for text in promised {
            assert!(
                configuration.contains(text),
                "{file}: no {text} in {configuration}"
            );
        }
    }
    stage.kubectl(&["delete", &named("")]);
    let left = stage.kubectl(&["get", "cloudfront", "--output", "name"]);
    assert_eq!(left, "");
    let state = stage.control().state().to_string();
    assert!(!state.contains("<DistributionConfig"), "{state}");
}

#[test]
fn no_file_of_the_folder_is_without_a_promise() {
    let files: BTreeSet<String> = fs::read_dir(folder())
        .expect("there is a folder")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .map(|path| {
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into()
        })
        .collect();
    let promised = PROMISES.iter().map(|(file, ..)| (*file).to_owned());
    assert_eq!(files, promised.collect());
}

/// Whether a ServiceAccount of the stage may do so.
fn may(stage: &Stage, user: &str, question: [&str; 2]) -> bool {
    let arguments = [&["auth", "can-i", user], &question[..]].concat();
    let output = stage.try_kubectl(&arguments, "");
    let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(["yes", "no"].contains(&answer.as_str()), "{output:?}");
    answer == "yes"
}

fn may_only_have_to_do_with_invalidations(stage: &Stage, user: &str) {
    for question in [
        ["delete", "invalidations"],
        ["update", "invalidations"],
        ["get", "distributions"],
        ["get", "secrets"],
        ["create", "jobs"],
    ] {
        assert!(!may(stage, user, question), "{user} may {question:?}");
    }
}

#[test]
fn a_pipeline_creates_an_invalidation_and_waits_for_it() {
    let stage = Stage::with_deploy_delay("pipeline", Duration::from_secs(1));
    stage.kubectl(&["apply", &named("s3-site.yaml"), &named("ci/role.yaml")]);
    let user = format!("--as=system:serviceaccount:{}:pipeline", stage.namespace);
    let file = named("ci/invalidation.yaml");
    let name = stage.kubectl(&["create", &user, &file, "--output", "name"]);
    let complete = "--for=condition=Complete";
    stage.kubectl(&["wait", &user, name.trim(), complete, "--timeout=15m"]);
    may_only_have_to_do_with_invalidations(&stage, &user);
}

#[test]
fn a_cron_job_creates_invalidations_and_may_do_nothing_else() {
    let stage = Stage::with_deploy_delay("cron", Duration::from_secs(1));
    let file = named("invalidation-cronjob.yaml");
    stage.kubectl(&["apply", &named("s3-site.yaml"), &file]);
    let from = "--from=cronjob/nightly-invalidation";
    stage.kubectl(&["create", "job", "tonight", from, "--dry-run=server"]);

    let job = stage
        .get("cronjob/nightly-invalidation")
        .expect("it is there");
    let pod = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"];
    let (container, volume) = (&pod["containers"][0], &pod["volumes"][0]);
    assert_eq!(container["command"], serde_json::json!(["kubectl"]));
    let mounted = container["volumeMounts"][0]["mountPath"]
        .as_str()
        .expect("a path");
    let map = volume["configMap"]["name"].as_str().expect("a name");
    let map = stage.get(&format!("configmap/{map}")).expect("it is there");
    let directory = TempDir::new().expect("a directory can be made");
    for (name, content) in map["data"].as_object().expect("it has data") {
        let content = content.as_str().expect("a text");
        fs::write(directory.path().join(name), content).expect("it can be written");
    }
    let account = pod["serviceAccountName"].as_str().expect("a name");
    let user = format!("--as=system:serviceaccount:{}:{account}", stage.namespace);
    let arguments = container["args"].as_array().expect("a list").iter();
    let mut command: Vec<String> = arguments
        .map(|word| word.as_str().expect("a text"))
        .map(|word| match Path::new(word).strip_prefix(mounted) {
            Ok(file) => directory.path().join(file).display().to_string(),
            Err(_) => word.to_owned(),
        })
        .collect();
    command.push(user.clone());
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    stage.kubectl(&command);
    let all = [
        "wait",
        "cfinv",
        "--all",
        "--for=condition=Complete",
        "--timeout=60s",
    ];
    stage.kubectl(&all);
    may_only_have_to_do_with_invalidations(&stage, &user);
    assert!(!may(&stage, &user, ["get", "invalidations"]));
}

/// A distribution that nobody manages, such as a person leaves behind; its id.
fn made_by_hand(stage: &Stage) -> String {
    let manifest = example("adopt/manage.yaml")
        .replace("name: legacy", "name: maker")
        .replace("adoptId: E1EXAMPLE", "deletionPolicy: Retain");
    stage.apply(&manifest);
    let id = stage.until_ready("cfd/maker")["status"]["id"].clone();
    stage.kubectl(&["delete", "cfd/maker"]);
    id.as_str().expect("it has an id").to_owned()
}

fn set_timeout(stage: &Stage, id: &str, seconds: &str) {
    let path = "Origins/Items/0/CustomOriginConfig/OriginReadTimeout";
    stage.edit_by_hand(id, path, seconds);
}

#[test]
fn a_distribution_that_exists_is_observed_then_managed_and_never_lost() {
    let stage = Stage::with_deploy_delay("legacy", Duration::ZERO);
    let id = made_by_hand(&stage);
    set_timeout(&stage, &id, "60");
    let before = stage.now();
    stage.apply(&example("adopt/observe.yaml").replace("E1EXAMPLE", &id));
    stage.until_condition("cfd/legacy", "Stalled", "True", "Drifted");
    let shown =
        "jsonpath={range .status.drift[*]}{.path}: {.observed}, not {.desired}{\"\\n\"}{end}";
    assert_eq!(
        stage.kubectl(&["get", "cfd", "legacy", "--output", shown]),
        "origins[server].customOriginConfig.originReadTimeout: 60, not 30\n"
    );
    set_timeout(&stage, &id, "30");
    stage.until_ready("cfd/legacy");
    assert_eq!(stage.writes_since(before), [], "an observer writes nothing");

    stage.apply(&example("adopt/manage.yaml").replace("E1EXAMPLE", &id));
    let managed = stage.until_ready("cfd/legacy");
    assert_eq!(managed["status"]["id"], id.as_str());
    assert_eq!(stage.writes_since(before), [], "there is nothing to change");
    set_timeout(&stage, &id, "60");
    stage.eventually("the change is undone", || {
        (!stage.writes_since(before).is_empty()).then_some(())
    });
    stage.kubectl(&["delete", "cfd/legacy"]);
    assert_eq!(
        Stage::operations(&stage.writes_since(before)),
        ["UpdateDistribution"],
        "the distribution stays"
    );
}
