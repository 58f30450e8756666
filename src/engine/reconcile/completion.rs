//! What does its work once: when that counts as done or failed, and when the object has outlived it.

use crate::engine::{
    api::{outcome::Outcome as State, reason::Reason},
    kind::{Kind, Lifecycle},
    reconcile::{error::Failure, reconciliation::Pass},
};
use k8s_openapi::jiff::Timestamp;
use kube::{
    ResourceExt,
    api::{DeleteParams, Preconditions},
};
use std::time::Duration;

/// The same state in the words of what does its work once.
pub(super) fn in_words_of<K: Kind>(state: State) -> State {
    match (K::LIFECYCLE, state) {
        (Lifecycle::OneShot, State::InSync) => State::Completed,
        (
            Lifecycle::OneShot,
            State::Stalled {
                reason: reason @ (Reason::Rejected | Reason::NotFound),
                code,
                message,
            },
        ) => State::Failed {
            reason,
            code,
            message,
        },
        (_, state) => state,
    }
}

impl<K: Kind> Pass<'_, K> {
    /// For how long the object is still kept, if it goes by itself; deletes it when that is over.
    pub(super) async fn expire(&self) -> Result<Option<Duration>, Failure> {
        let Some(kept) = self.object.ttl_after_finished() else {
            return Ok(None);
        };
        let status = self
            .memo
            .written
            .as_ref()
            .map_or(&self.previous, |written| &written.status);
        let end = ["Complete", "Failed"]
            .iter()
            .find_map(|type_| status.condition(type_));
        let Some(ended) = end.map(|end| end.last_transition_time.0) else {
            return Ok(None);
        };
        let age = Duration::try_from(Timestamp::now().duration_since(ended)).unwrap_or_default();
        if let Some(left) = kept.checked_sub(age).filter(|left| !left.is_zero()) {
            return Ok(Some(left));
        }
        let precisely = DeleteParams {
            preconditions: Some(Preconditions {
                uid: self.object.uid(),
                resource_version: None,
            }),
            ..DeleteParams::default()
        };
        match self.api().delete(&self.object.name_any(), &precisely).await {
            Err(kube::Error::Api(refusal)) if [404, 409].contains(&refusal.code) => Ok(None),
            answer => answer.map(|_| None).map_err(Failure::Kube),
        }
    }
}
