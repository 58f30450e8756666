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
