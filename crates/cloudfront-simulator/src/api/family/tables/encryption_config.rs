//! Field-level encryption configurations.

use super::encryption_profile::ENCRYPTION_PROFILE;
use crate::{
    api::family::table::{CallerReference, Family, Reference, User},
    error::ApiError,
    ids::IdGenerator,
    seeds::ResourceType,
    switches::{Switch, Switches},
    xml::Element,
};

const MISSING_PROFILE: &str = "NoSuchFieldLevelEncryptionProfile";

pub(in crate::api::family) static ENCRYPTION_CONFIG: Family = Family {
    config: "FieldLevelEncryptionConfig",
    noun: "field-level encryption configuration",
    plural: "field-level encryption configurations",
    quota: "TooManyFieldLevelEncryptionConfigs",
    id: IdGenerator::next_encryption_config_id,
    caller_reference: Some(CallerReference {
        refuse_replay: Switch::RefuseEncryptionReplay,
        conflict: "The caller reference is associated with another field-level encryption configuration.",
    }),
    list_quotas: &[
        (
            "ContentTypeProfileConfig/ContentTypeProfiles/Items/*",
            "TooManyFieldLevelEncryptionContentTypeProfiles",
        ),
        (
            "QueryArgProfileConfig/QueryArgProfiles/Items/*",
            "TooManyFieldLevelEncryptionQueryArgProfiles",
        ),
    ],
    references: &[
        Reference {
            path: "ContentTypeProfileConfig/ContentTypeProfiles/Items/*/ProfileId",
            family: &ENCRYPTION_PROFILE,
            code: MISSING_PROFILE,
            code_if: None,
            requires: None,
        },
        Reference {
            path: "QueryArgProfileConfig/QueryArgProfiles/Items/*/ProfileId",
            family: &ENCRYPTION_PROFILE,
            code: MISSING_PROFILE,
            code_if: None,
            requires: None,
        },
    ],
    seeded_as: Some(ResourceType::FieldLevelEncryptionConfig),
    used_by: &[
        (
            User::Distribution,
            "DefaultCacheBehavior/FieldLevelEncryptionId",
        ),
        (
            User::Distribution,
            "CacheBehaviors/Items/*/FieldLevelEncryptionId",
        ),
    ],
    users_quota: "TooManyDistributionsAssociatedToFieldLevelEncryptionConfig",
    in_use: "The specified field-level encryption configuration is in use.",
    rules: check,
    ..Family::EMPTY
};

fn check(config: &Element, _: &Switches) -> Result<(), ApiError> {
    let profiles = config.texts_at("QueryArgProfileConfig/QueryArgProfiles/Items/*/ProfileId");
    if profiles.contains(&"") {
        let message = "No profile is specified for the field-level encryption query argument.";
        return Err(ApiError::new("QueryArgProfileEmpty", message));
    }
    Ok(())
}
