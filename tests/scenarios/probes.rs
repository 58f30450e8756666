//! What the kubelet and Prometheus see.

use super::{life::distribution, stage::Stage};
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
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line} is missing from\n{metrics}"
        );
    }
}
