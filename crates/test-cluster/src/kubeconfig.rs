//! Kubeconfig files. They are written as JSON, a subset of YAML, so that names need no quoting rules.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde_json::{Value, json};

use crate::error::Error;
use crate::pki::KeyFiles;

/// Returns a kubeconfig for the API server on a loopback port, with a client certificate.
pub(crate) fn with_certificate(port: u16, authority: &Path, client: &KeyFiles) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "cluster",
        "contexts": [{"name": "cluster", "context": {"cluster": "cluster", "user": "user"}}],
        "clusters": [{"name": "cluster", "cluster": {
            "server": format!("https://127.0.0.1:{port}"),
            "certificate-authority": authority,
        }}],
        "users": [{"name": "user", "user": {
            "client-certificate": client.certificate,
            "client-key": client.key,
        }}],
    })
}

/// Makes the only user of the kubeconfig `config` impersonate `user` with `groups`.
pub(crate) fn impersonate(config: &mut Value, user: &str, groups: &[&str]) {
    let credentials = &mut config["users"][0]["user"];
    credentials["as"] = json!(user);
    credentials["as-groups"] = json!(groups);
}

/// Replaces the credentials of the only user of the kubeconfig `config` by a bearer token, and sets the default namespace
/// of its only context.
pub(crate) fn use_token(config: &mut Value, token: &str, namespace: &str) {
    config["users"][0]["user"] = json!({"token": token});
    config["contexts"][0]["context"]["namespace"] = json!(namespace);
}

/// Writes a kubeconfig that only its owner can read, because it may contain a secret.
pub(crate) fn write(path: &Path, config: &Value) -> Result<(), Error> {
    let result = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| writeln!(file, "{config:#}"));
    result.map_err(|source| Error::io("write", path, source))
}
