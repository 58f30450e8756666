//! The RBAC rules that the chart grants to the operator of one namespace, and the requests that the operator makes with them.

use super::control_plane;
use serde_json::Value;
use std::{fs, path::PathBuf, thread, time::Duration};

/// The chart rendered for an operator that watches single namespaces and reads Secrets. A test of the chart checks that a ClusterRole
/// grants the same.
const MANIFEST: &str = include_str!("../../repo/chart/golden/tenant.yaml");

/// The ServiceAccount of the chart's Deployment.
const SERVICE_ACCOUNT: &str = "edge-cloudfront-operator";

/// Creates the chart's ServiceAccount, Roles and RoleBindings in a namespace, and returns the kubeconfig of the ServiceAccount.
pub(crate) fn grant_chart_rbac(namespace: &str) -> PathBuf {
    let documents: Vec<String> = MANIFEST
        .split("---\n")
        .filter(|document| is_rbac_of_one_namespace(document))
        .map(|document| {
            let document = document.replace("namespace: team-a", "namespace: cloudfront");
            document.replace("namespace: cloudfront", &format!("namespace: {namespace}"))
        })
        .collect();
    assert_eq!(
        documents.len(),
        5,
        "a ServiceAccount, two Roles and their RoleBindings"
    );
    let cluster = control_plane();
    cluster
        .apply(&documents.join("---\n"))
        .expect("the API server accepts the RBAC objects");
    let kubeconfig = cluster.service_account_kubeconfig(namespace, SERVICE_ACCOUNT);
    kubeconfig.expect("the ServiceAccount exists")
}

/// Grants the operator of a namespace what the chart grants in another watched namespace, and returns the name of the RoleBinding.
pub(crate) fn grant_chart_rbac_in(watched: &str, operator_namespace: &str) -> &'static str {
    const MANIFEST: &str = include_str!("../../repo/chart/golden/namespaces.yaml");
    const NAME: &str = "edge-cloudfront-operator-objects";
    let documents: Vec<String> = MANIFEST
        .split("---\n")
        .filter(|document| document.contains(&format!("{NAME}\n")))
        .filter(|document| document.contains("kind: ClusterRole\n"))
        .map(|document| {
            let document =
                document.replace(&format!("cloudfront-{NAME}"), &format!("{watched}-{NAME}"));
            let document = document.replace("namespace: team-a", &format!("namespace: {watched}"));
            document.replace(
                "namespace: cloudfront",
                &format!("namespace: {operator_namespace}"),
            )
        })
        .collect();
    assert_eq!(documents.len(), 2, "a ClusterRole and its RoleBinding");
    let applied = control_plane().apply(&documents.join("---\n"));
    applied.expect("the API server accepts the RBAC objects");
    NAME
}

/// Returns the audit log's entries of the operator of a namespace; none if an external cluster keeps its audit log to itself.
pub(crate) fn operator_requests(namespace: &str) -> Vec<Value> {
    let Some(log) = control_plane().audit_log() else {
        return vec![];
    };
    let text = fs::read_to_string(log).expect("the audit log is readable");
    let user = format!("system:serviceaccount:{namespace}:{SERVICE_ACCOUNT}");
    text.lines()
        .filter(|line| line.contains(&user))
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|entry| entry["user"]["username"] == user.as_str())
        .collect()
}

/// Returns the operator's requests that its RBAC rules do not allow.
pub(crate) fn forbidden_requests(namespace: &str) -> Vec<String> {
    // The API server writes the audit log shortly after the response.
    thread::sleep(Duration::from_millis(100));
    let requests = operator_requests(namespace).into_iter();
    requests
        .filter(|entry| entry["annotations"]["authorization.k8s.io/decision"] == "forbid")
        .map(|entry| describe(&entry))
        .collect()
}

/// Returns the verb and the path of a request.
pub(super) fn describe(request: &Value) -> String {
    let text = |key: &str| request[key].as_str().unwrap_or_default();
    format!("{} {}", text("verb"), text("requestURI"))
}

/// Returns whether a document is one of the RBAC objects of the release's namespace or of the first watched namespace.
fn is_rbac_of_one_namespace(document: &str) -> bool {
    let kinds = ["ServiceAccount", "Role", "RoleBinding"];
    let is_kind = |kind: &&str| document.contains(&format!("\nkind: {kind}\n"));
    kinds.iter().any(is_kind) && !document.contains("namespace: team-b")
}
