//! The creation history with ages instead of times, so that a model checker can store and compare it.

use super::{CreationHistory, REQUIRED_NOT_FOUND, SentDeletion};
use crate::engine::object_state::{MAX_AGE, age_of, time_of};

/// The id and the account of the model's resource.
const ID: &str = "E1";
const ACCOUNT: &str = "111122223333";

/// A [`CreationHistory`] at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AgedCreation {
    is_verified: bool,
    not_found_since: Option<u8>,
    not_found_count: u8,
    create_never_sent: Option<bool>,
    unseen_since: Option<u8>,
    is_delete_sent: bool,
}

impl Default for AgedCreation {
    fn default() -> Self {
        Self {
            is_verified: false,
            not_found_since: None,
            not_found_count: 0,
            create_never_sent: None,
            unseen_since: Some(0),
            is_delete_sent: false,
        }
    }
}

impl AgedCreation {
    /// Calls a function with the history, and keeps its changes.
    pub(crate) fn with<T>(&mut self, call: impl FnOnce(&mut CreationHistory) -> T) -> T {
        let mut history = CreationHistory {
            verified_id: self.is_verified.then(|| ID.into()),
            access_key: None,
            not_found_since: self.not_found_since.map(time_of),
            not_found_count: self.not_found_count.into(),
            create_never_sent: self.create_never_sent,
            unseen_since: self.unseen_since.map(time_of),
            // No create of the model is executed late.
            unanswered: None,
            deletion: self.is_delete_sent.then(|| {
                Box::new(SentDeletion {
                    id: ID.into(),
                    account: ACCOUNT.into(),
                })
            }),
        };
        let result = call(&mut history);
        *self = Self {
            is_verified: history.verified_id.is_some(),
            not_found_since: history.not_found_since.map(age_of),
            // More responses than required have no other effect.
            not_found_count: u8::try_from(history.not_found_count.min(REQUIRED_NOT_FOUND))
                .unwrap_or(u8::MAX),
            create_never_sent: history.create_never_sent,
            unseen_since: history.unseen_since.map(age_of),
            is_delete_sent: history.deletion.is_some(),
        };
        result
    }

    /// Advances the time by one tick.
    pub(crate) fn tick(&mut self) {
        for age in [&mut self.not_found_since, &mut self.unseen_since]
            .into_iter()
            .flatten()
        {
            *age = MAX_AGE.min(*age + 1);
        }
    }

    /// Returns the id of the model's resource.
    pub(crate) fn id() -> &'static str {
        ID
    }

    /// Returns the account of the model's resource.
    pub(crate) fn account() -> String {
        ACCOUNT.to_owned()
    }
}
