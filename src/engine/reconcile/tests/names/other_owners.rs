//! Names that another owner has: another client of CloudFront, another cluster, or another object.

use super::{
    CREATE, LIST,
    setup::{Names, create_foreign},
};
use cloudfront_simulator::{Fault, FaultMode};
use serde_json::json;

#[tokio::test]
async fn a_name_of_another_owner_is_refused_with_the_fix_and_can_be_adopted() {
    let mut names = Names::start().await;
    let foreign = names.create_foreign("static", "theirs").await;
    names.apply("site", &json!({ "name": "static" })).await;
    names.reconcile("site", 3).await;
    assert!(!names.operations().contains(&CREATE.to_owned()));
    let (reason, message) = names.ready("site").await;
    assert_eq!(reason, "OwnershipConflict");
    assert_eq!(
        message,
        format!(
            "OriginAccessControl {foreign} has the name \"static\" and was not created for this object. Set spec.adoptId to {foreign} \
             to adopt it, or choose another spec.name."
        )
    );
    assert_eq!(names.claims("site").await, (false, vec![]));
    assert_eq!(names.status("site").await["id"], json!(null));
    let adopts = json!({ "spec": { "adoptId": foreign, "description": "ours" } });
    names.patch("site", adopts).await;
    names.reconcile("site", 2).await;
    let adopted = Some(("static".to_owned(), "ours".to_owned()));
    assert_eq!(names.read(&foreign).await, adopted);
}

/// Another cluster applies the same manifest between the lookup and the create.
#[tokio::test]
async fn a_rejected_create_leaves_no_claim_to_the_resource_of_another_owner() {
    for fault in [
        None,
        Some(FaultMode::error(503, "ServiceUnavailable", "no")),
    ] {
        let mut names = Names::start().await;
        names.apply("first", &json!({ "name": "other" })).await;
        names.reconcile("first", 1).await;
        let foreign = names.create_foreign("static", "").await;
        // The list from before is recent enough.
        names.apply("site", &json!({ "name": "static" })).await;
        if let Some(fault) = fault {
            names.control().inject(Fault::on(LIST, fault));
        }
        names.reconcile("site", 1).await;
        assert!(names.operations().contains(&CREATE.to_owned()));
        names.reconcile("site", 1).await;
        assert_eq!(names.ready("site").await.0, "OwnershipConflict");
        assert_eq!(names.claims("site").await, (false, vec![]));
        names.restart().await;
        names.reconcile("site", 2).await;
        assert_eq!(names.ready("site").await.0, "OwnershipConflict");
        names.delete("site").await;
        names.reconcile("site", 1).await;
        assert_eq!(names.object("site").await, None);
        assert!(names.read(&foreign).await.is_some(), "it is untouched");
    }
}

#[tokio::test]
async fn a_resource_that_differs_from_the_recorded_create_belongs_to_another_owner() {
    let mut names = Names::start().await;
    names.apply("site", &json!({ "name": "static" })).await;
    names
        .control()
        .inject(Fault::on(CREATE, FaultMode::ResetBeforeCommit));
    names.reconcile("site", 1).await;
    let foreign = create_foreign(&names.client(), "static", "theirs").await;
    names.restart().await;
    names.reconcile("site", 2).await;
    assert_eq!(names.ready("site").await.0, "OwnershipConflict");
    assert_eq!(names.claims("site").await, (false, vec![]));
    let theirs = Some(("static".to_owned(), "theirs".to_owned()));
    assert_eq!(names.read(&foreign).await, theirs);
}

#[tokio::test]
async fn one_of_two_objects_with_the_same_name_has_the_resource_also_if_responses_are_lost() {
    for (first, second) in [("a", "b"), ("b", "a")] {
        let mut names = Names::start().await;
        for object in ["a", "b"] {
            names.apply(object, &json!({ "name": "static" })).await;
        }
        for _ in 0..2 {
            let lost = Fault::on(CREATE, FaultMode::ResetAfterCommit);
            names.control().inject(lost);
        }
        for object in [first, second] {
            names.reconcile(object, 1).await;
        }
        names.restart().await;
        for object in [first, second, first, second] {
            names.reconcile(object, 1).await;
        }
        let mut reasons = vec![];
        for object in ["a", "b"] {
            reasons.push(names.ready(object).await);
        }
        let count = |reason: &str| reasons.iter().filter(|it| it.0 == reason).count();
        assert_eq!(
            (count("InSync"), count("OwnershipConflict")),
            (1, 1),
            "{reasons:?}"
        );
    }
}
