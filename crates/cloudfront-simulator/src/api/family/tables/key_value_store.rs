//! Key-value stores. Their pairs are another service.

use crate::{
    api::family::table::{Family, Name, Status},
    ids::IdGenerator,
    quotas::KEY_VALUE_STORES,
};

pub(crate) static KEY_VALUE_STORE: Family = Family {
    config: "CreateKeyValueStoreRequest",
    noun: "key value store",
    plural: "key value stores",
    quota: KEY_VALUE_STORES,
    is_named: true,
    attribute: Some(("Id", IdGenerator::next_uuid)),
    arn: "key-value-store/{attribute}",
    is_taggable: true,
    status: Some(Status::Provisioning),
    name: Some(Name {
        pattern: "[a-zA-Z0-9_-]{1,64}",
        conflict: "A key value store with this name already exists.",
        repeated_if: None,
    }),
    in_use: "The key value store {id} is associated with {users} functions.",
    ..Family::EMPTY
};
