//! A watch that lags behind while another replica leads: what that replica has done is not undone in the next term.

use super::setup::Setup;
use crate::{
    cloudfront::Clock,
    engine::{api::FINALIZER, leadership::Moment},
};
use serde_json::{Value, json};
use std::time::Duration;

impl Setup {
    /// Begins a term after one of another replica.
    fn begin_next_term(&self) {
        let until = Moment::now(Clock::System).after(Duration::from_hours(1));
        self.leadership().begin_term(until);
    }

    /// Returns how often the operator has read the object.
    fn reads(&self) -> usize {
        let requests = self.kube_requests();
        let is_read = |(path, body): &&(String, Value)| path.ends_with("/www") && body.is_null();
        requests.iter().filter(is_read).count()
    }

    /// Runs reconciliations of an object as a lagging watch shows it. A status that is refused has no effect.
    async fn reconcile_lagging(&mut self, object: &Value) {
        for _ in 0..4 {
            let _ = self.reconcile_as(object).await;
        }
    }

    /// Applies an edit as the replica that led before, and returns the object from before the edit.
    async fn edit_in_last_term(&mut self, spec: Value) -> Value {
        self.reconcile().await.unwrap();
        self.deploy().await;
        self.reconcile().await.unwrap();
        let mut before = self.object().await;
        self.patch(json!({ "spec": spec })).await;
        self.reconcile().await.unwrap();
        self.deploy().await;
        // The request for a read makes the operator read the resource at once, before the first list of the term.
        before["metadata"]["annotations"] = self.object().await["metadata"]["annotations"].clone();
        self.begin_next_term();
        before
    }
}

#[tokio::test]
async fn an_object_that_was_deleted_meanwhile_is_not_created_again() {
    let mut setup = Setup::start(&json!({})).await;
    let finalizers = |names: &[&str]| json!({ "metadata": { "finalizers": names } });
    setup.patch(finalizers(&[FINALIZER])).await;
    let before = setup.object().await;
    setup.patch(finalizers(&[])).await;
    setup.delete().await;
    setup.reconcile_lagging(&before).await;
    assert_eq!(setup.sent("CreateDistribution").len(), 0);
}

#[tokio::test]
async fn an_edit_that_was_applied_meanwhile_is_not_reverted() {
    let mut setup = Setup::start(&json!({})).await;
    let before = setup.edit_in_last_term(json!({ "comment": "new" })).await;
    setup.reconcile_lagging(&before).await;
    assert_eq!(setup.sent("UpdateDistribution").len(), 1);
    setup.patch(json!({ "spec": { "comment": "newer" } })).await;
    setup.reconcile().await.unwrap();
    assert_eq!(
        setup.sent("UpdateDistribution").len(),
        2,
        "the watch has caught up"
    );
}

#[tokio::test]
async fn tags_that_were_written_meanwhile_are_not_reverted() {
    let mut setup = Setup::start(&json!({ "tags": { "team": "old" } })).await;
    let tags = json!({ "tags": { "team": "new" } });
    let before = setup.edit_in_last_term(tags).await;
    setup.reconcile_lagging(&before).await;
    assert_eq!(setup.sent("TagResource").len(), 1);
}

#[tokio::test]
async fn a_resource_that_is_retained_meanwhile_is_not_deleted() {
    let mut setup = Setup::start(&json!({})).await;
    setup.reconcile().await.unwrap();
    setup.delete().await;
    let before = setup.object().await;
    setup
        .patch(json!({ "spec": { "deletionPolicy": "Retain" } }))
        .await;
    setup.begin_next_term();
    setup.reconcile_lagging(&before).await;
    assert_eq!(
        setup.sent("UpdateDistribution").len(),
        0,
        "it is not disabled"
    );
}

#[tokio::test]
async fn an_object_is_read_once_in_a_term() {
    let mut setup = Setup::start(&json!({})).await;
    let mut read = setup.reads();
    for comment in ["first", "second"] {
        setup.patch(json!({ "spec": { "comment": comment } })).await;
        setup.reconcile().await.unwrap();
    }
    assert_eq!(setup.reads(), read, "the patch of the finalizer was enough");
    setup.begin_next_term();
    read = setup.reads();
    for comment in ["third", "fourth"] {
        setup.patch(json!({ "spec": { "comment": comment } })).await;
        setup.reconcile().await.unwrap();
    }
    assert_eq!(setup.reads(), read + 1);
}
