//! Two objects that adopt the same resource.

use super::setup::Names;
use serde_json::json;

/// Starts with two objects that adopt the same resource, which the first one has adopted. Returns its id.
async fn adopted() -> (Names, String) {
    let mut names = Names::start().await;
    let id = names.create_foreign("static", "").await;
    for object in ["first", "second"] {
        let spec = json!({ "adoptId": id, "deletionPolicy": "Delete" });
        names.apply(object, &spec).await;
    }
    names.reconcile("first", 2).await;
    assert_eq!(names.ready("first").await.0, "InSync");
    (names, id)
}

#[tokio::test]
async fn only_the_object_that_has_adopted_a_resource_manages_it() {
    let (mut names, _) = adopted().await;
    names.reconcile("second", 2).await;
    assert_eq!(names.ready("second").await.0, "OwnershipConflict");
    names.reconcile("first", 1).await;
    assert_eq!(names.ready("first").await.0, "InSync");
}

#[tokio::test]
async fn the_deletion_of_the_other_object_searches_for_no_resource() {
    let (mut names, id) = adopted().await;
    let finalizers = json!(["cloudfront-operator.dev/finalizer"]);
    let metadata = json!({ "metadata": { "finalizers": finalizers } });
    names.patch("second", metadata).await;
    names.delete("second").await;
    names.restart().await;
    names.operations();
    names.reconcile("second", 1).await;
    assert_eq!(names.object("second").await, None);
    assert_eq!(names.operations(), ["GetOriginAccessControl"]);
    assert!(names.read(&id).await.is_some(), "the first object has it");
}
