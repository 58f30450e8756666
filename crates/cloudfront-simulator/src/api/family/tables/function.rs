//! Functions.

use super::{key_value_store::KEY_VALUE_STORE, policy_rules::ensure};
use crate::{
    api::family::table::{Family, Name, Reference, Status, User},
    error::ApiError,
    seeds::ResourceType,
    switches::{Switch, Switches},
    xml::Element,
};

pub(in crate::api::family) static FUNCTION: Family = Family {
    config: "CreateFunctionRequest",
    noun: "function",
    plural: "functions",
    quota: "TooManyFunctions",
    is_named: true,
    arn: "function/{id}",
    is_taggable: true,
    previous_tag: Some("E23ZP02F085DFQ"),
    status: Some(Status::Publication),
    name: Some(Name {
        pattern: "[a-zA-Z0-9_-]{1,64}",
        conflict: "A function with the same name already exists in this account.",
        repeated_if: None,
    }),
    size_quotas: &[("FunctionCode", "FunctionSizeLimitExceeded")],
    references: &[Reference {
        path: "FunctionConfig/KeyValueStoreAssociations/Items/*/KeyValueStoreARN",
        family: &KEY_VALUE_STORE,
        code: "InvalidArgument",
        code_if: None,
        requires: Some((
            "READY",
            "The KVS cannot be associated before the resource is provisioned.",
        )),
    }],
    seeded_as: Some(ResourceType::Function),
    used_by: &[
        (
            User::Distribution,
            "DefaultCacheBehavior/FunctionAssociations/Items/*/FunctionARN",
        ),
        (
            User::Distribution,
            "CacheBehaviors/Items/*/FunctionAssociations/Items/*/FunctionARN",
        ),
    ],
    users_quota: "TooManyDistributionsWithFunctionAssociations",
    keeps_distributions: Some(Switch::FunctionsKeepDistributions),
    in_use: "Cannot delete function {id}, it is in use by {users} distributions",
    rules: check,
    ..Family::EMPTY
};

/// Rejects more than one key-value store, and one for a runtime that has none (FACTS.md, functions).
fn check(config: &Element, _: &Switches) -> Result<(), ApiError> {
    let config = config.child("FunctionConfig");
    let stores = config.map_or(0, |config| {
        config.items_of("KeyValueStoreAssociations").len()
    });
    let runtime = config.map_or("", |config| config.text_of("Runtime"));
    ensure(
        stores == 0 || runtime == "cloudfront-js-2.0",
        "A key-value store requires the runtime cloudfront-js-2.0.",
    )?;
    ensure(
        stores <= 1,
        "A function can be associated with one key-value store.",
    )
}
