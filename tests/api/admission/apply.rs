//! A repeated `kubectl apply`, client-side or server-side, changes nothing, and several field managers can share an object.

use super::kubectl::{assert_success, create_namespace, kubectl};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

/// The examples without `generateName`.
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

/// Runs one kubectl with all files, since it takes a while to start.
fn kubectl_files(arguments: &[&str], files: &[PathBuf]) -> Output {
    let mut command = cluster::shared().unwrap().kubectl();
    let files = files
        .iter()
        .map(|file| format!("--filename={}", file.display()));
    command.args(arguments).args(files).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Applies every example twice, and runs `kubectl diff`.
#[track_caller]
fn assert_second_apply_changes_nothing(prefix: &str, flags: &[&str], unchanged: &str) {
    let namespace = format!("--namespace={}", create_namespace(prefix));
    let apply = [&["apply", &namespace], flags].concat();
    let files = examples();
    assert_success(&kubectl_files(&apply, &files));
    let again = kubectl_files(&apply, &files);
    assert_success(&again);
    // kubectl reports a Secret with stringData as changed each time.
    let is_own_kind = |line: &&str| line.contains(".cloudfront-operator.dev/");
    let lines = stdout(&again);
    let own: Vec<&str> = lines.lines().filter(is_own_kind).collect();
    assert!(own.len() > files.len(), "{lines}");
    for line in own {
        assert!(line.ends_with(unchanged), "{line}");
    }
    let difference = kubectl_files(&[&["diff", &namespace], flags].concat(), &files);
    assert_eq!(stdout(&difference), "");
    assert_success(&difference);
}

#[test]
fn an_example_is_unchanged_when_it_is_applied_again() {
    assert_second_apply_changes_nothing("apply-twice", &[], " unchanged");
}

#[test]
fn an_example_has_no_difference_when_it_is_applied_again_server_side() {
    assert_second_apply_changes_nothing("apply-server", &["--server-side"], " serverside-applied");
}

#[test]
fn a_client_side_apply_can_be_followed_by_a_server_side_apply() {
    let namespace = format!("--namespace={}", create_namespace("apply-switch"));
    let files = examples();
    assert_success(&kubectl_files(&["apply", &namespace], &files));
    let server_side = ["apply", &namespace, "--server-side"];
    assert_success(&kubectl_files(&server_side, &files));
    let get = ["get", &namespace, "-o=json", "--show-managed-fields"];
    let output = kubectl_files(&get, &files);
    let objects: Value = serde_json::from_slice(&output.stdout).unwrap();
    for object in objects["items"].as_array().unwrap() {
        let text = object.to_string();
        let name = &object["metadata"]["name"];
        assert!(
            !text.contains("kubectl-client-side-apply"),
            "{name} has two managers"
        );
    }
}

#[test]
fn the_definitions_fit_into_the_last_applied_annotation() {
    create_namespace("apply-definitions");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds");
    assert_success(&kubectl_files(&["apply"], &[folder]));
}

/// A distribution with the fields of one manager.
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
    let output = command.output().unwrap();
    assert_success(&output);
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    let origins = object["spec"]["origins"].as_array().unwrap();
    let ids = origins
        .iter()
        .map(|it| it["id"].as_str().unwrap().to_owned());
    ids.collect()
}

#[track_caller]
fn apply(namespace: &str, manager: &str, spec: &Value) {
    let manager = format!("--field-manager={manager}");
    let arguments = ["apply", "--server-side", &manager, namespace];
    assert_success(&kubectl(&arguments, &distribution(spec)));
}

#[test]
fn two_managers_each_own_one_origin() {
    let namespace = format!("--namespace={}", create_namespace("apply-shared"));
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
    apply(&namespace, "site", &site);
    apply(&namespace, "api", &api);
    apply(&namespace, "site", &site);
    apply(&namespace, "api", &api);
    assert_eq!(origins(&namespace), ["bucket", "api"]);

    apply(&namespace, "api", &json!({}));
    assert_eq!(origins(&namespace), ["bucket"]);
}

#[test]
fn a_conflict_names_the_other_manager() {
    let namespace = format!("--namespace={}", create_namespace("apply-conflict"));
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
    apply(&namespace, "site", &spec("first"));
    let arguments = [
        "apply",
        "--server-side",
        "--field-manager=other",
        &namespace,
    ];
    let output = kubectl(&arguments, &distribution(&spec("second")));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        stderr.contains(r#"conflict with "site": .spec.comment"#),
        "{stderr}"
    );
}
