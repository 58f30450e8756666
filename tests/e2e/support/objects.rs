//! Reading objects, and the control plane they live in.

use cluster::Cluster;
use serde_json::Value;
use std::{path::Path, sync::OnceLock};

/// Status and reason of a condition; empty where it is absent.
pub(super) fn condition(object: &Value, type_: &str) -> (String, String) {
    let all = object["status"]["conditions"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let found = all
        .into_iter()
        .find(|condition| condition["type"] == type_)
        .unwrap_or_default();
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    (text("status"), text("reason"))
}

/// The message of a condition; empty where it is absent.
pub(super) fn message(object: &Value, type_: &str) -> String {
    let all = object["status"]["conditions"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let found = all
        .into_iter()
        .find(|condition| condition["type"] == type_)
        .unwrap_or_default();
    found["message"].as_str().unwrap_or_default().to_owned()
}

/// CloudFront's id of an object's resource.
pub(super) fn id_of(object: &Value) -> String {
    let id = object["status"]["id"].as_str();
    id.expect("it has an id").to_owned()
}

/// The one control plane of this test binary, with the shipped definitions installed.
pub(super) fn control_plane() -> &'static Cluster {
    static READY: OnceLock<()> = OnceLock::new();
    let cluster = cluster::shared().expect("a control plane can be started");
    READY.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds");
        install(cluster, &folder);
    });
    cluster
}

/// Installs the definitions in a folder, and waits until they are served.
pub(super) fn install(cluster: &Cluster, folder: &Path) {
    let wait = ["wait", "--for=condition=Established", "--timeout=60s"];
    for command in [&["apply"][..], &wait[..]] {
        let done = cluster
            .kubectl()
            .args(command)
            .arg("--filename")
            .arg(folder)
            .output()
            .expect("kubectl can be run");
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    }
}
