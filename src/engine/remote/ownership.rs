//! Who a remote belongs to: the key it was created under.
//!
//! The key is the object's uid, never a clock and never chance: a repeated create finds the same remote again. Once a remote was
//! deleted behind the operator's back, a counter is added to the key, and is stored *before* the create that uses it.

use crate::engine::api::well_known::RECREATE_COUNT;
use kube::{Resource, ResourceExt};

/// The key for the object's present incarnation.
pub fn caller_reference<K: Resource>(object: &K) -> String {
    let uid = object.uid().unwrap_or_default();
    match recreate_count(object) {
        0 => uid,
        counter => format!("{uid}-{counter}"),
    }
}

/// How often the remote had to be created anew.
pub(crate) fn recreate_count<K: Resource>(object: &K) -> u64 {
    let counter = object.annotations().get(RECREATE_COUNT);
    counter
        .and_then(|counter| counter.parse().ok())
        .unwrap_or(0)
}

/// Whether a key is one of this object's: of its present incarnation, or of an earlier one.
pub(crate) fn owns<K: Resource>(object: &K, key: &str) -> bool {
    let Some(uid) = object.uid().filter(|uid| !uid.is_empty()) else {
        return false;
    };
    match key.strip_prefix(&uid) {
        Some("") => true,
        Some(rest) => rest.strip_prefix('-').is_some_and(|counter| {
            counter
                .parse::<u64>()
                .is_ok_and(|c| c.to_string() == counter)
        }),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::ConfigMap;

    fn object(uid: &str, counter: Option<&str>) -> ConfigMap {
        let mut object = ConfigMap::default();
        object.metadata.uid = Some(uid.into());
        if let Some(counter) = counter {
            object
                .annotations_mut()
                .insert(RECREATE_COUNT.into(), counter.into());
        }
        object
    }

    #[test]
    fn the_key_is_the_uid_and_from_the_second_life_on_a_counter() {
        assert_eq!(caller_reference(&object("8f3c", None)), "8f3c");
        assert_eq!(caller_reference(&object("8f3c", Some("2"))), "8f3c-2");
        assert_eq!(caller_reference(&object("8f3c", Some("nonsense"))), "8f3c");
    }

    #[test]
    fn only_keys_made_of_the_uid_are_ours() {
        let object = object("8f3c", Some("1"));
        for ours in ["8f3c", "8f3c-1", "8f3c-7"] {
            assert!(owns(&object, ours), "{ours}");
        }
        for foreign in [
            "", "8f3", "8f3c-", "8f3c-x", "8f3c-01", "8f3c1", "other", "8f3c-1-1",
        ] {
            assert!(!owns(&object, foreign), "{foreign}");
        }
    }

    #[test]
    fn an_object_without_a_uid_owns_nothing() {
        assert!(!owns(&ConfigMap::default(), ""));
    }
}
