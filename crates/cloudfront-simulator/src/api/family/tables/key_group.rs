//! Key groups.

use super::{policy_rules::ensure, public_key::PUBLIC_KEY};
use crate::{
    api::family::table::{Family, Name, Reference, User},
    ids::IdGenerator,
    seeds::ResourceType,
    switches::Switch,
};

pub(in crate::api::family) static KEY_GROUP: Family = Family {
    config: "KeyGroupConfig",
    noun: "key group",
    plural: "key groups",
    quota: "TooManyKeyGroups",
    id: IdGenerator::next_uuid,
    name: Some(Name {
        pattern: "[0-9A-Za-z_-]{1,128}",
        conflict: "A key group with this name already exists.",
        repeated_if: None,
    }),
    texts: &[("Comment", 128)],
    list_quotas: &[("Items/*", "TooManyPublicKeysInKeyGroup")],
    references: &[Reference {
        path: "Items/*",
        family: &PUBLIC_KEY,
        code: "InvalidArgument",
        code_if: Some((Switch::UnknownKeyIsNoSuchResource, "NoSuchResource")),
        requires: None,
    }],
    seeded_as: Some(ResourceType::KeyGroup),
    used_by: &[
        (
            User::Distribution,
            "DefaultCacheBehavior/TrustedKeyGroups/Items/*",
        ),
        (
            User::Distribution,
            "CacheBehaviors/Items/*/TrustedKeyGroups/Items/*",
        ),
    ],
    list_users: "ListDistributionsByKeyGroup",
    users_quota: "TooManyDistributionsAssociatedToKeyGroup",
    in_use: "The specified key group is currently associated with a cache behavior.",
    rules: |config, _| {
        let has_keys = !config.texts_at("Items/*").is_empty();
        ensure(has_keys, "A key group must have at least one public key.")
    },
    ..Family::EMPTY
};
