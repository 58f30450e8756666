//! kubectl with the CustomResourceDefinitions installed.

use cloudfront_operator::operator::crds;
use cluster::Cluster;
use serde_json::{Value, json};
use std::{
    io::Write,
    path::Path,
    process::{Output, Stdio},
    sync::OnceLock,
};

/// Runs kubectl with a document as standard input.
pub(super) fn kubectl(arguments: &[&str], document: &Value) -> Output {
    let mut command = cluster::shared().unwrap().kubectl();
    let mut child = command
        .args(arguments)
        .arg("--filename=-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(document.to_string().as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

#[track_caller]
pub(super) fn assert_success(output: &Output) {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Installs the CustomResourceDefinitions and a policy on a cluster without them.
pub(super) fn install_policy(cluster: &Cluster, policy: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let wait = ["wait", "--for=condition=Established", "--timeout=60s"];
    for (command, path) in [
        (&["apply"][..], "crds".to_owned()),
        (&wait[..], "crds".to_owned()),
        (&["apply"][..], format!("policies/{policy}.yaml")),
    ] {
        let mut kubectl = cluster.kubectl();
        let command = kubectl.args(command).arg("--filename");
        assert_success(&command.arg(root.join(path)).output().unwrap());
    }
}

/// Creates a namespace of an API server that has the CustomResourceDefinitions.
pub(super) fn create_namespace(prefix: &str) -> String {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(install);
    cluster::shared().unwrap().create_namespace(prefix).unwrap()
}

/// Installs the CustomResourceDefinitions.
fn install() {
    let definitions: Vec<Value> = crds().into_iter().map(|it| json!(it)).collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": definitions});
    assert_success(&kubectl(
        &["apply", "--server-side", "--force-conflicts"],
        &list,
    ));
    assert_success(&kubectl(
        &["wait", "--for=condition=Established", "--timeout=60s"],
        &list,
    ));
}
