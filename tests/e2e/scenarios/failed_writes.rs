//! Drift that a fresh read has found, and an update or a read that fails afterwards.

use crate::support::{AS_SHIPPED, TestEnv, distribution};
use cloudfront_simulator::FaultMode;
use std::time::Duration;

/// Changes a distribution out of band, requests a reconciliation during a fault, and waits until the change is reverted.
///
/// The lists lag behind the change. So only the requested read can have found it.
fn assert_drift_is_corrected_after(
    name: &str,
    operation: &str,
    fault: FaultMode,
    times: u64,
) -> TestEnv {
    let mut env = TestEnv::without_operator(name, Duration::ZERO);
    env.start_operator_with_flags(&AS_SHIPPED);
    env.apply(&distribution("www", "first"));
    let id = env.ready_id("cfd/www");
    let stale = FaultMode::StaleRead { lag: 1 };
    env.inject_times("ListDistributions", stale, 100_000);
    env.edit_out_of_band(&id, "Comment", "by hand");
    env.inject_times(operation, fault, times);
    env.request_reconcile("cfd/www", "now");
    env.eventually(
        "the drift that the requested read found is corrected",
        || env.state_contains("<Comment>first</Comment>").then_some(()),
    );
    env.wait_until_handled("cfd/www", "now");
    env
}

#[test]
fn drift_is_corrected_although_its_first_update_was_throttled() {
    let throttled = FaultMode::throttling();
    assert_drift_is_corrected_after("drift-throttled", "UpdateDistribution", throttled, 3);
}

#[test]
fn drift_is_corrected_although_its_first_update_was_lost() {
    let lost = FaultMode::ResetBeforeCommit;
    assert_drift_is_corrected_after("drift-lost", "UpdateDistribution", lost, 1);
}

#[test]
fn a_requested_read_is_made_although_its_first_attempt_was_throttled() {
    let throttled = FaultMode::throttling();
    assert_drift_is_corrected_after("read-throttled", "GetDistribution", throttled, 4);
}
