//! Reading objects, and the control plane that stores them.

use cluster::Cluster;
use serde_json::Value;
use std::{path::Path, sync::OnceLock};

/// Returns the status and the reason of a condition; empty strings if the object does not have it.
pub(crate) fn condition(object: &Value, type_: &str) -> (String, String) {
    let found = find_condition(object, type_);
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    (text("status"), text("reason"))
}

/// Returns the message of a condition; an empty string if the object does not have it.
pub(crate) fn message(object: &Value, type_: &str) -> String {
    let found = find_condition(object, type_);
    found["message"].as_str().unwrap_or_default().to_owned()
}

/// Returns the id of the object's CloudFront resource.
pub(crate) fn id_of(object: &Value) -> String {
    let id = object["status"]["id"].as_str();
    id.expect("the status has an id").to_owned()
}

/// Returns the control plane of this test binary, with the shipped CustomResourceDefinitions.
pub(crate) fn control_plane() -> &'static Cluster {
    static READY: OnceLock<()> = OnceLock::new();
    let cluster = cluster::shared().expect("the control plane starts");
    READY.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds");
        install_crds(cluster, &folder);
    });
    cluster
}

/// Installs the CustomResourceDefinitions in a folder, and waits until the API server serves them.
pub(crate) fn install_crds(cluster: &Cluster, folder: &Path) {
    let wait = ["wait", "--for=condition=Established", "--timeout=60s"];
    for command in [&["apply"][..], &wait[..]] {
        let output = cluster
            .kubectl()
            .args(command)
            .arg("--filename")
            .arg(folder)
            .output()
            .expect("kubectl runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

fn find_condition(object: &Value, type_: &str) -> Value {
    let conditions = object["status"]["conditions"].as_array();
    let found = conditions
        .into_iter()
        .flatten()
        .find(|condition| condition["type"] == type_);
    found.cloned().unwrap_or_default()
}
