//! Invalidations: references, the queue, completion and the deletion after their TTL.

use crate::support::{self, TestEnv, condition, distribution, message, operator_requests};
use cloudfront_simulator::{Edit, FaultMode, Switch};
use serde_json::Value;
use std::time::Duration;

/// Returns an invalidation of the distribution `www`.
fn invalidation(name: &str, path: &str) -> String {
    support::invalidation(name, "distributionRef: {name: www}", path)
}

#[test]
fn an_invalidation_waits_for_its_distribution_and_completes_once() {
    let mut env = TestEnv::with_deploy_delay("purge", Duration::from_secs(1));
    env.apply(&invalidation("release", "/index.html"));
    let waiting = env.wait_for_condition("cfinv/release", "Ready", "False", "ReferenceNotReady");
    assert!(
        message(&waiting, "Ready").contains("Distribution www"),
        "{}",
        message(&waiting, "Ready")
    );
    env.apply(&distribution("www", "first"));
    env.kubectl(&[
        "wait",
        "--for=condition=Complete",
        "cfinv/release",
        "--timeout=60s",
    ]);
    let done = env.wait_for_condition("cfinv/release", "Ready", "True", "Completed");
    assert_eq!(done["status"]["status"], "Completed");
    assert_eq!(done["status"]["callerReference"], done["metadata"]["uid"]);
    assert!(
        done["metadata"]["finalizers"].is_null(),
        "a completed invalidation has no finalizer"
    );
    assert_eq!(
        TestEnv::operations(&env.writes_since(0)),
        ["CreateDistribution", "CreateInvalidation"]
    );

    env.stop_operator();
    let restarted = env.journal_end();
    env.start_operator();
    env.wait_for_calls("ListDistributions", 2, restarted);
    let calls = env.control().journal_since(restarted);
    assert!(
        !calls
            .iter()
            .any(|call| call.operation.contains("Invalidation")),
        "a completed invalidation is not read again: {calls:?}"
    );
    env.kubectl(&["delete", "cfinv/release"]);
}

#[test]
fn two_hundred_invalidations_complete_in_order_and_none_is_rejected() {
    let env = TestEnv::with_deploy_delay("queue", Duration::from_millis(300));
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    let before = env.journal_end();
    let names: Vec<String> = (0..200).map(|n| format!("release-{n:03}")).collect();
    let manifests: Vec<String> = names
        .iter()
        .map(|name| invalidation(name, &format!("/{name}/*")))
        .collect();
    env.apply(&manifests.join("---\n"));
    env.kubectl(&[
        "wait",
        "--for=condition=Complete",
        "cfinv",
        "--all",
        "--timeout=120s",
    ]);
    let writes = env.writes_since(before);
    assert_eq!(writes.len(), 200, "one call each");
    let rejected: Vec<_> = writes.iter().filter(|call| call.code.is_some()).collect();
    assert!(rejected.is_empty(), "{rejected:?}");
    let objects = env.kubectl(&["get", "cfinv", "--output", "jsonpath={range .items[*]}{.metadata.creationTimestamp} {.metadata.name} {.metadata.uid}{\"\\n\"}{end}"]);
    let mut expected: Vec<&str> = objects.lines().collect();
    expected.sort_unstable();
    let position = |caller_reference: &Option<String>| {
        expected.iter().position(|line| {
            let uid = caller_reference.as_deref();
            uid.is_some_and(|uid| line.ends_with(uid))
        })
    };
    let order: Vec<usize> = writes
        .iter()
        .filter_map(|call| position(&call.caller_reference))
        .collect();
    assert_eq!(
        order.len(),
        200,
        "every create call has the uid of its object"
    );
    let out_of_order = order
        .iter()
        .enumerate()
        .filter(|(index, position)| index.abs_diff(**position) >= 15)
        .count();
    assert_eq!(
        out_of_order, 0,
        "calls are out of order at most by the number of parallel calls: {order:?}"
    );
}

