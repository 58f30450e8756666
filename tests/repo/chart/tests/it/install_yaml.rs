//! `deploy/`: the chart with its default values as one file, and as a kustomize base. `UPDATE=1 cargo test -p chart-tests install_yaml`
//! updates the file.

use super::{
    api_server::{control_plane, kubectl, stderr_text},
    golden::check_file,
    helm::{chart, documents, helm, output, repository},
    test_env::TestEnv,
};
use serde_json::Value;
use std::{collections::BTreeMap, process::Output};

/// The name of the release and of its namespace.
const NAME: &str = "cloudfront-operator";

/// The start of the file. The pods meet the Pod Security Standard `restricted`.
const NAMESPACE: &str = "\
# Generated from charts/cloudfront-operator by `UPDATE=1 cargo test -p chart-tests`; do not edit.
apiVersion: v1
kind: Namespace
metadata:
  name: cloudfront-operator
  labels:
    app.kubernetes.io/part-of: cloudfront-operator
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/warn: restricted
";

fn rendered_chart() -> String {
    let mut command = helm();
    command
        .args(["template", NAME])
        .arg(chart())
        .args(["--namespace", NAME, "--skip-tests"]);
    output(&mut command).unwrap()
}

/// Returns the objects by kind and name.
fn objects(yaml: &str) -> BTreeMap<String, Value> {
    let objects = documents(yaml).into_iter();
    objects
        .map(|object| {
            let (kind, name) = (&object["kind"], &object["metadata"]["name"]);
            (format!("{kind} {name}"), object)
        })
        .collect()
}

fn path(file: &str) -> String {
    repository(file).to_str().unwrap().to_owned()
}

#[test]
fn install_yaml_is_the_rendered_chart_with_a_namespace() {
    let expected = format!("{NAMESPACE}{}", rendered_chart());
    check_file(&repository("deploy/install.yaml"), &expected);
}

#[test]
fn the_kustomize_base_has_the_same_objects() {
    let built = kubectl(control_plane(), &["kustomize", &path("deploy")], "");
    assert!(built.status.success(), "{}", stderr_text(&built));
    let mut expected = objects(&rendered_chart());
    expected.extend(objects(NAMESPACE));
    assert!(objects(&String::from_utf8(built.stdout).unwrap()) == expected);
}

/// Runs a kubectl command on the objects of the file. Panics if it fails or warns.
fn kubectl_on_file(test_env: &TestEnv, arguments: &[&str]) -> String {
    let file = path("deploy/install.yaml");
    let all = [arguments, &["--filename", &file]].concat();
    let Output {
        status,
        stdout,
        stderr,
    } = kubectl(test_env.cluster, &all, "");
    let message = String::from_utf8(stderr).unwrap();
    assert!(
        status.success() && message.is_empty(),
        "{arguments:?}: {message}"
    );
    String::from_utf8(stdout).unwrap()
}

#[test]
fn kubectl_installs_the_file_without_a_warning_and_finds_no_difference_afterwards() {
    let test_env = TestEnv::new("install-yaml");
    let applied = kubectl_on_file(&test_env, &["apply", "--validate=strict"]);
    let count = objects(&rendered_chart()).len() + 1;
    assert_eq!(applied.lines().count(), count, "{applied}");
    assert_eq!(kubectl_on_file(&test_env, &["diff"]), "");
    kubectl_on_file(&test_env, &["delete", "--wait=false"]);
}
