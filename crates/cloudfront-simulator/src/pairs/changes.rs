//! The changes of a write, and their limits.

use std::collections::BTreeSet;

use serde_json::Value;

use super::errors::{pair_error, validation_error};
use crate::{
    error::ApiError,
    quotas::{BATCH_BYTES, BATCH_KEYS, KEY_BYTES, PAIR_STORE_BYTES, Quotas, VALUE_BYTES},
    service::PairStore,
    switches::{Switch, Switches},
};

/// Keys with their new value, or without one if they are deleted.
pub(super) struct Changes(pub(super) Vec<(String, Option<String>)>);

impl Changes {
    /// Returns the changes in the body of a batch: the deletions, then the other ones.
    pub(super) fn of_batch(body: &Value, switches: &Switches) -> Result<Self, ApiError> {
        let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let items = |list: &str| body[list].as_array().cloned().unwrap_or_default();
        let deletes = items("Deletes").into_iter();
        let deletes = deletes.map(|item| (text(&item, "Key"), None));
        let puts = items("Puts").into_iter();
        let puts = puts.map(|item| (text(&item, "Key"), Some(text(&item, "Value"))));
        let changes: Vec<_> = deletes.chain(puts).collect();
        if changes.is_empty() {
            return Err(validation_error(
                "The request has neither Puts nor Deletes.",
            ));
        }
        let keys: BTreeSet<_> = changes.iter().map(|(key, _)| key).collect();
        if keys.len() < changes.len() && !switches.is_on(Switch::AcceptRepeatedKeys) {
            return Err(validation_error(
                "A key occurs more than once in the request.",
            ));
        }
        Ok(Self(changes))
    }

    /// Rejects keys, values and batches that are too large.
    pub(super) fn check_sizes(&self, quotas: &Quotas) -> Result<(), ApiError> {
        for (key, value) in &self.0 {
            check(quotas, KEY_BYTES, key.len() as u64)?;
            let value = value.as_deref().unwrap_or_default();
            check(quotas, VALUE_BYTES, value.len() as u64)?;
        }
        check(quotas, BATCH_KEYS, self.0.len() as u64)?;
        let value_size = |value: &Option<String>| value.as_ref().map_or(0, String::len);
        let sizes = self
            .0
            .iter()
            .map(|(key, value)| key.len() + value_size(value));
        check(quotas, BATCH_BYTES, sizes.sum::<usize>() as u64)
    }

    /// Rejects the deletion of a key that the store does not have.
    pub(super) fn check_deletions(
        &self,
        store: &PairStore,
        switches: &Switches,
    ) -> Result<(), ApiError> {
        let is_missing = |(key, value): &&(String, Option<String>)| {
            value.is_none() && !store.pairs().contains_key(key)
        };
        match self.0.iter().find(is_missing) {
            Some((key, _)) if !switches.is_on(Switch::AcceptAbsentKeys) => Err(no_such_key(key)),
            _ => Ok(()),
        }
    }
}

/// Rejects a store that is too large.
pub(super) fn check_store(quotas: &Quotas, store: &PairStore) -> Result<(), ApiError> {
    check(quotas, PAIR_STORE_BYTES, store.size())
}

pub(super) fn no_such_key(key: &str) -> ApiError {
    let message = format!("The key {key} does not exist.");
    pair_error("ResourceNotFoundException", message)
}

/// Rejects a size above a quota. One of the messages is observed (FACTS.md, key-value pairs).
fn check(quotas: &Quotas, quota: &str, size: u64) -> Result<(), ApiError> {
    if size <= quotas.limit(quota) {
        return Ok(());
    }
    let limited = match quota {
        KEY_BYTES => "Maximum size of the key in a key value pair",
        VALUE_BYTES => "Maximum size of the value in a key value pair",
        BATCH_KEYS => "Maximum number of key value pairs in a request",
        BATCH_BYTES => "Maximum size of the key value pairs in a request",
        _ => "Maximum size of a key value store",
    };
    let (code, _) = quota.split_once('.').unwrap_or((quota, ""));
    Err(pair_error(code, format!("Limit exceeded: {limited}")))
}
