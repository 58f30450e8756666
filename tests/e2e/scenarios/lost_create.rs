//! A create whose answer was lost may have made something, and CloudFront may show it late: nothing becomes of it behind our back.

use super::{
    lifecycle::distribution,
    stage::{Stage, condition},
};
use cloudfront_simulator::{Edit, Fault, FaultMode};
use std::time::Duration;

const ABSENT: &str = "NoSuchDistribution";

/// A distribution is made, and the operator killed before it hears of it.
fn killed_before_the_answer(name: &str) -> Stage {
    let mut stage = Stage::with_deploy_delay(name, Duration::ZERO);
    stage.apply_unanswered("CreateDistribution", &distribution("www", "first"));
    stage.kill_operator();
    stage
}

fn deleted_leaves_nothing(stage: &mut Stage) {
    stage.kubectl(&["delete", "cfd/www", "--wait=false"]);
    stage.start_operator();
    stage.until_gone("cfd/www");
    assert_eq!(stage.remotes(), 0, "{}", stage.control().state());
}

#[test]
fn a_deletion_does_not_take_a_list_that_lags_behind_for_the_end() {
    let mut stage = killed_before_the_answer("lost-list");
    let stale = FaultMode::StaleRead { lag: 1 };
    stage
        .control()
        .inject(Fault::on("ListDistributions", stale));
    deleted_leaves_nothing(&mut stage);
}

#[test]
fn a_deletion_looks_again_at_what_is_listed_and_not_found() {
    let mut stage = killed_before_the_answer("lost-get");
    let absent = FaultMode::error(404, ABSENT, "injected");
    stage.control().inject(Fault::on("GetDistribution", absent));
    deleted_leaves_nothing(&mut stage);
}

#[test]
fn a_deletion_ends_although_nobody_knows_whether_a_create_ever_arrived() {
    let mut stage = Stage::with_deploy_delay("lost-call", Duration::ZERO);
    let lost = FaultMode::Timeout { committed: false };
    stage
        .control()
        .inject(Fault::on("CreateDistribution", lost));
    stage.apply(&distribution("www", "first"));
    stage.eventually("the create is under way", || {
        (!stage.writes_since(0).is_empty()).then_some(())
    });
    stage.kill_operator();
    deleted_leaves_nothing(&mut stage);
    let writes = stage.writes_since(0);
    assert_eq!(Stage::operations(&writes), ["CreateDistribution"]);
}

#[test]
fn an_object_whose_creates_were_all_refused_goes_without_a_look_at_what_others_have() {
    let stage = Stage::with_deploy_delay("lost-none", Duration::ZERO);
    for name in ["blog", "shop"] {
        let retained = distribution(name, "theirs");
        let retained = retained.replace("spec:\n", "spec:\n  deletionPolicy: Retain\n");
        stage.apply(&retained);
        stage.until_ready(&format!("cfd/{name}"));
    }
    stage.kubectl(&["delete", "cfd/blog", "cfd/shop"]);
    let taken = FaultMode::error(409, "CNAMEAlreadyExists", "injected");
    stage
        .control()
        .inject(Fault::on("CreateDistribution", taken).times(1_000));
    let before = stage.now();
    stage.apply(&distribution("www", "first"));
    stage.until_condition("cfd/www", "Stalled", "True", "Rejected");
    stage.kubectl(&["delete", "cfd/www"]);
    let calls = stage.control().journal_since(before);
    let reads: Vec<_> = calls
        .iter()
        .filter(|call| call.operation != "CreateDistribution")
        .collect();
    assert!(reads.is_empty(), "{reads:?}");
}

#[test]
fn a_second_life_whose_answer_is_lost_and_that_is_shown_late_is_not_followed_by_a_third() {
    let stage = Stage::with_deploy_delay("lost-life", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    let id = stage.id_of("cfd/www");
    let lost = FaultMode::ResetAfterCommit;
    stage
        .control()
        .inject(Fault::on("CreateDistribution", lost));
    let absent = FaultMode::error(404, ABSENT, "injected");
    stage
        .control()
        .inject(Fault::on("GetDistribution", absent).times(8));
    let deleted = stage.control().edit(&id, Edit::Delete);
    deleted.expect("it can be deleted");
    stage.until("cfd/www", "has another id", |object| {
        object["status"]["id"] != id.as_str() && condition(object, "Ready").0 == "True"
    });
    assert_eq!(stage.committed("CreateDistribution"), 2);
    assert_eq!(stage.remotes(), 1, "{}", stage.control().state());
}

#[test]
fn what_is_refused_because_of_what_a_lost_create_made_finds_that() {
    let stage = Stage::with_deploy_delay("lost-alias", Duration::ZERO);
    let lost = FaultMode::ResetAfterCommit;
    stage
        .control()
        .inject(Fault::on("CreateDistribution", lost));
    let taken = FaultMode::error(409, "CNAMEAlreadyExists", "injected");
    stage
        .control()
        .inject(Fault::on("CreateDistribution", taken).nth(2).times(1_000));
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    assert_eq!(stage.committed("CreateDistribution"), 1);
}

#[test]
fn a_finalizer_that_was_taken_off_does_not_make_a_lost_create_forgotten() {
    let mut stage = killed_before_the_answer("lost-loose");
    let loose = r#"{"metadata":{"finalizers":null}}"#;
    stage.kubectl(&["patch", "cfd/www", "--type=merge", "--patch", loose]);
    let taken = FaultMode::error(409, "CNAMEAlreadyExists", "injected");
    stage
        .control()
        .inject(Fault::on("CreateDistribution", taken).times(1_000));
    stage.start_operator();
    stage.until_ready("cfd/www");
    assert_eq!(stage.committed("CreateDistribution"), 1);
}

#[test]
fn a_refusal_is_told_although_the_list_may_not_be_read() {
    let mut stage = Stage::with_deploy_delay("lost-told", Duration::ZERO);
    let refused = FaultMode::error(400, "InvalidArgument", "injected");
    let denied = FaultMode::error(403, "AccessDenied", "injected");
    for (operation, fault) in [
        ("CreateDistribution", refused),
        ("ListDistributions", denied),
    ] {
        stage
            .control()
            .inject(Fault::on(operation, fault).times(1_000));
    }
    stage.apply(&distribution("www", "first"));
    let before = stage.until_condition("cfd/www", "Stalled", "True", "Rejected");
    stage.stop_operator();
    stage.start_operator();
    let asked = "cloudfront-operator.dev/reconcile-requested-at=now";
    stage.kubectl(&["annotate", "cfd/www", asked]);
    let after = stage.until("cfd/www", "has answered", |object| {
        object["status"]["lastHandledReconcileAt"] == "now"
    });
    assert_eq!(condition(&after, "Stalled"), condition(&before, "Stalled"));
}
