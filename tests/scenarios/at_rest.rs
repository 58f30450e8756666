//! Nothing to do means that nothing is done.

use super::{
    life::{distribution, identity},
    stage::Stage,
    streaming::streaming,
};
use std::{thread, time::Duration};

const LOOKS: [&str; 3] = [
    "GetDistribution",
    "GetStreamingDistribution",
    "GetCloudFrontOriginAccessIdentity",
];

#[test]
fn a_restart_at_rest_writes_nothing_to_cloudfront_and_nothing_to_kubernetes() {
    let mut stage = Stage::with_deploy_delay("rest", Duration::ZERO);
    stage.apply(&identity("quiet"));
    stage.apply(&distribution("www", "quiet"));
    stage.apply(&streaming("media", "comment: quiet"));
    stage.until_ready("cfoai/site");
    stage.until_ready("cfd/www");
    stage.until_ready("cfsd/media");
    stage.stop_operator();
    let before = stage.kubernetes_writes();
    assert!(
        !before.is_empty(),
        "the audit log shows what the operator wrote until now"
    );
    let calls = stage.now();

    stage.start_operator();
    stage.eventually(
        "each object was looked at several times after the restart",
        || {
            let seen = stage.control().journal_since(calls);
            let of = |name: &str| seen.iter().filter(|call| call.operation == name).count();
            LOOKS.iter().all(|name| of(name) >= 3).then_some(())
        },
    );
    // The audit log is written a moment after an answer; what it would show is already over.
    thread::sleep(Duration::from_millis(500));
    assert_eq!(stage.writes_since(calls), [], "no write to CloudFront");
    assert_eq!(
        stage.kubernetes_writes()[before.len()..],
        [] as [String; 0],
        "no write to Kubernetes"
    );
}
