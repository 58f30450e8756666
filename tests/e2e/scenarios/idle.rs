//! Nothing to do means that nothing is done.

use super::{
    lifecycle::{distribution, identity},
    stage::Stage,
    streaming::streaming,
};
use std::{thread, time::Duration};

const LISTS: [&str; 3] = [
    "ListDistributions",
    "ListStreamingDistributions",
    "ListCloudFrontOriginAccessIdentities",
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
    let seen = || stage.control().journal_since(calls);
    stage.eventually("all was compared several times after the restart", || {
        let seen = seen();
        let of = |name: &str| seen.iter().filter(|call| call.operation == name).count();
        LISTS.iter().all(|name| of(name) >= 3).then_some(())
    });
    // The audit log is written a moment after an answer; what it would show is already over.
    thread::sleep(Duration::from_millis(500));
    let calls = seen();
    let alone: Vec<_> = calls
        .iter()
        .filter(|call| !call.operation.starts_with("List"))
        .collect();
    assert!(
        alone.is_empty(),
        "no object costs a call of its own: {alone:?}"
    );
    assert_eq!(
        stage.kubernetes_writes()[before.len()..],
        [] as [String; 0],
        "no write to Kubernetes"
    );
}
