//! Ownership of a CloudFront resource: it belongs to the object whose uid its caller reference contains. A kind without caller
//! references has [unique names](crate::engine::remote::unique_name).
//!
//! The caller reference is the object's uid, so a repeated create finds the same resource again. If the resource is deleted outside of
//! the operator, the recreate count is appended. The count is stored *before* the create that uses it.

use crate::engine::{
    api::{RECREATE_COUNT, reference::ResolvedReferences},
    object::Object,
    remote::unique_name::OwnNames,
    resource_api::{Identity, NameMember, ResourceApi},
};
use kube::{Resource, ResourceExt};

/// Returns the caller reference for the object's next create.
pub fn caller_reference<K: Resource>(object: &K) -> String {
    let uid = object.uid().unwrap_or_default();
    match recreate_count(object) {
        0 => uid,
        count => format!("{uid}-{count}"),
    }
}

/// Returns how often the resource was recreated.
pub(crate) fn recreate_count<K: Resource>(object: &K) -> u64 {
    let count = object.annotations().get(RECREATE_COUNT);
    count.and_then(|count| count.parse().ok()).unwrap_or(0)
}

/// Returns the identity of the resource that the spec asks for. `None`: it adopts a resource with its name, or a parent is not resolved.
pub(crate) fn desired_identity(object: &Object, references: &ResolvedReferences) -> Option<String> {
    match object.api().identity {
        Identity::CallerReference => Some(caller_reference(object)),
        Identity::UniqueName { .. } => desired_name(object),
        Identity::UniqueText { .. } => {
            let config = object.typed.config(references).ok()?;
            object.api().identity.text_in(&config).map(str::to_owned)
        }
        Identity::Parent { .. } => Some(object.typed.parent(references)?.id),
    }
}

/// Returns the unique name that the spec requests. `None`: the kind has no such names, or the spec adopts a resource, and leaves its name
/// as it is.
pub(crate) fn desired_name(object: &Object) -> Option<String> {
    let NameMember { max_length, .. } = object.api().name_member()?;
    match object.typed.unique_name() {
        Some(name) => Some(name.to_owned()),
        None if object.typed.management().adopt_id.is_some() => None,
        None => OwnNames::of(object, Some(max_length)).default,
    }
}

/// Whether the identity of a resource, whose id the status has, proves that it belongs to the object.
///
/// A caller reference has the present recreate count or an earlier one.
pub(crate) fn owns<K: Resource>(api: &ResourceApi, object: &K, identity: &str) -> bool {
    match api.identity {
        Identity::CallerReference => {
            let uid = object.meta().uid.as_deref().unwrap_or_default();
            is_caller_reference_of(uid, identity)
        }
        other => OwnNames::of(object, other.max_length()).prove(identity),
    }
}

/// Whether a caller reference has this uid, followed by a recreate count or not.
fn is_caller_reference_of(uid: &str, caller_reference: &str) -> bool {
    if uid.is_empty() {
        return false;
    }
    match caller_reference.strip_prefix(uid) {
        Some("") => true,
        Some(suffix) => suffix
            .strip_prefix('-')
            .is_some_and(|count| count.parse::<u64>().is_ok_and(|c| c.to_string() == count)),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::ConfigMap;

    const API: ResourceApi = ResourceApi::managed("X", "Xs", "x", "XConfig");

    fn object(uid: &str, count: Option<&str>) -> ConfigMap {
        let mut object = ConfigMap::default();
        object.metadata.uid = Some(uid.into());
        if let Some(count) = count {
            object
                .annotations_mut()
                .insert(RECREATE_COUNT.into(), count.into());
        }
        object
    }

    #[test]
    fn the_caller_reference_is_the_uid_followed_by_the_recreate_count() {
        assert_eq!(caller_reference(&object("8f3c", None)), "8f3c");
        assert_eq!(caller_reference(&object("8f3c", Some("2"))), "8f3c-2");
        assert_eq!(caller_reference(&object("8f3c", Some("nonsense"))), "8f3c");
    }

    #[test]
    fn an_object_owns_only_caller_references_with_its_uid() {
        let object = object("8f3c", Some("1"));
        let owns = |key| owns(&API, &object, key);
        for own in ["8f3c", "8f3c-1", "8f3c-7"] {
            assert!(owns(own), "{own}");
        }
        for foreign in [
            "", "8f3", "8f3c-", "8f3c-x", "8f3c-01", "8f3c1", "other", "8f3c-1-1",
        ] {
            assert!(!owns(foreign), "{foreign}");
        }
    }

    #[test]
    fn an_object_without_a_uid_owns_nothing() {
        assert!(!owns(&API, &ConfigMap::default(), ""));
    }
}
