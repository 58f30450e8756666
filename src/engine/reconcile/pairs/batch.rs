//! A batch of changes of the pairs of a key-value store.

use crate::{
    cloudfront::{CloudFrontError, redact_values},
    engine::{
        api::pairs::Pairs,
        reconcile::event::ResourceAction,
        resource_api::{MAX_KEYS, PairChanges},
    },
};

/// How many messages show the progress of the batches. Each one is a write to the Kubernetes API.
const PROGRESS_MESSAGES: usize = 10;

/// What a batch is made of.
pub(super) struct Batch<'a> {
    /// The pairs of the spec.
    pub(super) desired: &'a Pairs,
    /// The keys that differ. The batch has the first ones.
    pub(super) drift: &'a [String],
    /// The batches before it.
    pub(super) written: usize,
    /// Whether another client has changed the pairs.
    pub(super) is_correction: bool,
}

impl Batch<'_> {
    /// Returns the keys of the batch.
    pub(super) fn keys(&self) -> &[String] {
        &self.drift[..self.drift.len().min(MAX_KEYS)]
    }

    /// Returns its changes.
    pub(super) fn changes(&self) -> PairChanges {
        let mut changes = PairChanges::default();
        for key in self.keys() {
            match self.desired.get(key) {
                Some(value) => changes.puts.insert(key, value),
                None => changes.deletes.push(key.clone()),
            }
        }
        changes
    }

    /// Returns what the event reports.
    pub(super) fn action(&self) -> ResourceAction {
        if self.is_correction {
            ResourceAction::CorrectPairs
        } else {
            ResourceAction::WritePairs
        }
    }

    /// Returns the message after the batch. Of many batches, it does not change with each one.
    pub(super) fn progress(&self) -> String {
        let written = self.written + 1;
        let total = self.written + self.drift.len().div_ceil(MAX_KEYS);
        let step = total.div_ceil(PROGRESS_MESSAGES);
        match written - written % step {
            0 => format!("The operator is writing the pairs in {total} batches."),
            shown => format!("The operator has written {shown} of {total} batches of pairs."),
        }
    }
}

/// Removes the values of a batch from the message of a refusal, which may quote them, as those of Secrets are removed.
pub(super) fn redacted(mut error: CloudFrontError, changes: &PairChanges) -> CloudFrontError {
    if let CloudFrontError::Refused { message, .. } = &mut error {
        *message = redact_values(message, changes.puts.iter().map(|(_, value)| value));
    }
    error
}
