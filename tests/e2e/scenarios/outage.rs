//! Failures that concern the whole account, and the recovery from them.

use crate::support::{TestEnv, condition, distribution, message};
use cloudfront_simulator::FaultMode;
use std::time::Duration;

/// Returns the error of credentials that AWS does not accept.
fn refused_credentials() -> FaultMode {
    FaultMode::error(
        403,
        "InvalidClientTokenId",
        "The security token is invalid.",
    )
}

#[test]
fn an_outage_of_the_list_writes_no_status_of_an_object_at_rest() {
    let mut env = TestEnv::without_operator("outage-rest", Duration::ZERO);
    env.start_operator_with_flags(&["--resync-period", "20s"]);
    let names = env.apply_distributions(20);
    for name in &names {
        env.wait_until_ready(&format!("cfd/{name}"));
    }
    let (before, since) = (env.kubernetes_writes().len(), env.journal_end());
    env.inject_times("ListDistributions", FaultMode::throttling(), 1_000_000);
    // Three lists of four attempts each.
    env.wait_for_calls("ListDistributions", 12, since);
    env.control().clear_faults();
    let cleared = env.journal_end();
    env.wait_for_calls("ListDistributions", 2, cleared);
    let writes = env.kubernetes_writes().split_off(before);
    assert!(writes.len() <= 10, "{} writes: {writes:?}", writes.len());
    for name in &names {
        let object = env.get(&format!("cfd/{name}")).unwrap_or_default();
        assert_eq!(condition(&object, "Synced").0, "True", "{name}");
    }
}

/// Returns the reasons of the events about a pod, in alphabetical order.
fn reasons_of_pod_events(env: &TestEnv) -> String {
    let selector = "--field-selector=involvedObject.kind=Pod,involvedObject.name=operator-0";
    let reasons = "--output=jsonpath={.items[*].reason}";
    let printed = env.kubectl(&["get", "events", selector, reasons]);
    let mut reasons: Vec<&str> = printed.split_whitespace().collect();
    reasons.sort_unstable();
    reasons.join(" ")
}

#[test]
fn an_outage_of_the_account_is_one_event_about_the_pod_and_its_end_is_another() {
    let mut env = TestEnv::without_operator("outage-event", Duration::ZERO);
    env.start_operator_in_pod(&["--resync-period", "2s"]);
    let names = env.apply_distributions(5);
    for name in &names {
        env.wait_until_ready(&format!("cfd/{name}"));
    }
    env.inject_times("*", refused_credentials(), 1_000_000);
    for name in &names {
        env.apply(&distribution(name, "second"));
    }
    for name in &names {
        env.wait_for_condition(&format!("cfd/{name}"), "Stalled", "True", "AccessDenied");
    }
    env.eventually("the outage is an event", || {
        (reasons_of_pod_events(&env) == "CloudFrontUnavailable").then_some(())
    });
    env.control().clear_faults();
    env.eventually("the end of the outage is an event", || {
        (reasons_of_pod_events(&env) == "CloudFrontAvailable CloudFrontUnavailable").then_some(())
    });
}

#[test]
fn the_first_success_after_refused_credentials_continues_all_objects() {
    let mut env = TestEnv::without_operator("outage-end", Duration::ZERO);
    env.start_operator_with_flags(&["--resync-period", "10m"]);
    for operation in ["CreateDistribution", "GetDistribution"] {
        env.inject_times(operation, refused_credentials(), 1_000_000);
    }
    let names = env.apply_distributions(5);
    for name in &names {
        let object = format!("cfd/{name}");
        let refused = env.wait_for_condition(&object, "Stalled", "True", "AccessDenied");
        assert!(
            message(&refused, "Ready").contains("InvalidClientTokenId"),
            "{refused}"
        );
    }
    env.control().clear_faults();
    env.apply(&distribution("later", "first"));
    for name in &names {
        env.wait_until_ready(&format!("cfd/{name}"));
    }
}
