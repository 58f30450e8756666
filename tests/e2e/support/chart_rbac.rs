//! The rights that the chart gives to the operator of one namespace, and what it does with them.

use super::read::control_plane;
use serde_json::Value;
use std::{fs, path::PathBuf, thread, time::Duration};

/// What the chart renders for an operator that works in namespaces and reads Secrets. That a ClusterRole grants the same is the
/// chart's test.
const MANIFEST: &str = include_str!("../../repo/chart/golden/tenant.yaml");

/// Who the chart's Deployment runs as.
const ACCOUNT: &str = "edge-cloudfront-operator";

/// Grants the chart's rights in a namespace, to the chart's ServiceAccount, which lives there as well; returns its kubeconfig.
pub(super) fn grant(namespace: &str) -> PathBuf {
    let rights: Vec<String> = MANIFEST
        .split("---\n")
        .filter(|document| is_right(document))
        .map(|document| {
            let document = document.replace("namespace: team-a", "namespace: cloudfront");
            document.replace("namespace: cloudfront", &format!("namespace: {namespace}"))
        })
        .collect();
    assert_eq!(rights.len(), 5, "an account, two roles and their bindings");
    let cluster = control_plane();
    cluster
        .apply(&rights.join("---\n"))
        .expect("rights can be granted");
    let account = cluster.service_account_kubeconfig(namespace, ACCOUNT);
    account.expect("the account is there")
}

/// Whether it is one of the account, the roles and the bindings, of one of the two namespaces.
fn is_right(document: &str) -> bool {
    let kinds = ["ServiceAccount", "Role", "RoleBinding"];
    let is = |kind: &&str| document.contains(&format!("\nkind: {kind}\n"));
    kinds.iter().any(is) && !document.contains("namespace: team-b")
}

/// All that the operator of a namespace has asked of Kubernetes.
pub(super) fn requests(namespace: &str) -> Vec<Value> {
    // A cluster that was there before keeps its log to itself.
    let Some(log) = control_plane().audit_log() else {
        return vec![];
    };
    let text = fs::read_to_string(log).expect("the audit log can be read");
    let user = format!("system:serviceaccount:{namespace}:{ACCOUNT}");
    text.lines()
        .filter(|line| line.contains(&user))
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|entry| entry["user"]["username"] == user.as_str())
        .collect()
}

/// What it asked for without having the right to.
pub(super) fn denied(namespace: &str) -> Vec<String> {
    // The log is written a moment after an answer.
    thread::sleep(Duration::from_millis(100));
    let requests = requests(namespace).into_iter();
    requests
        .filter(|entry| entry["annotations"]["authorization.k8s.io/decision"] == "forbid")
        .map(|entry| asked(&entry))
        .collect()
}

/// The verb and the path of a request.
pub(super) fn asked(entry: &Value) -> String {
    let text = |key: &str| entry[key].as_str().unwrap_or_default();
    format!("{} {}", text("verb"), text("requestURI"))
}

#[test]
fn what_the_chart_does_not_grant_is_denied_and_found() {
    let cluster = control_plane();
    let namespace = cluster
        .create_namespace("denied")
        .expect("a namespace can be made");
    let account = grant(&namespace);
    let mut ask = cluster.kubectl();
    let ask = ask.env("KUBECONFIG", account).args(["get", "configmaps"]);
    let asked = ask.output().expect("kubectl can be run");
    assert!(!asked.status.success());
    if cluster.audit_log().is_some() {
        let path = format!("list /api/v1/namespaces/{namespace}/configmaps?limit=500");
        assert_eq!(denied(&namespace), [path]);
    }
}
