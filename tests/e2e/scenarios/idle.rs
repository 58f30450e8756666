//! Objects without changes cause no writes and no calls of their own.

use crate::support::{TestEnv, distribution, identity, streaming_distribution};
use std::{thread, time::Duration};

const LISTS: [&str; 3] = [
    "ListDistributions",
    "ListStreamingDistributions",
    "ListCloudFrontOriginAccessIdentities",
];

#[test]
fn a_restart_without_changes_writes_nothing_to_cloudfront_or_kubernetes() {
    let mut env = TestEnv::with_deploy_delay("rest", Duration::ZERO);
    env.apply(&identity("quiet"));
    env.apply(&distribution("www", "quiet"));
    env.apply(&streaming_distribution("media", "comment: quiet"));
    env.wait_until_ready("cfoai/site");
    env.wait_until_ready("cfd/www");
    env.wait_until_ready("cfsd/media");
    env.stop_operator();
    let before = env.kubernetes_writes();
    assert!(
        !before.is_empty(),
        "the audit log shows the operator's writes"
    );
    let calls = env.journal_end();

    env.start_operator();
    let calls_since_restart = || env.control().journal_since(calls);
    env.eventually("each list was read three times after the restart", || {
        let calls = calls_since_restart();
        let count = |name: &str| calls.iter().filter(|call| call.operation == name).count();
        LISTS.iter().all(|name| count(name) >= 3).then_some(())
    });
    // The API server writes the audit log shortly after the response.
    thread::sleep(Duration::from_millis(500));
    let calls = calls_since_restart();
    let other_calls: Vec<_> = calls
        .iter()
        .filter(|call| !call.operation.starts_with("List"))
        .collect();
    assert!(
        other_calls.is_empty(),
        "no object causes a call of its own: {other_calls:?}"
    );
    assert_eq!(
        env.kubernetes_writes()[before.len()..],
        [] as [String; 0],
        "no write to Kubernetes"
    );
}
