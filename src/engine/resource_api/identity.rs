//! What identifies the resource of an object.

use crate::xml::Element;

/// What identifies the resource of an object: a member of the configuration that differs in all resources of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// `CallerReference`, which contains the uid of the object. It cannot change.
    CallerReference,
    /// A name, which the spec can have and change.
    UniqueName {
        /// The member.
        member: &'static str,
        /// The number of characters that CloudFront accepts.
        max_length: usize,
    },
    /// A text that each configuration has, and no two resources of the account share, such as the domain name of a staging distribution.
    UniqueText {
        /// The members from the configuration to the text.
        path: &'static [&'static str],
        /// The field of the status that has the text.
        field: &'static str,
        /// What the text is, for messages.
        noun: &'static str,
    },
    /// The parent resource, which has at most one such resource. The id of the parent is in the path of each request, and is the id of the
    /// resource. Nothing has an ETag.
    Parent {
        /// The parameter of the path, which the engine keeps as a member of the configuration.
        member: &'static str,
    },
}

/// A member with a name that no other resource of the family has in the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameMember {
    /// The member.
    pub member: &'static str,
    /// The number of characters that CloudFront accepts.
    pub max_length: usize,
}

impl Identity {
    /// Returns the number of characters of a name that CloudFront accepts. `None`: there is no name of its own.
    pub(crate) const fn max_length(self) -> Option<usize> {
        match self {
            Self::UniqueName { max_length, .. } => Some(max_length),
            Self::CallerReference | Self::UniqueText { .. } | Self::Parent { .. } => None,
        }
    }

    /// Returns the member of the configuration that the engine sets. `None`: the spec has what identifies the resource.
    pub const fn member(self) -> Option<&'static str> {
        match self {
            Self::CallerReference => Some("CallerReference"),
            Self::UniqueName { member, .. } | Self::Parent { member } => Some(member),
            Self::UniqueText { .. } => None,
        }
    }

    /// Returns what identifies the resource with a configuration.
    pub(crate) fn text_in(self, config: &Element) -> Option<&str> {
        match self {
            Self::UniqueText { path, .. } => {
                let (last, parents) = path.split_last()?;
                let parent = parents.iter().try_fold(config, |it, name| it.child(name));
                parent?.text_of(last)
            }
            _ => config.text_of(self.member()?),
        }
    }
}
