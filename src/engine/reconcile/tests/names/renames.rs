//! Resources with an id in the status: renames, deletions by other clients, and annotations that other clients remove.

use super::{CREATE, setup::Names};
use cloudfront_simulator::{Edit, Fault, FaultMode};
use serde_json::{Value, json};

const UPDATE: &str = "UpdateOriginAccessControl";

/// Starts with an object whose access control has this name.
async fn created(spec: &Value) -> (Names, String) {
    let mut names = Names::start().await;
    names.apply("site", spec).await;
    names.reconcile("site", 2).await;
    let id = names.status("site").await["id"].clone();
    names.operations();
    (names, id.as_str().expect("an id").to_owned())
}

async fn name_of(names: &Names, id: &str) -> String {
    names.read(id).await.expect("it exists").0
}

#[tokio::test]
async fn a_rename_is_one_update_and_each_name_on_the_way_is_a_proof() {
    let (mut names, id) = created(&json!({ "name": "first" })).await;
    for name in ["second", "third"] {
        names
            .patch("site", json!({ "spec": { "name": name } }))
            .await;
        let lost = Fault::on(UPDATE, FaultMode::ResetBeforeCommit);
        names.control().inject(lost);
        names.reconcile("site", 1).await;
        names.restart().await;
        names.reconcile("site", 2).await;
        assert_eq!(name_of(&names, &id).await, name);
        assert_eq!(names.status("site").await["name"], json!(name));
        assert_eq!(names.ready("site").await.0, "InSync");
    }
    names.restart().await;
    names.delete("site").await;
    names.reconcile("site", 2).await;
    assert_eq!(names.object("site").await, None);
    assert_eq!(names.read(&id).await, None);
}

#[tokio::test]
async fn a_name_can_be_added_to_the_spec_and_removed_from_it() {
    let (mut names, id) = created(&json!({})).await;
    let default = name_of(&names, &id).await;
    for (name, expected) in [
        (json!("static"), "static".to_owned()),
        (json!(null), default.clone()),
        (json!("again"), "again".to_owned()),
    ] {
        names
            .patch("site", json!({ "spec": { "name": name } }))
            .await;
        names.reconcile("site", 1).await;
        names.restart().await;
        names.reconcile("site", 2).await;
        assert_eq!(name_of(&names, &id).await, expected);
        assert_eq!(names.ready("site").await.0, "InSync");
    }
}

#[tokio::test]
async fn the_record_leads_to_the_resource_after_the_status_is_cleared() {
    for created_as in [json!("static"), json!(null)] {
        for name in [json!("static"), json!("other"), json!(null)] {
            let (mut names, id) = created(&json!({ "name": created_as })).await;
            names
                .patch("site", json!({ "spec": { "name": "static" } }))
                .await;
            names.reconcile("site", 1).await;
            // Neither the former nor the present spec describes the resource.
            let edit = Edit::Set {
                path: "Description".into(),
                value: "external".into(),
            };
            names.control().edit(&id, edit).expect("it exists");
            names.patch("site", json!({ "status": null })).await;
            names
                .patch("site", json!({ "spec": { "name": name } }))
                .await;
            names.restart().await;
            names.operations();
            names.reconcile("site", 2).await;
            let case = format!("{created_as} {name}");
            assert_eq!(names.status("site").await["id"], json!(id), "{case}");
            assert_eq!(names.ready("site").await.0, "InSync", "{case}");
            assert!(!names.operations().contains(&CREATE.to_owned()), "{case}");
        }
    }
}

#[tokio::test]
async fn an_id_of_a_resource_with_another_name_is_refused() {
    let (mut names, id) = created(&json!({ "name": "static" })).await;
    let foreign = names.create_foreign("theirs", "").await;
    names.restart().await;
    let forged = json!({ "status": { "id": foreign, "name": "theirs" } });
    names.patch("site", forged).await;
    names.reconcile("site", 2).await;
    assert_eq!(names.ready("site").await.0, "OwnershipConflict");
    assert!(names.read(&foreign).await.is_some() && names.read(&id).await.is_some());
}

#[tokio::test]
async fn a_record_that_another_client_removes_is_stored_again() {
    let (mut names, _) = created(&json!({ "name": "static" })).await;
    let replaced = json!({ "annotations": null, "finalizers": [] });
    names.patch("site", json!({ "metadata": replaced })).await;
    names
        .patch("site", json!({ "spec": { "description": "edited" } }))
        .await;
    names.reconcile("site", 2).await;
    assert_eq!(
        names.claims("site").await,
        (true, vec!["static".to_owned()])
    );
    assert_eq!(names.ready("site").await.0, "InSync");
    names.restart().await;
    names
        .patch("site", json!({ "spec": { "description": "again" } }))
        .await;
    names.reconcile("site", 2).await;
    assert_eq!(names.ready("site").await.0, "InSync");
}
