//! Streaming distributions: AWS has ended the product, and its API still has the operations.

use crate::support::{
    TestEnv, condition, control_plane, identity, message, streaming_distribution,
};
use cloudfront_simulator::{Fault, FaultMode, Switch};
use std::{path::Path, time::Duration};

#[test]
fn a_streaming_distribution_is_created_deployed_edited_corrected_disabled_and_deleted() {
    let env = TestEnv::with_deploy_delay("streaming", Duration::from_secs(2));
    env.apply(&streaming_distribution("media", "comment: first"));
    let object = env.wait_until_ready("cfsd/media");
    let status = &object["status"];
    assert_eq!(status["status"], "Deployed");
    assert_eq!(status["callerReference"], object["metadata"]["uid"]);
    for field in ["arn", "domainName", "lastModifiedTime"] {
        assert!(status[field].is_string(), "{field}: {object}");
    }
    assert_eq!(status["activeTrustedSigners"]["enabled"], false);

    env.apply(&streaming_distribution("media", "comment: second"));
    let id = env.ready_id("cfsd/media");
    let edited = env.journal_end();
    env.edit_out_of_band(&id, "S3Origin/DomainName", "evil.s3.amazonaws.com");
    env.eventually("the operator has corrected the drift", || {
        (!env.writes_since(edited).is_empty()).then_some(())
    });
    env.wait_until_ready("cfsd/media");
    assert!(!env.state_contains("evil.s3.amazonaws.com"));

    env.kubectl(&["delete", "cfsd/media"]);
    let writes = env.writes_since(0);
    assert_eq!(
        TestEnv::operations(&writes),
        [
            "CreateStreamingDistribution",
            "UpdateStreamingDistribution",
            "UpdateStreamingDistribution",
            "UpdateStreamingDistribution",
            "DeleteStreamingDistribution"
        ]
    );
    assert!(writes.iter().all(|call| call.committed), "{writes:?}");
}

#[test]
fn it_waits_for_its_identity_whose_deletion_waits_for_it() {
    let env = TestEnv::with_deploy_delay("streaming-reference", Duration::ZERO);
    env.apply(&streaming_distribution("media", "comment: first").replace(
        "amazonaws.com}",
        "amazonaws.com, originAccessIdentityRef: {name: site}}",
    ));
    let waiting = env.wait_for_condition("cfsd/media", "Ready", "False", "ReferenceNotReady");
    assert_eq!(
        message(&waiting, "Ready"),
        "Waits for OriginAccessIdentity site, which does not exist in this namespace."
    );
    env.apply(&identity("reads"));
    env.wait_until_ready("cfsd/media");
    let path = env.wait_until_ready("cfoai/site")["status"]["path"].clone();
    let element = format!(
        "<OriginAccessIdentity>{}</OriginAccessIdentity>",
        path.as_str().expect("the status has a path")
    );
    assert!(env.state_contains(&element), "the origin refers to {path}");

    env.kubectl(&["delete", "cfoai/site", "--wait=false"]);
    let blocked = env.wait_for_condition("cfoai/site", "Ready", "False", "InUse");
    assert_eq!(
        message(&blocked, "Ready"),
        "In use by StreamingDistribution media."
    );
    env.kubectl(&["delete", "cfsd/media"]);
    env.wait_until_gone("cfoai/site");
}

#[test]
fn the_create_call_sets_its_tags_and_edits_update_them() {
    let env = TestEnv::with_deploy_delay("streaming-tags", Duration::ZERO);
    env.apply(&streaming_distribution(
        "media",
        "tags: {team: media, env: test}",
    ));
    env.wait_until_ready("cfsd/media");
    env.apply(&streaming_distribution("media", "tags: {team: web}"));
    env.wait_until(
        "cfsd/media",
        "no longer manages the removed tag",
        |object| {
            object["status"]["managedTags"] == serde_json::json!(["team"])
                && condition(object, "Ready").0 == "True"
        },
    );
    assert_eq!(
        TestEnv::operations(&env.writes_since(0)),
        [
            "CreateStreamingDistributionWithTags",
            "TagResource",
            "UntagResource"
        ]
    );
}

#[test]
fn an_existing_one_is_observed_adopted_and_deleted_with_deletion_policy_delete() {
    let env = TestEnv::with_deploy_delay("streaming-adopt", Duration::ZERO);
    env.apply(&streaming_distribution("old", "deletionPolicy: Retain"));
    let id = env.ready_id("cfsd/old");
    env.kubectl(&["delete", "cfsd/old"]);
    let before = env.journal_end();

    let fields = format!("adoptId: {id}\n  comment: mine\n  ");
    env.apply(&streaming_distribution(
        "media",
        &format!("{fields}managementPolicy: Observe"),
    ));
    let observed = env.wait_for_condition("cfsd/media", "Stalled", "True", "Drifted");
    assert_eq!(observed["status"]["drift"][0]["path"], "comment");
    assert_eq!(
        env.writes_since(before),
        [],
        "managementPolicy Observe writes nothing"
    );

    env.apply(&streaming_distribution(
        "media",
        &format!("{fields}deletionPolicy: Delete"),
    ));
    assert_eq!(env.ready_id("cfsd/media"), id);
    env.kubectl(&["delete", "cfsd/media"]);
    assert_eq!(
        TestEnv::operations(&env.writes_since(before)),
        [
            "UpdateStreamingDistribution",
            "UpdateStreamingDistribution",
            "DeleteStreamingDistribution"
        ]
    );
}

