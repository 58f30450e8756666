//! Hashes that detect whether a spec has changed, independently of its generation.

use crate::engine::{
    api::{hash_of, reference::ResolvedReferences, sources::Sources},
    object::Object,
};

/// Returns the hash of the spec without `suspend`, which does not affect the CloudFront resource.
///
/// The hash is not stable across builds, so it is compared only within one process.
pub(crate) fn spec_hash(object: &Object) -> u64 {
    let mut spec = object.typed.spec().unwrap_or_default();
    if let Some(members) = spec.as_object_mut() {
        members.remove("suspend");
    }
    hash_of(&spec.to_string())
}

/// Returns the hash for the status by which a restarted operator detects that the spec was applied before.
///
/// It changes with the spec, with the ids or ARNs of the referenced resources, with the operator's version, with the pairs, and with the configuration
/// that this build sends for the spec: another build of the same version may have other defaults. `None`: the configuration is invalid, or the spec takes
/// values from Secrets, about which the status must not reveal anything.
pub(crate) fn applied_hash(
    object: &Object,
    sources: &Sources,
    spec_hash: u64,
    references: &ResolvedReferences,
) -> Option<String> {
    if !sources.secrets.is_empty() {
        return None;
    }
    let config = object.typed.config(references).ok()?.to_string();
    let pairs = object.typed.pairs(references).ok()?;
    let pairs = pairs.map(|pairs| hash_of(&pairs));
    let version = env!("CARGO_PKG_VERSION");
    let targets = sources.objects.iter().map(|it| &it.target);
    let resources = targets.map(|target| references.values(target));
    let resources: Vec<_> = resources.collect();
    let applied = (version, spec_hash, resources, config, pairs);
    Some(format!("{:016x}", hash_of(&applied)))
}
