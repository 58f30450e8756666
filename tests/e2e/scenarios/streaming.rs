//! Streaming distributions, which AWS has ended and its API still has.

use super::{
    lifecycle::identity,
    stage::{Stage, condition, control_plane, message},
};
use cloudfront_simulator::{Fault, FaultMode, Switch};
use std::{path::Path, time::Duration};

/// A streaming distribution of a bucket, with more lines of its spec.
pub(super) fn streaming(name: &str, fields: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: StreamingDistribution
metadata: {{name: {name}}}
spec:
  s3Origin: {{domainName: media.s3.amazonaws.com}}
  {fields}
"
    )
}

fn has(stage: &Stage, what: &str) -> bool {
    stage.control().state().to_string().contains(what)
}

#[test]
fn it_is_created_deployed_edited_kept_from_drifting_retired_and_deleted() {
    let stage = Stage::with_deploy_delay("streaming", Duration::from_secs(2));
    stage.apply(&streaming("media", "comment: first"));
    let object = stage.until_ready("cfsd/media");
    let status = &object["status"];
    assert_eq!(status["status"], "Deployed");
    assert_eq!(status["callerReference"], object["metadata"]["uid"]);
    for fact in ["arn", "domainName", "lastModifiedTime"] {
        assert!(status[fact].is_string(), "{fact}: {object}");
    }
    assert_eq!(status["activeTrustedSigners"]["enabled"], false);

    stage.apply(&streaming("media", "comment: second"));
    let id = stage.id_of("cfsd/media");
    let edited = stage.now();
    stage.edit_by_hand(&id, "S3Origin/DomainName", "evil.s3.amazonaws.com");
    stage.eventually("the drift is repaired", || {
        (!stage.writes_since(edited).is_empty()).then_some(())
    });
    stage.until_ready("cfsd/media");
    assert!(!has(&stage, "evil.s3.amazonaws.com"));

    stage.kubectl(&["delete", "cfsd/media"]);
    let writes = stage.writes_since(0);
    assert_eq!(
        Stage::operations(&writes),
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
fn it_waits_for_its_identity_which_cannot_go_before_it() {
    let stage = Stage::with_deploy_delay("streaming-reference", Duration::ZERO);
    stage.apply(&streaming("media", "comment: first").replace(
        "amazonaws.com}",
        "amazonaws.com, originAccessIdentityRef: {name: site}}",
    ));
    let waiting = stage.until_condition("cfsd/media", "Ready", "False", "ReferenceNotReady");
    assert_eq!(
        message(&waiting, "Ready"),
        "Waits for OriginAccessIdentity site, which does not exist in this namespace."
    );
    stage.apply(&identity("reads"));
    stage.until_ready("cfsd/media");
    let path = stage.until_ready("cfoai/site")["status"]["path"].clone();
    let named = format!(
        "<OriginAccessIdentity>{}</OriginAccessIdentity>",
        path.as_str().expect("it has a path")
    );
    assert!(has(&stage, &named), "the bucket is read by {path}");

    stage.kubectl(&["delete", "cfoai/site", "--wait=false"]);
    let held = stage.until_condition("cfoai/site", "Ready", "False", "InUse");
    assert_eq!(
        message(&held, "Ready"),
        "In use by StreamingDistribution media."
    );
    stage.kubectl(&["delete", "cfsd/media"]);
    stage.until_gone("cfoai/site");
}

#[test]
fn its_tags_are_set_by_the_create_call_and_kept_in_step() {
    let stage = Stage::with_deploy_delay("streaming-tags", Duration::ZERO);
    stage.apply(&streaming("media", "tags: {team: media, env: test}"));
    stage.until_ready("cfsd/media");
    stage.apply(&streaming("media", "tags: {team: web}"));
    stage.until("cfsd/media", "has let go of a tag", |object| {
        object["status"]["managedTags"] == serde_json::json!(["team"])
            && condition(object, "Ready").0 == "True"
    });
    assert_eq!(
        Stage::operations(&stage.writes_since(0)),
        [
            "CreateStreamingDistributionWithTags",
            "TagResource",
            "UntagResource"
        ]
    );
}

#[test]
fn one_that_exists_is_observed_then_adopted_and_deleted_when_that_is_asked_for() {
    let stage = Stage::with_deploy_delay("streaming-adopt", Duration::ZERO);
    stage.apply(&streaming("old", "deletionPolicy: Retain"));
    let id = stage.id_of("cfsd/old");
    stage.kubectl(&["delete", "cfsd/old"]);
    let before = stage.now();

    let fields = format!("adoptId: {id}\n  comment: mine\n  ");
    stage.apply(&streaming(
        "media",
        &format!("{fields}managementPolicy: Observe"),
    ));
    let observed = stage.until_condition("cfsd/media", "Stalled", "True", "Drifted");
    assert_eq!(observed["status"]["drift"][0]["path"], "comment");
    assert_eq!(stage.writes_since(before), [], "an observer writes nothing");

    stage.apply(&streaming(
        "media",
        &format!("{fields}deletionPolicy: Delete"),
    ));
    assert_eq!(stage.id_of("cfsd/media"), id);
    stage.kubectl(&["delete", "cfsd/media"]);
    assert_eq!(
        Stage::operations(&stage.writes_since(before)),
        [
            "UpdateStreamingDistribution",
            "UpdateStreamingDistribution",
            "DeleteStreamingDistribution"
        ]
    );
}

#[test]
fn a_create_whose_answer_is_lost_is_found_again_under_either_name_of_the_conflict() {
    let stage = Stage::with_deploy_delay("streaming-lost", Duration::ZERO);
    for (name, documented) in [("modelled", false), ("documented", true)] {
        let control = stage.control();
        control.set_switch(Switch::DocumentedStreamingConflict, documented);
        control.inject(Fault::on(
            "CreateStreamingDistribution",
            FaultMode::ResetAfterCommit,
        ));
        stage.apply(&streaming(name, "comment: once"));
        stage.until_ready(&format!("cfsd/{name}"));
    }
    let writes = stage.writes_since(0);
    let made = writes.iter().filter(|call| call.committed).count();
    assert_eq!(made, 2, "one for each object: {writes:?}");
    for code in [
        "StreamingDistributionAlreadyExists",
        "DistributionAlreadyExists",
    ] {
        let met = writes.iter().any(|call| call.code.as_deref() == Some(code));
        assert!(met, "{code} in {writes:?}");
    }
}

#[test]
fn one_deleted_while_the_answer_to_its_create_was_lost_leaves_no_orphan() {
    let mut stage = Stage::with_deploy_delay("streaming-orphan", Duration::ZERO);
    let manifest = streaming("media", "comment: once");
    stage.apply_unanswered("CreateStreamingDistribution", &manifest);
    stage.kill_operator();
    stage.kubectl(&["delete", "cfsd/media", "--wait=false"]);
    stage.start_operator();
    stage.until_gone("cfsd/media");
    let calls = stage.control().journal();
    let called = |name: &str| calls.iter().any(|call| call.operation == name);
    assert!(called("ListStreamingDistributions"), "{calls:?}");
    assert!(called("DeleteStreamingDistribution"), "{calls:?}");
}

#[test]
fn where_aws_refuses_to_create_one_the_object_tells_so_and_can_be_deleted() {
    let stage = Stage::with_deploy_delay("streaming-refused", Duration::ZERO);
    stage
        .control()
        .set_switch(Switch::RefuseStreamingCreate, true);
    stage.apply(&streaming("media", "comment: first"));
    let object = stage.until_condition("cfsd/media", "Stalled", "True", "Denied");
    assert_eq!(
        condition(&object, "Synced"),
        ("False".into(), "AccessDenied".into())
    );
    let told = message(&object, "Ready");
    assert!(
        told.contains("Amazon CloudFront ended support for RTMP distributions"),
        "{told}"
    );
    stage.kubectl(&["delete", "cfsd/media"]);
    let writes = stage.writes_since(0);
    assert!(writes.iter().all(|call| !call.committed), "{writes:?}");
}

/// Installs what is shipped to warn.
fn install_policies() {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let installed = control_plane()
        .kubectl()
        .args(["apply", "--filename"])
        .arg(policies)
        .output()
        .expect("kubectl can be run");
    assert!(installed.status.success(), "{installed:?}");
}

#[test]
fn applying_one_warns_and_nothing_else_does() {
    let stage = Stage::without_operator("streaming-warning", Duration::ZERO);
    install_policies();
    let kubectl = |arguments: &[&str], input: &str| {
        let output = stage.try_kubectl(arguments, input);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said
    };
    let first = streaming("media", "comment: first");
    // The API server takes a moment to heed a new policy.
    let said = stage.eventually("kubectl apply warns", || {
        let dry_run = ["apply", "--dry-run=server", "--filename", "-"];
        Some(kubectl(&dry_run, &first)).filter(|said| !said.is_empty())
    });
    assert_eq!(
        said.trim(),
        "Warning: Validation failed for ValidatingAdmissionPolicy 'streaming-distribution-deprecated.cloudfront-operator.dev' \
         with binding 'streaming-distribution-deprecated.cloudfront-operator.dev': AWS ended StreamingDistributions (RTMP) on \
         2020-12-31 and may refuse this: deliver HLS or DASH through a Distribution instead. To look after one that still exists, \
         set adoptId to its id."
    );
    assert_eq!(kubectl(&["apply", "--filename", "-"], &first), said);
    let second = streaming("media", "comment: second");
    assert_eq!(kubectl(&["apply", "--filename", "-"], &second), said);
    let asked = "cloudfront-operator.dev/reconcile-requested-at=now";
    for quiet in [
        &["get", "cloudfront"][..],
        &["get", "cfsd"],
        &["label", "cfsd/media", "team=media"],
        &["annotate", "cfsd/media", asked],
        &["delete", "cfsd/media"],
    ] {
        assert_eq!(kubectl(quiet, ""), "", "{quiet:?}");
    }
}
