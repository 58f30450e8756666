//! kubectl with the CustomResourceDefinitions installed.

use cloudfront_operator::operator::kinds;
use serde_json::Value;
use std::{
    io::Write,
    process::{Output, Stdio},
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

/// Installs the CustomResourceDefinitions and creates a namespace.
pub(super) fn create_namespace(prefix: &str) -> String {
    for kind in kinds() {
        let definition = serde_json::to_value(kind.crd()).unwrap();
        assert_success(&kubectl(
            &["apply", "--server-side", "--force-conflicts"],
            &definition,
        ));
        assert_success(&kubectl(
            &["wait", "--for=condition=Established", "--timeout=60s"],
            &definition,
        ));
    }
    cluster::shared().unwrap().create_namespace(prefix).unwrap()
}
