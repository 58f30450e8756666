//! The check of the operator's requests against the chart's RBAC rules.

use crate::support::{control_plane, forbidden_requests, grant_chart_rbac};

#[test]
fn a_request_beyond_the_chart_rbac_is_forbidden_and_reported() {
    let cluster = control_plane();
    let namespace = cluster
        .create_namespace("denied")
        .expect("the API server creates a namespace");
    let kubeconfig = grant_chart_rbac(&namespace);
    let output = cluster
        .kubectl()
        .env("KUBECONFIG", kubeconfig)
        .args(["get", "pods"])
        .output()
        .expect("kubectl runs");
    assert!(!output.status.success());
    if cluster.audit_log().is_some() {
        let request = format!("list /api/v1/namespaces/{namespace}/pods?limit=500");
        assert_eq!(forbidden_requests(&namespace), [request]);
    }
}
