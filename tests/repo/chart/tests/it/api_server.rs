//! What a real API server says to what is rendered: nothing is created, everything is validated and admitted.

use super::helm::{documents, repository, sets};
use cluster::{Cluster, Options};
use serde_json::{Value, json};
use std::{
    io::Write,
    path::Path,
    process::{Output, Stdio},
    sync::OnceLock,
};

/// A control plane of its own: on the shared one, definitions come and go with releases.
pub(crate) fn control_plane() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let cluster = Cluster::start(Options::default()).unwrap();
        let kinds = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/monitoring.yaml");
        for definitions in [repository("crds"), kinds] {
            let file = definitions.to_str().unwrap();
            let applied = kubectl(
                &cluster,
                &["apply", "--server-side", "--filename", file],
                "",
            );
            assert!(applied.status.success(), "{}", words(&applied));
            let established = [
                "wait",
                "--for=condition=Established",
                "--timeout=60s",
                "--filename",
                file,
            ];
            assert!(kubectl(&cluster, &established, "").status.success());
        }
        for team in ["team-a", "team-b"] {
            assert!(
                kubectl(&cluster, &["create", "namespace", team], "")
                    .status
                    .success()
            );
        }
        cluster
    })
}

/// A namespace that refuses every pod that is not restricted.
fn restricted() -> String {
    let cluster = control_plane();
    let namespace = cluster.create_namespace("restricted").unwrap();
    let labels =
        ["enforce", "warn"].map(|what| format!("pod-security.kubernetes.io/{what}=restricted"));
    let label = ["label", "namespace", &namespace, &labels[0], &labels[1]];
    assert!(kubectl(cluster, &label, "").status.success());
    namespace
}

pub(crate) fn kubectl(cluster: &Cluster, arguments: &[&str], input: &str) -> Output {
    let mut child = cluster
        .kubectl()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // kubectl says by itself what it could not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

pub(crate) fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_set_of_values_is_taken_by_the_api_server_without_a_warning() {
    let namespace = restricted();
    let apply = [
        "apply",
        "--server-side",
        "--force-conflicts",
        "--dry-run=server",
        "--validate=strict",
        "--filename",
        "-",
    ];
    for set in sets() {
        let taken = kubectl(control_plane(), &apply, &set.render(&namespace));
        let said = words(&taken);
        assert!(
            taken.status.success() && said.is_empty(),
            "{}: {said}",
            set.name
        );
    }
}

/// The pod that a controller would make of a template, or the object itself if it is one.
fn pod(object: &Value) -> Option<Value> {
    let template = match object["kind"].as_str()? {
        "Deployment" => &object["spec"]["template"],
        "Pod" => object,
        _ => return None,
    };
    let name = object["metadata"]["name"].as_str()?;
    let labels = &template["metadata"]["labels"];
    Some(json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "labels": labels},
        "spec": template["spec"],
    }))
}

fn admit(namespace: &str, pod: &Value) -> Output {
    let create = [
        "create",
        "--dry-run=server",
        "--validate=strict",
        "--namespace",
        namespace,
        "--filename",
        "-",
    ];
    kubectl(control_plane(), &create, &pod.to_string())
}

#[test]
fn every_pod_is_admitted_where_only_restricted_ones_are() {
    let namespace = restricted();
    for set in sets() {
        let pods: Vec<Value> = documents(&set.render(&namespace))
            .iter()
            .filter_map(pod)
            .collect();
        assert!(pods.len() >= 2, "{} has an operator and a test", set.name);
        for pod in pods {
            let admitted = admit(&namespace, &pod);
            assert!(
                admitted.status.success(),
                "{}: {}",
                set.name,
                words(&admitted)
            );
            let numeric = pod["spec"]["securityContext"]["runAsUser"].is_number();
            assert!(
                numeric,
                "{}: a kubelet knows that the user is not root",
                set.name
            );
            let container = &pod["spec"]["containers"][0]["securityContext"];
            assert_eq!(container["readOnlyRootFilesystem"], true, "{}", set.name);
        }
    }
}

#[test]
fn the_namespace_refuses_a_pod_that_may_be_root() {
    let namespace = restricted();
    let set = &sets()[0];
    let all = documents(&set.render(&namespace));
    let mut pod = all.iter().find_map(pod).unwrap();
    pod["spec"]["securityContext"]["runAsNonRoot"] = json!(false);
    let refused = admit(&namespace, &pod);
    assert!(
        words(&refused).contains("violates PodSecurity"),
        "{}",
        words(&refused)
    );
}
