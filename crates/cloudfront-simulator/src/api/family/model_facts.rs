//! The facts of a family that follow from the service model.

use super::{
    Family,
    roles::{Role, operation_of},
};
use crate::{
    error::ApiError,
    model::{ListItem, MODEL, Operation},
};

impl Family {
    /// The name of the collection, for example `origin_access_identities`.
    pub(crate) fn collection(&self) -> String {
        self.plural.replace([' ', '-'], "_")
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
        self.list_item().map_or("", |item| &item.shape)
    }

    /// The element of a resource in a list.
    pub(super) fn summary_name(&self) -> &'static str {
        self.list_item().map_or("", |item| &item.name)
    }

    fn list_item(&self) -> Option<&'static ListItem> {
        let items = MODEL.shape(self.list_shape()).members.shape_of("Items");
        items.and_then(|items| MODEL.shape(items).item.as_ref())
    }

    /// The path of a resource, without the API version.
    pub(super) fn location(&self, id: &str) -> String {
        let collection = self.operation(Role::Create).address.path.as_str();
        let collection = collection.splitn(3, '/').last().unwrap_or_default();
        format!("{collection}/{id}")
    }

    /// The error for a resource that does not exist.
    pub(super) fn no_such_resource(&self) -> ApiError {
        let message = format!("The specified {} does not exist.", self.noun);
        ApiError::new(self.no_such_code(), message)
    }

    /// The code of the error for a resource that does not exist.
    pub(super) fn no_such_code(&self) -> &'static str {
        let is_wanted = |code: &str| code.starts_with("NoSuch") || code == "EntityNotFound";
        self.code(Role::Get, is_wanted)
    }

    /// The code of the error for a creation that conflicts with another resource.
    pub(super) fn already_exists_code(&self) -> &'static str {
        self.code(Role::Create, |code| code.ends_with("AlreadyExists"))
    }

    /// The code of the error for the deletion of a resource in use.
    pub(super) fn in_use_code(&self) -> &'static str {
        self.code(Role::Delete, |code| code.ends_with("InUse"))
    }

    /// The code of the error for the change of an immutable member.
    pub(super) fn immutable_code(&self) -> &'static str {
        self.code(Role::Update, |code| code.starts_with("CannotChange"))
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
