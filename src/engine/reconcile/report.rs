//! Telling what came of a pass: status, event and log, each only when there is something new.

use crate::engine::{
    api::{
        reason::Reason,
        status::Status,
        well_known::RECONCILE_REQUESTED_AT,
        {
            condition::{conditions, same_message},
            outcome::Outcome as State,
        },
    },
    kind::{Kind, Lifecycle},
    kubernetes::status_patch::{merge_patch, patch_status},
    object_state::{self, Memo},
    reconcile::{error::Failure, reconciliation::Pass},
    remote::resource::Remote,
};
use k8s_openapi::jiff::Timestamp;
use kube::{
    ResourceExt,
    runtime::events::{Event, EventType, Recorder},
};
use serde_json::json;

impl<K: Kind> Pass<'_, K> {
    /// Writes the status of a state, if it says anything new, and tells of what was written to CloudFront.
    pub(super) async fn report(
        &mut self,
        state: &State,
        remote: Option<&Remote>,
    ) -> Result<(), Failure> {
        // First: whoever ends here must leave the id of what was created.
        let stored = self.store(self.status(state, remote)).await;
        self.tell(state).await;
        stored
    }

    async fn store(&mut self, status: Status<K::ObservedFields>) -> Result<(), Failure> {
        if status == self.previous {
            return Ok(());
        }
        let patch = merge_patch(&json!(self.previous), &json!(status));
        let kube = &self.context.shared.kube;
        let written = patch_status(kube, &self.object, patch).await?;
        self.memo.id = None;
        self.memo.written = Some(Box::new(object_state::Written {
            resource_version: written.resource_version.unwrap_or_default(),
            status,
        }));
        Ok(())
    }

    fn status(&self, state: &State, remote: Option<&Remote>) -> Status<K::ObservedFields> {
        let mut status = self.previous.clone();
        status.observed_generation = Some(self.generation());
        status.conditions = conditions(
            state,
            &self.previous.conditions,
            self.generation(),
            Timestamp::now(),
        );
        status.last_handled_reconcile_at = self
            .object
            .annotations()
            .get(RECONCILE_REQUESTED_AT)
            .cloned();
        if self.accepted && K::LIFECYCLE == Lifecycle::Managed {
            status.accepted_generation = Some(self.generation());
            status.accepted_hash.clone_from(&self.asked);
        }
        if let Some(keys) = &self.managed_tags {
            status.managed_tags.clone_from(keys);
        }
        match state {
            State::Drifted(drift) => status.show_drift(drift),
            State::Retrying { .. } | State::Suspended { .. } | State::Completed => {}
            _ => status.show_drift(&[]),
        }
        if let Some(remote) = remote {
            status.id = Some(remote.id.clone());
            status.etag = Some(remote.etag.clone()).filter(|etag| !etag.is_empty());
            status.caller_reference = remote.caller_reference::<K>().map(str::to_owned);
            status.account = self.account.clone().or(status.account);
            match K::observed_fields(&remote.document) {
                Ok(facts) => status.observed_fields = facts,
                // The id must be stored whatever else an answer holds.
                Err(error) => {
                    tracing::warn!(%error, "cannot read the facts in CloudFront's answer");
                }
            }
        } else if let Some(id) = &self.memo.id {
            status.id = Some(id.clone());
        }
        status
    }

    /// One event for each write to CloudFront, and one for each streak of the same trouble.
    async fn tell(&self, state: &State) {
        self.tell_end().await;
        let (reason, message) = match state {
            State::Retrying { reason, message }
            | State::Stalled {
                reason, message, ..
            }
            | State::Failed {
                reason, message, ..
            } => (*reason, message),
            State::InUse(message) => (Reason::InUse, message),
            _ => return,
        };
        let told = ["Synced", "Ready"].iter().any(|type_| {
            self.previous
                .condition(type_)
                .is_some_and(|c| same_message(&c.message, message))
        });
        if !told {
            tracing::warn!(%reason, "{message}");
            self.publish(EventType::Warning, reason, message).await;
        }
    }

    /// The last word on an object: that its remote is gone, or nothing.
    pub(super) async fn tell_end(&self) {
        if let Some(written) = &self.written {
            let request_id = written.request_id.as_deref();
            tracing::info!(reason = %written.reason, request_id, "{}", written.note);
            self.publish(EventType::Normal, written.reason, &written.note)
                .await;
        }
    }

    /// An event that cannot be written is no reason to fail: the status says the same.
    pub(super) async fn publish(&self, type_: EventType, reason: Reason, note: &str) {
        let event = Event {
            type_,
            reason: reason.to_string(),
            action: "Reconcile".into(),
            note: Some(note.chars().take(1_000).collect()),
            secondary: None,
        };
        let object = self.object.object_ref(&());
        // A recorder's own cache would write the first event's text again, although the paths differ: what is told was chosen before.
        let shared = &self.context.shared;
        let recorder = Recorder::new(shared.kube.clone(), shared.reporter.clone());
        if let Err(error) = recorder.publish(&event, &object).await {
            tracing::debug!(%error, "could not write an event");
        }
    }
}

/// The freshest status: the watch may lag behind our own last write.
pub(super) fn freshest<K: Kind>(
    object: &K,
    memo: &mut Memo<K::ObservedFields>,
) -> Status<K::ObservedFields> {
    memo.catch_up(&object.resource_version().unwrap_or_default());
    match &memo.written {
        Some(written) => written.status.clone(),
        None => object.status().cloned().unwrap_or_default(),
    }
}
