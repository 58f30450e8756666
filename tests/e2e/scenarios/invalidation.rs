//! Invalidations: waited for, queued, completed, and gone by themselves.

use super::{
    lifecycle::distribution,
    stage::{Stage, condition, message},
};
use cloudfront_simulator::{Edit, Fault, FaultMode, Switch};
use std::time::Duration;

fn invalidation(name: &str, path: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: Invalidation
metadata: {{name: {name}}}
spec:
  distributionRef: {{name: www}}
  paths: [\"{path}\"]
"
    )
}

#[test]
fn an_invalidation_waits_for_its_distribution_and_completes_once() {
    let mut stage = Stage::with_deploy_delay("purge", Duration::from_secs(1));
    stage.apply(&invalidation("release", "/index.html"));
    let waiting = stage.until_condition("cfinv/release", "Ready", "False", "ReferenceNotReady");
    assert!(
        message(&waiting, "Ready").contains("Distribution www"),
        "{}",
        message(&waiting, "Ready")
    );
    stage.apply(&distribution("www", "first"));
    stage.kubectl(&[
        "wait",
        "--for=condition=Complete",
        "cfinv/release",
        "--timeout=60s",
    ]);
    let done = stage.until_condition("cfinv/release", "Ready", "True", "Completed");
    assert_eq!(done["status"]["status"], "Completed");
    assert_eq!(done["status"]["callerReference"], done["metadata"]["uid"]);
    assert!(
        done["metadata"]["finalizers"].is_null(),
        "nothing keeps it from being deleted"
    );
    assert_eq!(
        Stage::operations(&stage.writes_since(0)),
        ["CreateDistribution", "CreateInvalidation"]
    );

    stage.stop_operator();
    let finished = stage.now();
    stage.start_operator();
    stage.eventually("the distribution was looked at again", || {
        let seen = stage.control().journal_since(finished);
        (seen
            .iter()
            .filter(|call| call.operation == "ListDistributions")
            .count()
            >= 2)
            .then_some(())
    });
    let seen = stage.control().journal_since(finished);
    assert!(
        !seen
            .iter()
            .any(|call| call.operation.contains("Invalidation")),
        "a completed one is not looked at again: {seen:?}"
    );
    stage.kubectl(&["delete", "cfinv/release"]);
}

#[test]
fn two_hundred_at_once_all_complete_in_order_and_none_is_refused() {
    let stage = Stage::with_deploy_delay("queue", Duration::from_millis(300));
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    let before = stage.now();
    let names: Vec<String> = (0..200).map(|n| format!("release-{n:03}")).collect();
    let manifests: Vec<String> = names
        .iter()
        .map(|name| invalidation(name, &format!("/{name}/*")))
        .collect();
    stage.apply(&manifests.join("---\n"));
    stage.kubectl(&[
        "wait",
        "--for=condition=Complete",
        "cfinv",
        "--all",
        "--timeout=120s",
    ]);
    let writes = stage.writes_since(before);
    assert_eq!(writes.len(), 200, "one call each");
    let refused: Vec<_> = writes.iter().filter(|call| call.code.is_some()).collect();
    assert!(refused.is_empty(), "{refused:?}");
    let objects = stage.kubectl(&["get", "cfinv", "--output", "jsonpath={range .items[*]}{.metadata.creationTimestamp} {.metadata.name} {.metadata.uid}{\"\\n\"}{end}"]);
    let mut wanted: Vec<&str> = objects.lines().collect();
    wanted.sort_unstable();
    let place = |key: &Option<String>| {
        wanted
            .iter()
            .position(|line| key.as_deref().is_some_and(|key| line.ends_with(key)))
    };
    let order: Vec<usize> = writes
        .iter()
        .filter_map(|call| place(&call.caller_reference))
        .collect();
    assert_eq!(
        order.len(),
        200,
        "every create carries the uid of its object"
    );
    let overtaken = order
        .iter()
        .enumerate()
        .filter(|(at, place)| at.abs_diff(**place) >= 15)
        .count();
    assert_eq!(
        overtaken, 0,
        "nobody is overtaken by more than what goes out at once: {order:?}"
    );
}

