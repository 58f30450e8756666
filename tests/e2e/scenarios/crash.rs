//! Crashes of the operator between a call and its response.

use crate::support::{TestEnv, distribution, identity};
use cloudfront_simulator::{Fault, FaultMode, JournalEntry};
use std::time::Duration;

#[test]
fn an_operator_killed_before_a_create_response_finds_the_resource_after_its_restart() {
    let mut env = TestEnv::with_deploy_delay("killed", Duration::ZERO);
    env.apply_with_held_response("CreateDistribution", &distribution("www", "first"));
    assert!(env.get("cfd/www").expect("the object exists")["status"]["id"].is_null());
    env.kill_operator();
    env.start_operator();
    let object = env.wait_until_ready("cfd/www");
    let created = env.committed_count("CreateDistribution");
    assert_eq!(created, 1, "one resource");
    assert_eq!(
        object["status"]["callerReference"],
        object["metadata"]["uid"]
    );
}

#[test]
fn a_deletion_after_a_lost_create_response_leaves_no_orphan() {
    let mut env = TestEnv::with_deploy_delay("orphan", Duration::ZERO);
    env.apply_with_held_response("CreateDistribution", &distribution("www", "first"));
    env.kill_operator();
    env.kubectl(&["delete", "cfd/www", "--wait=false"]);
    env.start_operator();
    env.wait_until_gone("cfd/www");
    let writes = env.writes_since(0);
    assert_eq!(
        TestEnv::operations(&writes),
        [
            "CreateDistribution",
            "UpdateDistribution",
            "DeleteDistribution"
        ]
    );
}

#[test]
fn a_create_with_a_lost_response_creates_no_second_resource() {
    let env = TestEnv::with_deploy_delay("lost", Duration::ZERO);
    env.inject("CreateDistribution", FaultMode::ResetAfterCommit);
    env.control().inject(Fault::on(
        "CreateCloudFrontOriginAccessIdentity",
        FaultMode::ResetAfterCommit,
    ));
    env.apply(&distribution("www", "first"));
    env.apply(&identity("first"));
    env.wait_until_ready("cfd/www");
    env.wait_until_ready("cfoai/site");
    let created = env
        .writes_since(0)
        .into_iter()
        .filter(|call| call.committed)
        .count();
    assert_eq!(
        created,
        2,
        "one distribution and one identity: {:?}",
        env.writes_since(0)
    );
}

#[test]
fn an_operator_stopped_during_a_create_stores_the_id_before_it_exits() {
    let mut env = TestEnv::with_deploy_delay("sigterm", Duration::ZERO);
    env.apply_with_held_response("CreateDistribution", &distribution("www", "first"));
    env.operator().send_sigterm();
    env.eventually("the operator has received SIGTERM", || {
        env.log().contains("SIGTERM").then_some(())
    });
    env.control().release_held_responses();
    env.operator().wait_for_success();
    let object = env.get("cfd/www").expect("the object exists");
    assert!(object["status"]["id"].is_string(), "{object}");
}

#[test]
fn an_identity_edited_after_a_lost_create_response_is_found_by_its_caller_reference() {
    let mut env = TestEnv::with_deploy_delay("edited", Duration::ZERO);
    let create = "CreateCloudFrontOriginAccessIdentity";
    env.apply_with_held_response(create, &identity("first"));
    env.kill_operator();
    env.apply(&identity("second"));
    env.start_operator();
    env.wait_until_ready("cfoai/site");
    assert_eq!(
        env.committed_count(create),
        1,
        "CloudFront rejects the repetition without naming the id"
    );
    let is_list = |call: &&JournalEntry| call.operation == "ListCloudFrontOriginAccessIdentities";
    let journal = env.control().journal();
    let until_edited = journal
        .iter()
        .take_while(|call| call.operation != "UpdateCloudFrontOriginAccessIdentity");
    assert_eq!(until_edited.filter(is_list).count(), 1);
}
