//! Ownership by a unique name: creates, lost responses, restarts and other owners of a name.

mod adopters;
mod other_owners;
mod renames;
mod setup;

use crate::engine::api::FINALIZER;
use cloudfront_simulator::{Fault, FaultMode};
use serde_json::json;
use setup::Names;

const CREATE: &str = "CreateOriginAccessControl";
const LIST: &str = "ListOriginAccessControls";

#[tokio::test]
async fn a_default_name_needs_no_lookup_and_contains_the_uid() {
    let mut names = Names::start().await;
    names.apply("site", &json!({})).await;
    names.reconcile("site", 1).await;
    assert_eq!(names.operations(), [CREATE]);
    let uid = names.object("site").await.unwrap()["metadata"]["uid"].clone();
    let status = names.status("site").await;
    let digits = &uid.as_str().unwrap()[..8];
    assert_eq!(status["name"], format!("shop-site-{digits}"));
    assert_eq!(status["callerReference"], json!(null));
    assert_eq!(names.claims("site").await, (true, vec![]));
    assert_eq!(names.ready("site").await.0, "InSync");
}

#[tokio::test]
async fn one_list_serves_all_creates_of_a_burst() {
    let mut names = Names::start().await;
    for object in ["a", "b", "c", "d"] {
        names.apply(object, &json!({ "name": object })).await;
    }
    for object in ["a", "b", "c", "d"] {
        names.reconcile(object, 1).await;
        assert_eq!(names.claims(object).await, (true, vec![object.to_owned()]));
        assert_eq!(names.ready(object).await.0, "InSync");
    }
    assert_eq!(names.operations(), [LIST, CREATE, CREATE, CREATE, CREATE]);
}

#[tokio::test]
async fn an_adopted_resource_keeps_its_name() {
    let mut names = Names::start().await;
    let foreign = names.create_foreign("static", "theirs").await;
    let spec = json!({ "adoptId": foreign, "description": "ours" });
    names.apply("site", &spec).await;
    names.reconcile("site", 2).await;
    let adopted = Some(("static".to_owned(), "ours".to_owned()));
    assert_eq!(names.read(&foreign).await, adopted);
    assert_eq!(names.ready("site").await.0, "InSync");
}

#[tokio::test]
async fn a_create_without_a_response_is_found_by_its_name_also_after_a_restart() {
    for (spec, restarts) in [
        (json!({}), false),
        (json!({}), true),
        (json!({ "name": "static" }), false),
        (json!({ "name": "static" }), true),
    ] {
        let mut names = Names::start().await;
        names.apply("site", &spec).await;
        names
            .control()
            .inject(Fault::on(CREATE, FaultMode::ResetAfterCommit));
        names.reconcile("site", 1).await;
        assert!(names.claims("site").await.0, "the resource exists");
        if restarts {
            names.restart().await;
        }
        names.reconcile("site", 2).await;
        assert_eq!(names.ready("site").await.0, "InSync", "{spec} {restarts}");
        let committed = names.control().journal().into_iter();
        let created: Vec<_> = committed
            .filter(|it| it.operation == CREATE && it.committed)
            .collect();
        assert_eq!(created.len(), 1);
        assert_eq!(names.status("site").await["id"], json!(created[0].id));
    }
}

/// An object has the finalizer from its creation on if the API server adds it. Then the patch of the finalizer does not show that this
/// replica sees the object as it is.
#[tokio::test]
async fn a_replica_that_lags_releases_no_object_whose_resource_another_one_has_created() {
    for spec in [json!({}), json!({ "name": "static" })] {
        let mut names = Names::start().await;
        names.apply("site", &spec).await;
        let finalizers = json!({ "metadata": { "finalizers": [FINALIZER] } });
        names.patch("site", finalizers).await;
        let before = names.object("site").await.unwrap();
        let fault = Fault::on(CREATE, FaultMode::ResetAfterCommit);
        names.control().inject(fault);
        names.replica().await.reconcile("site").await;
        assert!(names.operations().contains(&CREATE.to_owned()));
        let edit = json!({ "spec": { "description": "seen later" } });
        names.patch("site", edit).await;
        names.reconcile_as(&before).await;
        let sent = names.operations();
        assert!(!sent.contains(&CREATE.to_owned()), "{sent:?}");

        names.delete("site").await;
        names.reconcile("site", 4).await;
        assert_eq!(names.object("site").await, None, "{spec}");
        let state = names.control().state().to_string();
        assert!(
            !state.contains("<OriginAccessControlConfig"),
            "{spec}: {state}"
        );
    }
}

#[tokio::test]
async fn an_edit_after_a_create_without_a_response_updates_the_resource() {
    let mut names = Names::start().await;
    names.apply("site", &json!({ "name": "static" })).await;
    let lost = Fault::on(CREATE, FaultMode::ResetAfterCommit);
    names.control().inject(lost);
    names.reconcile("site", 1).await;
    let edit = json!({ "spec": { "name": "renamed", "description": "edited" } });
    names.patch("site", edit).await;
    names.restart().await;
    names.reconcile("site", 2).await;
    let id = names.status("site").await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let edited = Some(("renamed".to_owned(), "edited".to_owned()));
    assert_eq!(names.read(&id).await, edited);
    assert_eq!(names.ready("site").await.0, "InSync");
}

#[tokio::test]
async fn a_create_that_was_rejected_for_another_reason_makes_no_claim_either() {
    let mut names = Names::start().await;
    names.apply("site", &json!({ "name": "static" })).await;
    let denied = FaultMode::error(403, "AccessDenied", "no");
    names.control().inject(Fault::on(CREATE, denied));
    names.reconcile("site", 1).await;
    assert_eq!(names.claims("site").await, (true, vec![]));
    let foreign = names.create_foreign("static", "").await;
    names.restart().await;
    names.reconcile("site", 2).await;
    assert_eq!(names.ready("site").await.0, "OwnershipConflict");
    names.delete("site").await;
    names.reconcile("site", 1).await;
    assert!(names.read(&foreign).await.is_some(), "it is untouched");
}
