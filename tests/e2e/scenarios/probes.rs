//! What the kubelet and Prometheus see.

use super::{
    lifecycle::distribution,
    operator::Operator,
    rights,
    stage::{Stage, control_plane},
};
use serde_json::Value;
use std::time::Duration;

#[test]
fn the_probes_answer_and_the_metrics_count_calls_and_objects() {
    let mut stage = Stage::with_deploy_delay("probes", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    assert_eq!(
        stage.operator().fetch("probes", "/healthz"),
        (200, "ok\n".into())
    );
    assert_eq!(
        stage.operator().fetch("probes", "/readyz"),
        (200, "ok\n".into())
    );
    let (status, metrics) = stage.operator().fetch("metrics", "/metrics");
    assert_eq!(status, 200);
    for line in [
        r#"cloudfront_operator_calls_total{operation="CreateDistribution",code="ok"} 1"#,
        r#"cloudfront_operator_objects{kind="Distribution",condition="Ready",status="True",reason="InSync"} 1"#,
        "cloudfront_operator_leader 1",
        r#"cloudfront_operator_propagation_seconds_count{kind="Distribution"} 1"#,
        "cloudfront_operator_invalidation_paths_total 0",
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line} is missing from\n{metrics}"
        );
    }
}

#[test]
fn a_missing_permission_is_named_by_the_readiness_probe() {
    // The stage lets its own operator be denied nothing: this one has a namespace and an account of its own.
    let stage = Stage::without_operator("allowed", Duration::ZERO);
    let cluster = control_plane();
    let namespace = cluster
        .create_namespace("unallowed")
        .expect("a namespace can be made");
    let user = rights::grant(&namespace);
    let binding = "rolebinding/edge-cloudfront-operator";
    stage.kubectl(&["delete", binding, "--namespace", &namespace]);
    let operator = Operator::start(&namespace, &user, &stage.simulator, &[]);
    stage.eventually("it serves", || {
        operator.log().contains("serving probes").then_some(())
    });
    let line = format!(
        "cannot list Distribution in namespace {namespace}: the service account may not; grant list and watch on distributions.cloudfront-operator.dev"
    );
    stage.eventually("the missing permission is named", || {
        let (status, told) = operator.fetch("probes", "/readyz");
        (status == 503 && told.lines().any(|found| found == line)).then_some(())
    });
    rights::grant(&namespace);
    stage.eventually("the operator uses the permission by itself", || {
        (operator.fetch("probes", "/readyz") == (200, "ok\n".into())).then_some(())
    });
}

#[test]
fn the_log_level_is_changed_while_the_operator_runs() {
    let mut stage = Stage::without_operator("log-level", Duration::ZERO);
    stage.start_operator_with(&["--log-level", "info"]);
    let serves = |log: String| log.contains("serving probes").then_some(());
    stage.eventually("it serves", || serves(stage.log()));
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    assert!(!stage.log().contains("called CloudFront"));
    let put = |stage: &mut Stage, level| stage.operator().ask("PUT", "probes", "/log-level", level);
    assert_eq!(put(&mut stage, "loud").0, 400);
    assert_eq!(put(&mut stage, "debug"), (200, "debug\n".into()));
    stage.apply(&distribution("www", "second"));
    stage.eventually("calls are logged", || {
        stage.log().contains("called CloudFront").then_some(())
    });
}

#[test]
fn what_is_logged_of_a_write_names_object_generation_pass_and_request() {
    let mut stage = Stage::without_operator("log-fields", Duration::ZERO);
    stage.start_operator_with(&["--log-format", "json"]);
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    let line = stage.eventually("the creation is logged", || {
        let log = stage.log();
        let mut lines = log
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        lines.find(|line: &Value| line["reason"] == "Created")
    });
    let pass = &line["span"];
    assert_eq!(pass["kind"], "Distribution");
    assert_eq!(pass["object"], format!("{}/www", stage.namespace));
    assert_eq!(pass["generation"], 1);
    assert!(
        pass["pass"].is_u64() && line["request_id"].is_string(),
        "{line}"
    );
}
