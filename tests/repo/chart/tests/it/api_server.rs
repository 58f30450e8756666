//! Dry runs of the rendered manifests against a real API server, which validates and admits them.

use super::helm::{documents, repository, values_files};
use cluster::{Cluster, Options};
use serde_json::{Value, json};
use std::{
    io::Write,
    path::Path,
    process::{Output, Stdio},
    sync::OnceLock,
};

/// The `RuntimeClass` of `values/usual-keys.yaml`, which must exist when a pod is created.
const RUNTIME_CLASS: &str =
    "{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: gvisor}, handler: runsc}";

/// Returns a control plane with the CRDs of the operator and of the Prometheus operator. It is separate from the shared
/// one, on which releases create and delete CRDs.
pub(crate) fn control_plane() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let cluster = Cluster::start(Options::default()).unwrap();
        let monitoring = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/monitoring.yaml");
        for crds in [repository("crds"), monitoring] {
            let file = crds.to_str().unwrap();
            let applied = kubectl(
                &cluster,
                &["apply", "--server-side", "--filename", file],
                "",
            );
            assert!(applied.status.success(), "{}", stderr_text(&applied));
            let established = [
                "wait",
                "--for=condition=Established",
                "--timeout=60s",
                "--filename",
                file,
            ];
            assert!(kubectl(&cluster, &established, "").status.success());
        }
        for name in ["team-a", "team-b", "monitoring"] {
            assert!(
                kubectl(&cluster, &["create", "namespace", name], "")
                    .status
                    .success()
            );
        }
        let created = kubectl(&cluster, &["create", "--filename", "-"], RUNTIME_CLASS);
        assert!(created.status.success(), "{}", stderr_text(&created));
        cluster
    })
}

/// Creates a namespace that rejects pods that violate the Pod Security Standard `restricted`, and returns its name.
fn create_restricted_namespace() -> String {
    let cluster = control_plane();
    let namespace = cluster.create_namespace("restricted").unwrap();
    let labels =
        ["enforce", "warn"].map(|what| format!("pod-security.kubernetes.io/{what}=restricted"));
    let label = ["label", "namespace", &namespace, &labels[0], &labels[1]];
    assert!(kubectl(cluster, &label, "").status.success());
    namespace
}

/// Runs kubectl with `input` as standard input.
pub(crate) fn kubectl(cluster: &Cluster, arguments: &[&str], input: &str) -> Output {
    let mut child = cluster
        .kubectl()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A kubectl that ends before it has read all of the input reports the reason by its exit status.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Returns the standard error of a command.
pub(crate) fn stderr_text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_api_server_accepts_every_values_file_without_a_warning() {
    let namespace = create_restricted_namespace();
    let apply = [
        "apply",
        "--server-side",
        "--force-conflicts",
        "--dry-run=server",
        "--validate=strict",
        "--filename",
        "-",
    ];
    for file in values_files() {
        let applied = kubectl(control_plane(), &apply, &file.render(&namespace));
        let message = stderr_text(&applied);
        assert!(
            applied.status.success() && message.is_empty(),
            "{}: {message}",
            file.name
        );
    }
}

/// Returns the pod that a controller would create from the template of a Deployment, or the object itself if it is a Pod.
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

fn create_dry_run(namespace: &str, pod: &Value) -> Output {
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
fn every_pod_is_admitted_in_a_restricted_namespace() {
    let namespace = create_restricted_namespace();
    for file in values_files() {
        let pods: Vec<Value> = documents(&file.render(&namespace))
            .iter()
            .filter_map(pod)
            .collect();
        assert!(
            pods.len() >= 2,
            "{}: the operator or the test is missing",
            file.name
        );
        for pod in pods {
            let created = create_dry_run(&namespace, &pod);
            assert!(
                created.status.success(),
                "{}: {}",
                file.name,
                stderr_text(&created)
            );
            // OpenShift adds the user before the pod is stored.
            let has_user = pod["spec"]["securityContext"]["runAsUser"].is_number();
            assert_eq!(
                has_user,
                file.name != "openshift",
                "{}: the kubelet cannot verify that the user is not root",
                file.name
            );
            let container = &pod["spec"]["containers"][0]["securityContext"];
            assert_eq!(container["readOnlyRootFilesystem"], true, "{}", file.name);
        }
    }
}

#[test]
fn a_restricted_namespace_rejects_a_pod_that_may_run_as_root() {
    let namespace = create_restricted_namespace();
    let file = &values_files()[0];
    let objects = documents(&file.render(&namespace));
    let mut pod = objects.iter().find_map(pod).unwrap();
    pod["spec"]["securityContext"]["runAsNonRoot"] = json!(false);
    let rejected = create_dry_run(&namespace, &pod);
    assert!(
        stderr_text(&rejected).contains("violates PodSecurity"),
        "{}",
        stderr_text(&rejected)
    );
}
