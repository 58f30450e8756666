//! Installation, upgrade and uninstallation of releases on a real control plane.

use super::{
    api_server::{kubectl, stderr_text},
    helm::{chart, documents, repository},
    test_env::TestEnv,
};
use cloudfront_operator::operator::crds;
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

fn copy_directory(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_directory(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// Writes a chart with an earlier version, one replica, and no printer columns of `OriginAccessIdentity`.
fn write_previous_chart(directory: &TempDir) -> PathBuf {
    let old = directory.path().join("previous");
    copy_directory(&chart(), &old);
    let edit = |file: &str, from: &str, to: &str| {
        let text = fs::read_to_string(old.join(file)).unwrap();
        assert!(text.contains(from), "{file}: {from}");
        fs::write(old.join(file), text.replace(from, to)).unwrap();
    };
    edit("Chart.yaml", "version: 0.1.0", "version: 0.0.9");
    edit("values.yaml", "replicas: null", "replicas: 1");
    let file = old.join("files/crds/originaccessidentities.yaml");
    let mut crd = documents(&fs::read_to_string(&file).unwrap()).remove(0);
    crd["spec"]["versions"][0]["additionalPrinterColumns"] = json!([]);
    fs::write(file, crd.to_string()).unwrap();
    old
}

const IDENTITY: &str = "{apiVersion: cloudfront-operator.dev/v1alpha1, kind: OriginAccessIdentity, metadata: {name: site}, spec: {comment: kept}}";

/// Asserts that a release uses at most half of the size that the API server accepts. Helm stores the chart and its manifests in one Secret,
/// whose data can have 1 MiB: compressed, in base64, which kubectl prints in base64 once more.
fn assert_secret_is_small(test_env: &TestEnv) {
    let secret = ["get", "secret", "sh.helm.release.v1.edge.v1"];
    let data = ["--output=jsonpath={.data.release}"];
    let size = test_env.kubectl(&[&secret[..], &data].concat()).len() / 4 * 3;
    println!("the Secret of a release has {size} bytes");
    assert!((100_000..500_000).contains(&size), "{size} bytes");
}

/// Applies an `OriginAccessIdentity` after its CRD is established.
fn apply_identity(test_env: &TestEnv) {
    let established = "--for=condition=Established";
    let crd = "customresourcedefinition/originaccessidentities.cloudfront-operator.dev";
    test_env.kubectl(&["wait", established, crd, "--timeout=60s"]);
    // The API server applies no mutating policy to a new kind for some seconds, and rejects its objects meanwhile.
    let apply = [
        "apply",
        "--namespace",
        &test_env.namespace,
        "--filename",
        "-",
    ];
    for _ in 0..100 {
        let applied = kubectl(test_env.cluster, &apply, IDENTITY);
        if !stderr_text(&applied).contains("(ServiceUnavailable)") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    test_env.kubectl_with(&["apply", "--filename", "-"], IDENTITY);
}

#[test]
fn an_upgrade_updates_the_crds_and_keeps_every_object() {
    let test_env = TestEnv::new("upgrade");
    let directory = TempDir::new().unwrap();
    let notes = test_env
        .helm_release("install", "edge", &write_previous_chart(&directory), &[])
        .unwrap();
    assert!(notes.contains("helm test edge --namespace"), "{notes}");
    assert!(notes.contains("create-pod-identity-association"), "{notes}");
    let columns = |test_env: &TestEnv| {
        test_env.identity_crd()["spec"]["versions"][0]["additionalPrinterColumns"].clone()
    };
    assert!(columns(&test_env).is_null());
    apply_identity(&test_env);
    let before = test_env.kubectl(&["get", "cfoai", "site", "--output=jsonpath={.metadata.uid}"]);

    test_env
        .helm_release("upgrade", "edge", &chart(), &[])
        .unwrap();
    assert!(
        columns(&test_env).is_array(),
        "the upgrade has updated the CRD"
    );
    let replicas = [
        "get",
        "deployment",
        "edge-cloudfront-operator",
        "--output=jsonpath={.spec.replicas}",
    ];
    assert_eq!(test_env.kubectl(&replicas), "2");
    let after = test_env.kubectl(&["get", "cfoai", "site", "--output=jsonpath={.metadata.uid}"]);
    assert_eq!(after, before);

    test_env.helm(&["rollback", "edge", "1"]).unwrap();
    assert_eq!(test_env.kubectl(&replicas), "1");
    assert_eq!(test_env.object_names("originaccessidentities"), ["site"]);
    test_env.helm(&["uninstall", "edge"]).unwrap();
}

#[test]
fn objects_survive_an_uninstallation_and_a_new_release_adopts_them() {
    let test_env = TestEnv::new("uninstall");
    test_env
        .helm_release("install", "edge", &chart(), &[])
        .unwrap();
    assert_secret_is_small(&test_env);
    apply_identity(&test_env);
    test_env.helm(&["uninstall", "edge"]).unwrap();
    assert_eq!(test_env.object_names("deployments"), [] as [String; 0]);
    assert_eq!(test_env.object_names("originaccessidentities"), ["site"]);

    test_env
        .helm_release("install", "edge", &chart(), &[])
        .expect("a release with the same name adopts the CRDs");
    test_env.helm(&["uninstall", "edge"]).unwrap();
    let error = test_env
        .helm_release("install", "other", &chart(), &[])
        .unwrap_err();
    assert!(error.contains("invalid ownership metadata"), "{error}");
    test_env
        .helm_release("install", "other", &chart(), &["--take-ownership"])
        .unwrap();
    assert_eq!(test_env.object_names("originaccessidentities"), ["site"]);
    test_env.helm(&["uninstall", "other"]).unwrap();
    assert_eq!(test_env.count_crds(), crds().len());
}

#[test]
fn an_uninstallation_deletes_crds_without_the_keep_policy() {
    let test_env = TestEnv::new("delete-crds");
    test_env
        .helm_release("install", "edge", &chart(), &["--set=crds.keep=false"])
        .unwrap();
    assert_eq!(test_env.count_crds(), crds().len());
    test_env.helm(&["uninstall", "edge", "--wait"]).unwrap();
    assert_eq!(test_env.count_crds(), 0);
}

#[test]
fn the_crds_can_be_a_separate_release() {
    let test_env = TestEnv::new("separate-crds");
    let crds_chart = repository("charts/cloudfront-operator-crds");
    test_env
        .helm_release("install", "crds", &crds_chart, &[])
        .unwrap();
    test_env
        .helm_release("install", "edge", &chart(), &["--set=crds.enabled=false"])
        .unwrap();
    apply_identity(&test_env);
    test_env.helm(&["uninstall", "edge"]).unwrap();
    test_env
        .helm_release(
            "upgrade",
            "crds",
            &crds_chart,
            &["--set=crds.annotations.a=b"],
        )
        .unwrap();
    assert_eq!(test_env.identity_crd()["metadata"]["annotations"]["a"], "b");
    assert_eq!(test_env.object_names("originaccessidentities"), ["site"]);
    test_env.helm(&["uninstall", "crds"]).unwrap();
    assert_eq!(test_env.count_crds(), crds().len());
}

#[test]
fn the_chart_warns_of_the_deprecated_kind_and_grants_users_the_aggregated_roles() {
    let test_env = TestEnv::new("policy");
    test_env
        .helm_release("install", "edge", &chart(), &[])
        .unwrap();
    apply_identity(&test_env);
    let is_granted = |verb: &str, role: &str| {
        let name = format!("edge-cloudfront-operator-{role}");
        let rules = test_env.kubectl(&[
            "get",
            "clusterrole",
            &name,
            "--output=jsonpath={.rules[*].verbs}",
        ]);
        rules.contains(&format!("\"{verb}\""))
    };
    assert!(is_granted("watch", "view") && is_granted("patch", "edit"));
    assert!(!is_granted("patch", "view"));
    let media = "{apiVersion: cloudfront-operator.dev/v1alpha1, kind: StreamingDistribution, metadata: {name: m}, spec: {s3Origin: {domainName: m.s3.amazonaws.com}}}";
    let mut message = String::new();
    for _ in 0..100 {
        // The API server enforces a policy shortly after its creation.
        let apply = [
            "--namespace",
            &test_env.namespace,
            "create",
            "--dry-run=server",
            "--filename",
            "-",
        ];
        message = stderr_text(&kubectl(test_env.cluster, &apply, media));
        if message.contains("AWS ended") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert!(
        message.starts_with("Warning:") && message.contains("AWS ended streaming distributions"),
        "{message}"
    );
    test_env.helm(&["uninstall", "edge"]).unwrap();
}
