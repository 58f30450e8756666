//! The columns of a table.

use crate::{
    ids::IdGenerator,
    model::{MODEL, Operation},
    service::{Account, ResourceView},
    switches::Switch,
};

use super::roles::{Role, operation_of};

/// A family of resources: the facts that the service model lacks.
pub(crate) struct Family {
    /// The shape of the configuration, which identifies the operations of the family in the service model.
    pub(crate) config: &'static str,
    /// The noun of one resource in messages.
    pub(super) noun: &'static str,
    /// The noun of several resources in messages, from which the name of their collection follows.
    pub(super) plural: &'static str,
    /// The name of the quota for the number of resources.
    pub(super) quota: &'static str,
    /// Generates an ID.
    pub(super) id: Generate,
    /// A member of the resource beside its configuration, with a generator of its value.
    pub(super) attribute: Option<(&'static str, Generate)>,
    /// The effect of a used caller reference, if the configuration has one.
    pub(super) caller_reference: Option<CallerReference>,
    /// The prefix of the ID in a reference.
    pub(crate) reference_prefix: &'static str,
    /// The paths of references in configurations.
    pub(super) used_by: &'static [(User, &'static str)],
    /// The message of the error for the deletion of a resource in use.
    pub(super) in_use: &'static str,
}

type Generate = fn(&mut IdGenerator) -> String;

/// The effect of a caller reference that is in use. An equal request returns the first resource, unless a switch is on.
pub(super) struct CallerReference {
    pub(super) refuse_replay: Switch,
    pub(super) conflict: &'static str,
}

/// A configuration that can refer to a resource.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum User {
    Distribution,
    StreamingDistribution,
}

impl Family {
    /// A family without optional facts.
    pub(super) const EMPTY: Self = Self {
        config: "",
        noun: "",
        plural: "",
        quota: "",
        id: IdGenerator::next_entity_id,
        attribute: None,
        caller_reference: None,
        reference_prefix: "",
        used_by: &[],
        in_use: "",
    };

    /// The name of the collection, for example `origin_access_identities`.
    pub(crate) fn collection(&self) -> String {
        self.plural.replace(' ', "_")
    }

    /// Returns the current version of a resource.
    pub(crate) fn find<'a>(&self, account: &'a Account, id: &str) -> Option<ResourceView<'a>> {
        account.family(&self.collection())?.get(id, 0)
    }

    /// The shape of a resource.
    pub(super) fn resource_shape(&self) -> &'static str {
        response_shape(self.operation(Role::Create))
    }

    /// The shape of a list.
    pub(super) fn list_shape(&self) -> &'static str {
        response_shape(self.operation(Role::List))
    }

    /// The shape of a resource in a list.
    pub(super) fn summary_shape(&self) -> &'static str {
        let items = MODEL.shape(self.list_shape()).members.shape_of("Items");
        let item = items.and_then(|items| MODEL.shape(items).item.as_ref());
        item.map_or("", |item| &item.shape)
    }

    /// The path of a resource, without the API version.
    pub(super) fn location(&self, id: &str) -> String {
        let collection = self.operation(Role::Create).address.path.as_str();
        let collection = collection.splitn(3, '/').last().unwrap_or_default();
        format!("{collection}/{id}")
    }

    /// The code of the error for a resource that does not exist.
    pub(super) fn no_such_code(&self) -> &'static str {
        self.code(Role::Get, |code| code.starts_with("NoSuch"))
    }

    /// The code of the error for a creation that conflicts with another resource.
    pub(super) fn already_exists_code(&self) -> &'static str {
        self.code(Role::Create, |code| code.ends_with("AlreadyExists"))
    }

    /// The code of the error for the deletion of a resource in use.
    pub(super) fn in_use_code(&self) -> &'static str {
        self.code(Role::Delete, |code| code.ends_with("InUse"))
    }

    fn code(&self, role: Role, is_wanted: impl Fn(&str) -> bool) -> &'static str {
        let mut codes = self.operation(role).errors.iter();
        codes
            .find(|code| is_wanted(code))
            .map_or("", String::as_str)
    }

    fn operation(&self, role: Role) -> &'static Operation {
        operation_of(self, role).expect("a test finds the operations of every family")
    }
}

fn response_shape(operation: &'static Operation) -> &'static str {
    operation.response_root.as_deref().unwrap_or_default()
}
