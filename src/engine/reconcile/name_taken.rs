//! A resource of another owner that has what identifies the resource of an object.

use crate::engine::resource_api::{Identity, ResourceApi};

/// What a unique name is in messages.
pub(super) const NAME: &str = "name";

/// A resource of another owner has the name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} {id} {} and {}", self.identity(), self.owner_and_fix())]
pub(crate) struct NameTaken {
    pub(super) kind: &'static str,
    pub(super) id: String,
    /// What the text that both need is, and the text. `None`: the parent identifies the resource.
    pub(super) text: Option<(&'static str, String)>,
    /// The object that manages the resource, if there is one.
    pub(super) owner: Option<String>,
}

impl NameTaken {
    fn identity(&self) -> String {
        match &self.text {
            Some((noun, text)) => format!("has the {noun} \"{text}\""),
            None => "exists".into(),
        }
    }

    fn owner_and_fix(&self) -> String {
        let other = self.text.as_ref().map(|(noun, _)| match *noun {
            NAME => "spec.name",
            other => other,
        });
        let id = &self.id;
        match (&self.owner, other) {
            (Some(owner), Some(other)) => format!("is managed by {owner}. Choose another {other}."),
            (Some(owner), None) => {
                format!("is managed by {owner}. Delete this object, or that one.")
            }
            (None, Some(other)) => format!(
                "was not created for this object. Set spec.adoptId to {id} to adopt it, or choose another {other}."
            ),
            (None, None) => {
                format!("was not created for this object. Set spec.adoptId to {id} to adopt it.")
            }
        }
    }
}

/// Returns what the text is that identifies resources. `None`: they have caller references, or parents.
pub(super) fn noun_of(api: &ResourceApi) -> Option<&'static str> {
    match api.identity {
        Identity::UniqueName { .. } => Some(NAME),
        Identity::UniqueText { noun, .. } => Some(noun),
        Identity::CallerReference | Identity::Parent { .. } => None,
    }
}
