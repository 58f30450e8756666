//! Origin access controls.

use crate::{
    api::family::table::{Family, Name, User},
    seeds::ResourceType,
};

pub(in crate::api::family) static ORIGIN_ACCESS_CONTROL: Family = Family {
    config: "OriginAccessControlConfig",
    noun: "origin access control",
    plural: "origin access controls",
    quota: "TooManyOriginAccessControls",
    name: Some(Name {
        pattern: "(?s).{1,64}",
        conflict: "An origin access control with the same name already exists.",
        repeated_if: None,
    }),
    texts: &[("Description", 256)],
    seeded_as: Some(ResourceType::OriginAccessControl),
    used_by: &[(User::Distribution, "Origins/Items/*/OriginAccessControlId")],
    users_quota: "TooManyDistributionsAssociatedToOriginAccessControl",
    in_use: "The CloudFront origin access control is still being used.",
    ..Family::EMPTY
};
