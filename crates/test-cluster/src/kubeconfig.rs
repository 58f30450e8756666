//! Kubeconfig files. They are written as JSON, which is YAML, so that no name needs quoting.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde_json::{Value, json};

use crate::Error;
use crate::pki::KeyFiles;

/// A kubeconfig for the API server on a loopback port, with a client certificate.
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

/// Turns `config`, a kubeconfig with one user, into one that acts as somebody else.
pub(crate) fn impersonate(config: &mut Value, user: &str, groups: &[&str]) {
    let credentials = &mut config["users"][0]["user"];
    credentials["as"] = json!(user);
    credentials["as-groups"] = json!(groups);
}

/// Turns `config`, a kubeconfig with one user and one context, into that of a bearer of a token, at home in a namespace.
pub(crate) fn bear(config: &mut Value, token: &str, namespace: &str) {
    config["users"][0]["user"] = json!({"token": token});
    config["contexts"][0]["context"]["namespace"] = json!(namespace);
}

/// Writes a kubeconfig that only its owner can read, as it may hold a secret.
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

/// Writes the policy that makes the API server log every request once, when it has been answered.
pub(crate) fn write_audit_policy(path: &Path, level: &str) -> Result<(), Error> {
    let policy = json!({
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": [{"level": level}],
    });
    fs::write(path, policy.to_string()).map_err(|source| Error::io("write", path, source))
}
