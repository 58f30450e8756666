//! Lost create responses: the resource may exist, and CloudFront's reads may not return it yet. None is orphaned or created twice.

use crate::support::{TestEnv, condition, distribution};
use cloudfront_simulator::{Edit, Fault, FaultMode};
use std::time::Duration;

const NOT_FOUND: &str = "NoSuchDistribution";

/// Starts an environment in which CloudFront has created a distribution and the operator was killed before the response.
fn killed_before_create_response(name: &str) -> TestEnv {
    let mut env = TestEnv::with_deploy_delay(name, Duration::ZERO);
    env.apply_with_held_response("CreateDistribution", &distribution("www", "first"));
    env.kill_operator();
    env
}

/// Deletes the object, starts the operator, and checks that CloudFront has no distribution.
fn delete_and_expect_no_resource(env: &mut TestEnv) {
    env.kubectl(&["delete", "cfd/www", "--wait=false"]);
    env.start_operator();
    env.wait_until_gone("cfd/www");
    assert_eq!(env.distribution_count(), 0, "{}", env.control().state());
}

#[test]
fn a_deletion_does_not_trust_a_stale_list() {
    let mut env = killed_before_create_response("lost-list");
    let stale = FaultMode::StaleRead { lag: 1 };
    env.inject("ListDistributions", stale);
    delete_and_expect_no_resource(&mut env);
}

#[test]
fn a_deletion_reads_a_listed_resource_again_after_not_found() {
    let mut env = killed_before_create_response("lost-get");
    let not_found = FaultMode::error(404, NOT_FOUND, "injected");
    env.inject("GetDistribution", not_found);
    delete_and_expect_no_resource(&mut env);
}

#[test]
fn a_deletion_completes_after_a_create_that_may_never_have_arrived() {
    let mut env = TestEnv::with_deploy_delay("lost-call", Duration::ZERO);
    let lost = FaultMode::Timeout { committed: false };
    env.inject("CreateDistribution", lost);
    env.apply(&distribution("www", "first"));
    env.eventually("the create call is sent", || {
        (!env.writes_since(0).is_empty()).then_some(())
    });
    env.kill_operator();
    delete_and_expect_no_resource(&mut env);
    let writes = env.writes_since(0);
    assert_eq!(TestEnv::operations(&writes), ["CreateDistribution"]);
}

#[test]
fn an_object_whose_creates_were_all_rejected_is_deleted_without_reads() {
    let env = TestEnv::with_deploy_delay("lost-none", Duration::ZERO);
    for name in ["blog", "shop"] {
        let retained = distribution(name, "theirs");
        let retained = retained.replace("spec:\n", "spec:\n  deletionPolicy: Retain\n");
        env.apply(&retained);
        env.wait_until_ready(&format!("cfd/{name}"));
    }
    env.kubectl(&["delete", "cfd/blog", "cfd/shop"]);
    let taken = FaultMode::error(409, "CNAMEAlreadyExists", "injected");
    env.inject_times("CreateDistribution", taken, 1_000);
    let before = env.journal_end();
    env.apply(&distribution("www", "first"));
    env.wait_for_condition("cfd/www", "Stalled", "True", "Rejected");
    env.kubectl(&["delete", "cfd/www"]);
    let calls = env.control().journal_since(before);
    let reads: Vec<_> = calls
        .iter()
        .filter(|call| call.operation != "CreateDistribution")
        .collect();
    assert!(reads.is_empty(), "{reads:?}");
}

#[test]
fn a_recreation_with_a_lost_response_is_not_repeated_while_reads_are_stale() {
    let env = TestEnv::with_deploy_delay("lost-recreation", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    let id = env.ready_id("cfd/www");
    env.inject("CreateDistribution", FaultMode::ResetAfterCommit);
    let not_found = FaultMode::error(404, NOT_FOUND, "injected");
    env.inject_times("GetDistribution", not_found, 8);
    env.change_out_of_band(&id, Edit::Delete);
    env.wait_until("cfd/www", "has another id", |object| {
        object["status"]["id"] != id.as_str() && condition(object, "Ready").0 == "True"
    });
    assert_eq!(env.committed_count("CreateDistribution"), 2);
    assert_eq!(env.distribution_count(), 1, "{}", env.control().state());
}

#[test]
fn a_create_rejected_for_the_alias_of_a_lost_create_finds_its_resource() {
    let env = TestEnv::with_deploy_delay("lost-alias", Duration::ZERO);
    env.inject("CreateDistribution", FaultMode::ResetAfterCommit);
    let taken = FaultMode::error(409, "CNAMEAlreadyExists", "injected");
    env.control()
        .inject(Fault::on("CreateDistribution", taken).nth(2).times(1_000));
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    assert_eq!(env.committed_count("CreateDistribution"), 1);
}

#[test]
fn a_lost_create_is_recovered_after_the_finalizer_was_removed() {
    let mut env = killed_before_create_response("lost-loose");
    let patch = r#"{"metadata":{"finalizers":null}}"#;
    env.patch("cfd/www", patch);
    let taken = FaultMode::error(409, "CNAMEAlreadyExists", "injected");
    env.inject_times("CreateDistribution", taken, 1_000);
    env.start_operator();
    env.wait_until_ready("cfd/www");
    assert_eq!(env.committed_count("CreateDistribution"), 1);
}

#[test]
fn a_rejected_create_is_reported_although_listing_is_denied() {
    let mut env = TestEnv::with_deploy_delay("lost-rejected", Duration::ZERO);
    let refused = FaultMode::error(400, "InvalidArgument", "injected");
    let denied = FaultMode::error(403, "AccessDenied", "injected");
    for (operation, fault) in [
        ("CreateDistribution", refused),
        ("ListDistributions", denied),
    ] {
        env.inject_times(operation, fault, 1_000);
    }
    env.apply(&distribution("www", "first"));
    let before = env.wait_for_condition("cfd/www", "Stalled", "True", "Rejected");
    env.stop_operator();
    let restarted = env.journal_end();
    env.request_reconcile("cfd/www", "now");
    env.start_operator();
    env.wait_for_calls("CreateDistribution", 1, restarted);
    let after = env.wait_for_condition("cfd/www", "Stalled", "True", "Rejected");
    assert_eq!(condition(&after, "Stalled"), condition(&before, "Stalled"));
    let handled = &after["status"]["lastHandledReconcileAt"];
    assert!(handled.is_null(), "nothing could be read: {handled}");
}
