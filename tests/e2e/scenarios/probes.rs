//! Probes, metrics, the log level and the fields of the log.

use crate::support::{OperatorProcess, TestEnv, control_plane, distribution, grant_chart_rbac};
use serde_json::Value;
use std::time::Duration;

#[test]
fn the_probes_succeed_and_the_metrics_count_calls_and_objects() {
    let env = TestEnv::without_operator("probes", Duration::ZERO);
    let operator = env.spawn_operator(&[]);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    assert_eq!(operator.get("probes", "/healthz"), (200, "ok\n".into()));
    assert_eq!(operator.get("probes", "/readyz"), (200, "ok\n".into()));
    let lines = [
        r#"cloudfront_operator_api_requests_total{operation="CreateDistribution",code="ok"} 1"#,
        r#"cloudfront_operator_objects{kind="Distribution",condition="Ready",status="True",reason="InSync"} 1"#,
        "cloudfront_operator_leader 1",
        r#"cloudfront_operator_deployment_duration_seconds_count{kind="Distribution"} 1"#,
        "cloudfront_operator_invalidation_paths_total 0",
    ];
    // A reconciliation is counted when it has ended, which is after its status was written.
    for line in lines {
        env.eventually(line, || {
            let (status, metrics) = operator.get("metrics", "/metrics");
            assert_eq!(status, 200);
            metrics.lines().any(|other| other == line).then_some(())
        });
    }
}

#[test]
fn the_readiness_probe_names_a_missing_permission() {
    // The environment rejects forbidden requests of its own operator, so this one has its own namespace and ServiceAccount.
    let env = TestEnv::without_operator("allowed", Duration::ZERO);
    let cluster = control_plane();
    let namespace = cluster
        .create_namespace("unallowed")
        .expect("the API server creates a namespace");
    let kubeconfig = grant_chart_rbac(&namespace);
    let binding = "rolebinding/edge-cloudfront-operator";
    env.kubectl(&["delete", binding, "--namespace", &namespace]);
    let operator = OperatorProcess::start(&namespace, &kubeconfig, &env.simulator, &[]);
    env.eventually("the servers are bound", || {
        operator.log().contains("serving probes").then_some(())
    });
    let line = format!(
        "cannot list Distribution in namespace {namespace}: the ServiceAccount is not allowed to; grant list and watch on distributions.cloudfront-operator.dev"
    );
    env.eventually("the probe names the missing permission", || {
        let (status, body) = operator.get("probes", "/readyz");
        (status == 503 && body.lines().any(|other| other == line)).then_some(())
    });
    grant_chart_rbac(&namespace);
    env.eventually("the operator uses the granted permission", || {
        (operator.get("probes", "/readyz") == (200, "ok\n".into())).then_some(())
    });
}

#[test]
fn the_log_level_changes_while_the_operator_runs() {
    let mut env = TestEnv::without_operator("log-level", Duration::ZERO);
    env.start_operator_with_flags(&["--log-level", "info"]);
    let is_serving = |log: String| log.contains("serving probes").then_some(());
    env.eventually("the servers are bound", || is_serving(env.log()));
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    assert!(!env.log().contains("called CloudFront"));
    let put =
        |env: &mut TestEnv, level| env.operator().request("PUT", "probes", "/log-level", level);
    assert_eq!(put(&mut env, "loud").0, 400);
    assert_eq!(put(&mut env, "debug"), (200, "debug\n".into()));
    env.apply(&distribution("www", "second"));
    env.eventually("the log has a call", || {
        env.log().contains("called CloudFront").then_some(())
    });
}

#[test]
fn the_log_of_a_write_has_the_object_the_generation_the_reconciliation_and_the_request() {
    let mut env = TestEnv::without_operator("log-fields", Duration::ZERO);
    env.start_operator_with_flags(&["--log-format", "json"]);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    let line = env.eventually("the log has the create call", || {
        let log = env.log();
        let mut lines = log
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        lines.find(|line: &Value| line["reason"] == "Created")
    });
    let span = &line["spans"][0];
    assert_eq!(span["kind"], "Distribution");
    assert_eq!(span["namespace"], env.namespace.as_str());
    assert_eq!(span["object_name"], "www");
    assert_eq!(span["generation"], 1);
    assert!(
        span["reconcile_id"].is_u64() && line["request_id"].is_string(),
        "{line}"
    );
}