#[test]
fn a_lost_create_response_creates_no_second_invalidation() {
    let env = TestEnv::with_deploy_delay("paid", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    env.inject("CreateInvalidation", FaultMode::ResetAfterCommit);
    env.apply(&invalidation("release", "/index.html"));
    env.kubectl(&[
        "wait",
        "--for=condition=Complete",
        "cfinv/release",
        "--timeout=60s",
    ]);
    let state = env.control().state();
    let accounts = state["accounts"]
        .as_object()
        .expect("the state has accounts");
    let created: usize = accounts
        .values()
        .filter_map(|account| account["invalidations"].as_object())
        .flat_map(|by_distribution| by_distribution.values())
        .filter_map(|all| all.as_array())
        .map(Vec::len)
        .sum();
    assert_eq!(created, 1, "{state}");
}

#[test]
fn an_invalidation_is_deleted_after_its_ttl() {
    let env = TestEnv::with_deploy_delay("ttl", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    let brief =
        invalidation("brief", "/a").replace("spec:\n", "spec:\n  ttlSecondsAfterFinished: 1\n");
    env.apply(&brief);
    let created = || {
        let writes = env.writes_since(0);
        TestEnv::operations(&writes)
            .into_iter()
            .filter(|operation| *operation == "CreateInvalidation")
            .count()
    };
    env.eventually("the invalidation is created", || {
        (created() > 0).then_some(())
    });
    env.wait_until_gone("cfinv/brief");
    assert_eq!(created(), 1);
}

#[test]
fn an_invalidation_fails_when_its_distribution_is_deleted_out_of_band() {
    let env = TestEnv::with_deploy_delay("under", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    let id = env.ready_id("cfd/www");
    env.control()
        .change_settings(|settings| settings.invalidation_delay = Duration::from_secs(3_600));
    env.apply(&invalidation("late", "/a"));
    env.wait_for_condition("cfinv/late", "Ready", "False", "Deploying");
    env.change_out_of_band(&id, Edit::Delete);
    let failed = env.wait_until("cfinv/late", "has failed", |object| {
        condition(object, "Failed").0 == "True"
    });
    assert_eq!(condition(&failed, "Stalled").0, "True");
    env.kubectl(&["delete", "cfinv/late", "cfd/www"]);
}

#[test]
fn a_stale_not_found_does_not_fail_an_invalidation() {
    let mut env = TestEnv::with_deploy_delay("unseen", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    let hour = Duration::from_secs(3_600);
    env.control()
        .change_settings(|settings| settings.invalidation_delay = hour);
    env.apply(&invalidation("late", "/a"));
    env.wait_for_condition("cfinv/late", "Ready", "False", "Deploying");
    env.kill_operator();
    let not_found = FaultMode::error(404, "NoSuchInvalidation", "injected");
    env.inject("GetInvalidation", not_found);
    env.start_operator();
    env.wait_until_faults_are_used();
    env.control().advance(hour);
    env.wait_for_condition("cfinv/late", "Complete", "True", "Completed");
    let log = env.log();
    assert!(
        log.contains("CloudFront does not find Invalidation"),
        "{log}"
    );
    assert!(
        !log.contains("was deleted before"),
        "the invalidation never failed: {log}"
    );
}

#[test]
fn an_invalidation_whose_repeated_create_is_rejected_is_found_by_its_caller_reference() {
    let env = TestEnv::with_deploy_delay("found", Duration::ZERO);
    env.control()
        .set_switch(Switch::RefuseInvalidationReplay, true);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    env.inject("CreateInvalidation", FaultMode::ResetAfterCommit);
    env.apply(&invalidation("release", "/index.html"));
    env.wait_for_condition("cfinv/release", "Complete", "True", "Completed");
    let calls = env.control().journal();
    let count = |name: &str| calls.iter().filter(|call| call.operation == name).count();
    assert_eq!(count("CreateInvalidation"), 2);
    assert_eq!(count("ListInvalidations"), 1);
}

#[test]
fn a_failed_invalidation_is_final() {
    let env = TestEnv::with_deploy_delay("final", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    let refused = FaultMode::error(400, "InvalidArgument", "injected");
    env.inject("CreateInvalidation", refused);
    env.apply(&invalidation("release", "/a"));
    let has_failed = |object: &serde_json::Value| condition(object, "Failed").0 == "True";
    env.wait_until("cfinv/release", "has failed", has_failed);
    let failed = env.journal_end();
    env.wait_for_calls("ListDistributions", 5, failed);
    assert_eq!(env.writes_since(failed), [], "it is not sent again");

    env.patch_status("cfinv/release", r#"{"status":{"conditions":null}}"#);
    env.kubectl(&[
        "annotate",
        "cfinv/release",
        "cloudfront-operator.dev/reconcile-requested-at=now",
    ]);
    let restored = env.wait_until("cfinv/release", "has failed", has_failed);
    assert!(
        message(&restored, "Failed").contains("InvalidArgument"),
        "{restored}"
    );
    assert_eq!(env.writes_since(failed), [], "it is not sent again");
}

#[test]
fn the_ttl_of_a_completed_invalidation_can_be_set() {
    let env = TestEnv::with_deploy_delay("late-ttl", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.apply(&invalidation("release", "/a"));
    env.wait_for_condition("cfinv/release", "Complete", "True", "Completed");
    env.patch("cfinv/release", r#"{"spec":{"ttlSecondsAfterFinished":0}}"#);
    env.wait_until_gone("cfinv/release");
    assert_eq!(env.committed_count("CreateInvalidation"), 1);
}

#[test]
fn the_distribution_object_is_read_right_before_the_invalidation_is_created() {
    let env = TestEnv::with_deploy_delay("fresh-parent", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    let both = format!(
        "{}---\n{}",
        distribution("www", "second"),
        invalidation("release", "/a")
    );
    env.apply(&both);
    env.wait_for_condition("cfinv/release", "Complete", "True", "Completed");
    let calls = env.writes_since(0);
    assert_eq!(
        TestEnv::operations(&calls),
        [
            "CreateDistribution",
            "UpdateDistribution",
            "CreateInvalidation"
        ]
    );
    let path = format!("/namespaces/{}/distributions/www", env.namespace);
    env.eventually("the audit log has the read", || {
        let requests = operator_requests(&env.namespace);
        let is_read = |entry: &Value| {
            entry["verb"] == "get" && entry["requestURI"].to_string().contains(&path)
        };
        requests.iter().any(is_read).then_some(())
    });
}