#[test]
fn a_lost_answer_never_pays_twice() {
    let stage = Stage::with_deploy_delay("paid", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    stage
        .control()
        .inject(Fault::on("CreateInvalidation", FaultMode::ResetAfterCommit));
    stage.apply(&invalidation("release", "/index.html"));
    stage.kubectl(&[
        "wait",
        "--for=condition=Complete",
        "cfinv/release",
        "--timeout=60s",
    ]);
    let state = stage.control().state();
    let accounts = state["accounts"].as_object().expect("there is an account");
    let made: usize = accounts
        .values()
        .filter_map(|account| account["invalidations"].as_object())
        .flat_map(|by_distribution| by_distribution.values())
        .filter_map(|all| all.as_array())
        .map(Vec::len)
        .sum();
    assert_eq!(made, 1, "{state}");
}

#[test]
fn an_invalidation_that_has_had_its_time_deletes_itself() {
    let stage = Stage::with_deploy_delay("ttl", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    let brief =
        invalidation("brief", "/a").replace("spec:\n", "spec:\n  ttlSecondsAfterFinished: 1\n");
    stage.apply(&brief);
    let made = || {
        let writes = stage.writes_since(0);
        Stage::operations(&writes)
            .into_iter()
            .filter(|operation| *operation == "CreateInvalidation")
            .count()
    };
    stage.eventually("the invalidation is created", || (made() > 0).then_some(()));
    stage.until_gone("cfinv/brief");
    assert_eq!(made(), 1);
}

#[test]
fn one_whose_distribution_is_deleted_under_it_fails_instead_of_trying_for_ever() {
    let stage = Stage::with_deploy_delay("under", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    let id = stage.id_of("cfd/www");
    stage
        .control()
        .change_settings(|settings| settings.invalidation_delay = Duration::from_secs(3_600));
    stage.apply(&invalidation("late", "/a"));
    stage.until_condition("cfinv/late", "Ready", "False", "Deploying");
    stage
        .control()
        .edit(&id, Edit::Delete)
        .expect("it can be deleted");
    let failed = stage.until("cfinv/late", "has failed", |object| {
        condition(object, "Failed").0 == "True"
    });
    assert_eq!(condition(&failed, "Stalled").0, "True");
    stage.kubectl(&["delete", "cfinv/late", "cfd/www"]);
}

#[test]
fn a_look_that_lags_behind_is_not_taken_for_its_failure() {
    let mut stage = Stage::with_deploy_delay("unseen", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    let hour = Duration::from_secs(3_600);
    stage
        .control()
        .change_settings(|settings| settings.invalidation_delay = hour);
    stage.apply(&invalidation("late", "/a"));
    stage.until_condition("cfinv/late", "Ready", "False", "Deploying");
    stage.kill_operator();
    let absent = FaultMode::error(404, "NoSuchInvalidation", "injected");
    stage.control().inject(Fault::on("GetInvalidation", absent));
    stage.start_operator();
    stage.eventually("it was looked for in vain", || {
        stage.control().faults().is_empty().then_some(())
    });
    stage.control().advance(hour);
    stage.until_condition("cfinv/late", "Complete", "True", "Completed");
    let log = stage.log();
    assert!(
        log.contains("CloudFront does not find Invalidation"),
        "{log}"
    );
    assert!(
        !log.contains("was deleted before"),
        "it never failed: {log}"
    );
}

#[test]
fn one_whose_repetition_is_refused_is_found_by_its_key() {
    let stage = Stage::with_deploy_delay("found", Duration::ZERO);
    stage
        .control()
        .set_switch(Switch::RefuseInvalidationReplay, true);
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    let lost = Fault::on("CreateInvalidation", FaultMode::ResetAfterCommit);
    stage.control().inject(lost);
    stage.apply(&invalidation("release", "/index.html"));
    stage.until_condition("cfinv/release", "Complete", "True", "Completed");
    let calls = stage.control().journal();
    let count = |name: &str| calls.iter().filter(|call| call.operation == name).count();
    assert_eq!(count("CreateInvalidation"), 2);
    assert_eq!(count("ListInvalidations"), 1);
}
