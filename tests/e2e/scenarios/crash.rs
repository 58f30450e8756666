//! The operator dies at the worst moment.

use super::{
    lifecycle::{distribution, identity},
    stage::Stage,
};
use cloudfront_simulator::{Fault, FaultMode, JournalEntry};
use std::time::Duration;

#[test]
fn killed_after_the_create_was_committed_and_before_its_answer_it_finds_the_one_remote_again() {
    let mut stage = Stage::with_deploy_delay("killed", Duration::ZERO);
    stage.apply_unanswered("CreateDistribution", &distribution("www", "first"));
    assert!(stage.get("cfd/www").expect("it is there")["status"]["id"].is_null());
    stage.kill_operator();
    stage.start_operator();
    let object = stage.until_ready("cfd/www");
    let made = stage.committed("CreateDistribution");
    assert_eq!(made, 1, "one remote, whatever happened");
    assert_eq!(
        object["status"]["callerReference"],
        object["metadata"]["uid"]
    );
}

#[test]
fn deleted_while_the_answer_to_its_create_was_lost_it_leaves_no_orphan() {
    let mut stage = Stage::with_deploy_delay("orphan", Duration::ZERO);
    stage.apply_unanswered("CreateDistribution", &distribution("www", "first"));
    stage.kill_operator();
    stage.kubectl(&["delete", "cfd/www", "--wait=false"]);
    stage.start_operator();
    stage.until_gone("cfd/www");
    let writes = stage.writes_since(0);
    assert_eq!(
        Stage::operations(&writes),
        [
            "CreateDistribution",
            "UpdateDistribution",
            "DeleteDistribution"
        ]
    );
}

#[test]
fn a_create_whose_answer_is_lost_on_the_way_is_not_repeated_into_a_second_remote() {
    let stage = Stage::with_deploy_delay("lost", Duration::ZERO);
    stage
        .control()
        .inject(Fault::on("CreateDistribution", FaultMode::ResetAfterCommit));
    stage.control().inject(Fault::on(
        "CreateCloudFrontOriginAccessIdentity",
        FaultMode::ResetAfterCommit,
    ));
    stage.apply(&distribution("www", "first"));
    stage.apply(&super::lifecycle::identity("first"));
    stage.until_ready("cfd/www");
    stage.until_ready("cfoai/site");
    let made = stage
        .writes_since(0)
        .into_iter()
        .filter(|call| call.committed)
        .count();
    assert_eq!(
        made,
        2,
        "one distribution and one identity: {:?}",
        stage.writes_since(0)
    );
}

#[test]
fn asked_to_end_while_a_create_is_under_way_it_stores_the_id_before_it_ends() {
    let mut stage = Stage::with_deploy_delay("sigterm", Duration::ZERO);
    stage.apply_unanswered("CreateDistribution", &distribution("www", "first"));
    stage.operator().ask_to_end();
    stage.eventually("it has heard", || {
        stage.log().contains("SIGTERM").then_some(())
    });
    stage.control().release_held_responses();
    stage.operator().await_end();
    let object = stage.get("cfd/www").expect("it is there");
    assert!(object["status"]["id"].is_string(), "{object}");
}

#[test]
fn an_identity_edited_after_the_answer_to_its_create_was_lost_is_found_by_its_key() {
    let mut stage = Stage::with_deploy_delay("edited", Duration::ZERO);
    let create = "CreateCloudFrontOriginAccessIdentity";
    stage.apply_unanswered(create, &identity("first"));
    stage.kill_operator();
    stage.apply(&identity("second"));
    stage.start_operator();
    stage.until_ready("cfoai/site");
    assert_eq!(
        stage.committed(create),
        1,
        "CloudFront refuses the repetition, and does not name the id"
    );
    let listed = |call: &&JournalEntry| call.operation == "ListCloudFrontOriginAccessIdentities";
    let journal = stage.control().journal();
    let until_edited = journal
        .iter()
        .take_while(|call| call.operation != "UpdateCloudFrontOriginAccessIdentity");
    assert_eq!(until_edited.filter(listed).count(), 1);
}
