//! The columns of a table.

use crate::{
    api::ApiRequest,
    error::ApiError,
    ids::IdGenerator,
    seeds::ResourceType,
    service::{Collection, Service},
    switches::{Switch, Switches},
    xml::Element,
};

type Generate = fn(&mut IdGenerator) -> String;

/// A family of resources: the facts that the service model lacks.
#[expect(
    clippy::struct_excessive_bools,
    reason = "the columns of a table are independent of each other"
)]
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
    /// Whether the ID is the name.
    pub(super) is_named: bool,
    /// The resource part of the ARN, with `{id}` and `{attribute}`. Configurations then refer to a resource by its ARN.
    pub(in crate::api) arn: &'static str,
    /// Whether a resource has tags, which a create request can contain.
    pub(in crate::api) is_taggable: bool,
    /// Whether entity tags count the versions of a resource, so that two resources have the same tags.
    pub(in crate::api) has_counted_tags: bool,
    /// The entity tag that the first counted one follows, if it is not the first of all.
    pub(super) previous_tag: Option<&'static str>,
    /// A member of the resource beside its configuration, with a generator of its value.
    pub(super) attribute: Option<(&'static str, Generate)>,
    /// How the status of a resource follows from the state, if a resource has one.
    pub(super) status: Option<Status>,
    /// The effect of a used caller reference, if the configuration has one.
    pub(super) caller_reference: Option<CallerReference>,
    /// The rules for `Name`, if the configuration has one.
    pub(super) name: Option<Name>,
    /// Texts with their maximum length in characters.
    pub(super) texts: &'static [(&'static str, usize)],
    /// Bytes in Base64, with the name of the quota for their number.
    pub(super) size_quotas: &'static [(&'static str, &'static str)],
    /// Paths of list items, with the name of the quota for their number.
    pub(super) list_quotas: &'static [(&'static str, &'static str)],
    /// References to resources of other families.
    pub(super) references: &'static [Reference],
    /// Members that cannot be changed, beside the caller reference.
    pub(super) immutable: &'static [&'static str],
    /// The resources that AWS manages.
    pub(super) managed: fn() -> Option<&'static Collection>,
    /// The type of the IDs that can be seeded instead of created.
    pub(super) seeded_as: Option<ResourceType>,
    /// The prefix of the ID in a reference.
    pub(super) reference_prefix: &'static str,
    /// The paths of references in configurations.
    pub(super) used_by: &'static [(User, &'static str)],
    /// The operation that lists the distributions that use a resource.
    pub(super) list_users: &'static str,
    /// The switch that is off while a change creates a new version of each distribution that uses the resource. For a
    /// resource with stages, the change is a publication.
    pub(super) keeps_distributions: Option<Switch>,
    /// The name of the quota for the number of distributions that use a resource.
    pub(crate) users_quota: &'static str,
    /// The message of the error for the deletion of a resource in use, with `{id}` and `{users}`.
    pub(super) in_use: &'static str,
    /// Whether `Quantity` in a list is the number of all resources of the account, and not of those on the page.
    pub(super) lists_total: bool,
    /// Adds default values.
    pub(super) defaults: fn(&mut Element),
    /// Rules that no other column describes.
    pub(super) rules: fn(&Element, &Switches) -> Result<(), ApiError>,
    /// Rules that depend on the state of the service.
    pub(super) state_rules: fn(&Service, &ApiRequest<'_>, &Element) -> Result<(), ApiError>,
}

/// How the status of a resource follows from the state.
#[derive(Clone, Copy)]
pub(super) enum Status {
    /// From the publication of a function, and the deployment of the distributions that use it.
    Publication,
    /// `PROVISIONING` until a delay after the creation, then `READY`. An element `Status`, which an edit can add, replaces it.
    Provisioning,
}

/// The effect of a caller reference that is in use. An equal request returns the first resource, unless a switch is on.
pub(super) struct CallerReference {
    pub(super) refuse_replay: Switch,
    pub(super) conflict: &'static str,
}

/// The rules for `Name`.
pub(super) struct Name {
    pub(super) pattern: &'static str,
    /// The message for a name that another resource of the account has.
    pub(super) conflict: &'static str,
    /// Two resources can have the same name while this switch is on.
    pub(super) repeated_if: Option<Switch>,
}

/// References to resources of another family, which must exist.
pub(super) struct Reference {
    pub(super) path: &'static str,
    pub(super) family: &'static Family,
    /// The code of the error for a resource that does not exist.
    pub(super) code: &'static str,
    /// The code while a switch is on.
    pub(super) code_if: Option<(Switch, &'static str)>,
    /// The status that the resource must have, with the message for another one.
    pub(super) requires: Option<(&'static str, &'static str)>,
}

/// A configuration that can refer to a resource.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum User {
    Distribution,
    StreamingDistribution,
}

impl Family {
    /// Whether a resource has the stages `DEVELOPMENT` and `LIVE`.
    pub(crate) fn has_stages(&self) -> bool {
        matches!(self.status, Some(Status::Publication))
    }

    /// A family without optional facts.
    pub(super) const EMPTY: Self = Self {
        config: "",
        noun: "",
        plural: "",
        quota: "",
        id: IdGenerator::next_entity_id,
        is_named: false,
        arn: "",
        is_taggable: false,
        has_counted_tags: true,
        previous_tag: None,
        attribute: None,
        status: None,
        caller_reference: None,
        name: None,
        texts: &[],
        size_quotas: &[],
        list_quotas: &[],
        references: &[],
        immutable: &[],
        managed: || None,
        seeded_as: None,
        reference_prefix: "",
        used_by: &[],
        list_users: "",
        keeps_distributions: None,
        users_quota: "",
        in_use: "",
        lists_total: false,
        defaults: |_| (),
        rules: |_, _| Ok(()),
        state_rules: |_, _, _| Ok(()),
    };
}
