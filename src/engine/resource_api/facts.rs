//! The facts of a row: what resources of a family have in common and in which they differ from those of other families.

/// How a resource gets its tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagSupport {
    /// It has none.
    None,
    /// By `Create{name}WithTags`.
    OwnOperation,
    /// By the member `Tags` of a create.
    Member,
}

/// The lifecycle of a resource after its creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// The operator reconciles the resource with its object and deletes it with the object.
    Managed,
    /// The resource runs to completion once. It has no ETag and cannot be updated or deleted; its object can be deleted at any time.
    OneShot,
}

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

/// What shows in a list that the configuration of a resource has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListRevision {
    /// The ETag of the list item, which equals the ETag of a get response.
    ETag,
    /// The time of the last change.
    LastModified,
    /// These members, which are texts and the whole configuration.
    Members(&'static [&'static str]),
    /// A hash of the configuration, all of which the list has.
    Configuration,
    /// The resource cannot change, so all revisions are equal.
    Constant,
}

/// Where a list item has the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListItem {
    /// The item has the members of the resource.
    Summary,
    /// The item has an element `{document}`, which is the resource as a get response has it.
    Resource,
}

/// The path of an update request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdatePath {
    /// The path of the resource with `/config`.
    Config,
    /// The path of the resource.
    Resource,
    /// The path of the collection. The document names the resource.
    Collection,
    /// That of a create, which CloudFront accepts again with another configuration.
    Create,
}

impl Identity {
    /// Returns the number of characters of a name that CloudFront accepts. `None`: there is no name of its own.
    pub(crate) const fn max_length(self) -> Option<usize> {
        match self {
            Self::UniqueName { max_length, .. } => Some(max_length),
            Self::CallerReference | Self::Parent { .. } => None,
        }
    }

    /// Returns the member of the configuration.
    pub const fn member(self) -> &'static str {
        match self {
            Self::CallerReference => "CallerReference",
            Self::UniqueName { member, .. } | Self::Parent { member } => member,
        }
    }
}
