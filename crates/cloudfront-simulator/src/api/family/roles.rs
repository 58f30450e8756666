//! The operations of the families, found in the service model.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{Family, tables::FAMILIES};
use crate::model::{Address, MODEL, Operation, ShapeKind};

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Create,
    Get,
    GetConfig,
    Update,
    Delete,
    List,
    /// Returns the code of a function.
    GetCode,
    Publish,
    Test,
    /// Lists the distributions that use a resource.
    ListUsers,
}

/// An operation of a family.
#[derive(Clone, Copy)]
pub(crate) struct FamilyOperation {
    pub(super) family: &'static Family,
    pub(super) role: Role,
}

/// The operations of all families by name.
static OPERATIONS: LazyLock<BTreeMap<&'static str, FamilyOperation>> = LazyLock::new(|| {
    let of_family = |family: &'static Family| {
        let operations = MODEL.operations.iter();
        operations.filter_map(move |(name, operation)| {
            let is_list = name == family.list_users;
            let list_users = is_list.then_some(Role::ListUsers);
            let role = list_users.or_else(|| role_of(family, operation))?;
            Some((name.as_str(), FamilyOperation { family, role }))
        })
    };
    FAMILIES.iter().copied().flat_map(of_family).collect()
});

/// The operations of all families by the configuration of the family and the role.
static BY_ROLE: LazyLock<BTreeMap<(&'static str, Role), &'static Operation>> =
    LazyLock::new(|| {
        let operations = OPERATIONS.iter();
        operations
            .map(|(name, it)| ((it.family.config, it.role), &MODEL.operations[*name]))
            .collect()
    });

impl FamilyOperation {
    /// Returns the operation with this name, if a family has it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        OPERATIONS.get(name).copied()
    }

    /// Whether the operation is of a family.
    pub(crate) fn is_of(self, family: &Family) -> bool {
        self.family.config == family.config
    }
}

/// Returns the operation of a family in a role.
pub(super) fn operation_of(family: &Family, role: Role) -> Option<&'static Operation> {
    BY_ROLE.get(&(family.config, role)).copied()
}

/// Returns the role of an operation, from its method and its path below the collection of the family.
fn role_of(family: &Family, operation: &Operation) -> Option<Role> {
    let address = &operation.address;
    let collection = collection_path(family)?;
    if let Some(role) = role_by_verb(address, collection) {
        return Some(role);
    }
    let path = address.path.strip_prefix(collection)?;
    match (
        address.method.as_str(),
        path.replace("{Name}", "{Id}").as_str(),
    ) {
        ("POST", "") => Some(Role::Create),
        ("GET", "") => Some(Role::List),
        ("GET", "/{Id}") if returns_bytes(operation) => Some(Role::GetCode),
        ("GET", "/{Id}" | "/{Id}/describe") => Some(Role::Get),
        ("GET", "/{Id}/config") => Some(Role::GetConfig),
        ("PUT", "" | "/{Id}" | "/{Id}/config") => Some(Role::Update),
        ("DELETE", "/{Id}") => Some(Role::Delete),
        ("POST", "/{Id}/publish") => Some(Role::Publish),
        ("POST", "/{Id}/test") => Some(Role::Test),
        _ => None,
    }
}

/// Returns the role of an operation with the verb in the path, such as `get-realtime-log-config`.
fn role_by_verb(address: &Address, collection: &str) -> Option<Role> {
    let (version, noun) = collection.rsplit_once('/')?;
    let path = address.path.strip_prefix(version)?.strip_prefix('/')?;
    match path.strip_suffix(noun)? {
        "get-" => Some(Role::Get),
        "delete-" => Some(Role::Delete),
        _ => None,
    }
}

/// Whether the body of the response is not an XML document.
fn returns_bytes(operation: &Operation) -> bool {
    let root = operation.response_root.as_deref();
    root.is_some_and(|root| MODEL.shape(root).kind == ShapeKind::Blob)
}

/// Returns the path of the operation that creates a resource: it has the configuration as its body.
fn collection_path(family: &Family) -> Option<&'static str> {
    let mut operations = MODEL.operations.values();
    let create = operations.find(|operation| {
        operation.address.method == "POST" && operation.body_shape.as_deref() == Some(family.config)
    });
    create.map(|operation| operation.address.path.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_has_an_operation_in_each_role() {
        for family in FAMILIES {
            for role in [
                Role::Create,
                Role::Get,
                Role::Update,
                Role::Delete,
                Role::List,
            ] {
                let operation = operation_of(family, role);
                assert!(operation.is_some(), "{} has no {role:?}", family.config);
            }
            let codes = [
                family.no_such_code(),
                family.already_exists_code(),
                family.in_use_code(),
                family.summary_shape(),
            ];
            assert!(!codes.contains(&""), "{codes:?}");
        }
    }
}