#[test]
fn a_lost_create_response_is_recovered_with_either_error_code_of_the_conflict() {
    let env = TestEnv::with_deploy_delay("streaming-lost", Duration::ZERO);
    for (name, documented) in [("modelled", false), ("documented", true)] {
        let control = env.control();
        control.set_switch(Switch::DocumentedStreamingConflict, documented);
        control.inject(Fault::on(
            "CreateStreamingDistribution",
            FaultMode::ResetAfterCommit,
        ));
        env.apply(&streaming_distribution(name, "comment: once"));
        env.wait_until_ready(&format!("cfsd/{name}"));
    }
    let writes = env.writes_since(0);
    let created = writes.iter().filter(|call| call.committed).count();
    assert_eq!(created, 2, "one for each object: {writes:?}");
    for code in [
        "StreamingDistributionAlreadyExists",
        "DistributionAlreadyExists",
    ] {
        let was_returned = writes.iter().any(|call| call.code.as_deref() == Some(code));
        assert!(was_returned, "{code} in {writes:?}");
    }
}

#[test]
fn a_deletion_after_a_lost_create_response_leaves_no_orphan() {
    let mut env = TestEnv::with_deploy_delay("streaming-orphan", Duration::ZERO);
    let manifest = streaming_distribution("media", "comment: once");
    env.apply_with_held_response("CreateStreamingDistribution", &manifest);
    env.kill_operator();
    env.kubectl(&["delete", "cfsd/media", "--wait=false"]);
    env.start_operator();
    env.wait_until_gone("cfsd/media");
    let calls = env.control().journal();
    let called = |name: &str| calls.iter().any(|call| call.operation == name);
    assert!(called("ListStreamingDistributions"), "{calls:?}");
    assert!(called("DeleteStreamingDistribution"), "{calls:?}");
}

#[test]
fn an_object_whose_create_call_aws_refuses_is_stalled_and_deletable() {
    let env = TestEnv::with_deploy_delay("streaming-refused", Duration::ZERO);
    env.control()
        .set_switch(Switch::RefuseStreamingCreate, true);
    env.apply(&streaming_distribution("media", "comment: first"));
    let object = env.wait_for_condition("cfsd/media", "Stalled", "True", "AccessDenied");
    assert_eq!(
        condition(&object, "Synced"),
        ("False".into(), "AccessDenied".into())
    );
    let text = message(&object, "Ready");
    assert!(
        text.contains("Amazon CloudFront ended support for RTMP distributions"),
        "{text}"
    );
    env.kubectl(&["delete", "cfsd/media"]);
    let writes = env.writes_since(0);
    assert!(writes.iter().all(|call| !call.committed), "{writes:?}");
}

/// Installs the shipped admission policy for streaming distributions.
fn install_policy() {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let policy = policies.join("streaming-distribution-deprecated.yaml");
    let installed = control_plane()
        .kubectl()
        .args(["apply", "--filename"])
        .arg(policy)
        .output()
        .expect("kubectl runs");
    assert!(installed.status.success(), "{installed:?}");
}

#[test]
fn kubectl_apply_prints_a_warning_and_other_commands_do_not() {
    let env = TestEnv::without_operator("streaming-warning", Duration::ZERO);
    install_policy();
    let kubectl = |arguments: &[&str], input: &str| {
        let output = env.try_kubectl(arguments, input);
        let warning = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{warning}");
        warning
    };
    let first = streaming_distribution("media", "comment: first");
    // The API server applies a new policy after a delay.
    let warning = env.eventually("kubectl apply warns", || {
        let dry_run = ["apply", "--dry-run=server", "--filename", "-"];
        Some(kubectl(&dry_run, &first)).filter(|warning| !warning.is_empty())
    });
    assert_eq!(
        warning.trim(),
        "Warning: Validation failed for ValidatingAdmissionPolicy 'streaming-distribution-deprecated.cloudfront-operator.dev' \
         with binding 'streaming-distribution-deprecated.cloudfront-operator.dev': AWS ended streaming distributions (RTMP) on \
         2020-12-31 and may refuse to create one. Use a Distribution to deliver HLS or DASH. To manage a streaming distribution \
         that still exists, set adoptId to its ID."
    );
    assert_eq!(kubectl(&["apply", "--filename", "-"], &first), warning);
    let second = streaming_distribution("media", "comment: second");
    assert_eq!(kubectl(&["apply", "--filename", "-"], &second), warning);
    let annotation = "cloudfront-operator.dev/reconcile-requested-at=now";
    for arguments in [
        &["get", "cloudfront"][..],
        &["get", "cfsd"],
        &["label", "cfsd/media", "team=media"],
        &["annotate", "cfsd/media", annotation],
        &["delete", "cfsd/media"],
    ] {
        assert_eq!(kubectl(arguments, ""), "", "{arguments:?}");
    }
}
