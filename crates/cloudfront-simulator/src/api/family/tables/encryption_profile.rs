//! Field-level encryption profiles.

use super::{policy_rules::ensure, public_key::PUBLIC_KEY};
use crate::{
    api::family::table::{CallerReference, Family, Name, Reference},
    error::ApiError,
    ids::IdGenerator,
    switches::{Switch, Switches},
    xml::Element,
};

pub(in crate::api::family) static ENCRYPTION_PROFILE: Family = Family {
    config: "FieldLevelEncryptionProfileConfig",
    noun: "field-level encryption profile",
    plural: "field-level encryption profiles",
    quota: "TooManyFieldLevelEncryptionProfiles",
    id: IdGenerator::next_encryption_profile_id,
    caller_reference: Some(CallerReference {
        refuse_replay: Switch::RefuseEncryptionReplay,
        conflict: "The caller reference is associated with another field-level encryption profile.",
    }),
    name: Some(Name {
        pattern: "(?s).{1,128}",
        conflict: "The name is associated with another field-level encryption profile.",
        repeated_if: Some(Switch::RepeatEncryptionProfileNames),
    }),
    list_quotas: &[
        (
            "EncryptionEntities/Items/*",
            "TooManyFieldLevelEncryptionEncryptionEntities",
        ),
        (
            "EncryptionEntities/Items/*/FieldPatterns/Items/*",
            "TooManyFieldLevelEncryptionFieldPatterns",
        ),
    ],
    references: &[Reference {
        path: "EncryptionEntities/Items/*/PublicKeyId",
        family: &PUBLIC_KEY,
        code: "NoSuchPublicKey",
        code_if: None,
        requires: None,
    }],
    in_use: "The specified field-level encryption profile is in use.",
    rules: check,
    ..Family::EMPTY
};

/// Rejects patterns with a wildcard that is not at the end, and patterns that overlap (FACTS.md, keys).
fn check(config: &Element, _: &Switches) -> Result<(), ApiError> {
    let patterns = config.texts_at("EncryptionEntities/Items/*/FieldPatterns/Items/*");
    for (index, pattern) in patterns.iter().enumerate() {
        let prefix = pattern.strip_suffix('*').unwrap_or(pattern);
        ensure(
            !pattern.is_empty() && !prefix.contains('*'),
            "A field pattern can have a wildcard only at the end.",
        )?;
        let overlaps = |other: &str| {
            let other_prefix = other.strip_suffix('*');
            other == *pattern
                || other_prefix.is_some_and(|other| prefix.starts_with(other))
                || pattern.ends_with('*') && other.starts_with(prefix)
        };
        ensure(
            !patterns[..index].iter().any(|other| overlaps(other)),
            "Field patterns cannot overlap.",
        )?;
    }
    Ok(())
}
