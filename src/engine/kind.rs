//! The trait of a kind of CloudFront resource.

use crate::{
    engine::{
        api::{
            input::InputField,
            policy::ManagementSpec,
            reference::{ParentResource, ResolvedReferences},
            sources::Sources,
            status::Status,
            substitution::resolve,
        },
        resource_api::{Identity, ListRevision, ResourceApi},
    },
    xml::{self, Element},
};
use k8s_openapi::NamespaceResourceScope;
use kube::{CustomResourceExt, Resource, core::object::HasSpec};
use serde::{Serialize, de::DeserializeOwned, ser::Error as _};
use std::{collections::BTreeMap, fmt::Debug, time::Duration};

/// What the engine uses of a kind where the types of its objects do not matter. The items are those of [`Kind`] with the same names.
#[derive(Clone, Copy, Debug)]
pub struct KindDefinition {
    /// The Kubernetes kind.
    pub kind: &'static str,
    /// CloudFront's API of the resources.
    pub api: &'static ResourceApi,
    pub(crate) absent_defaults: &'static [(&'static str, &'static str)],
    pub(crate) unique_values_in: fn(&Element) -> Vec<String>,
    pub(crate) prune_for_create: fn(&mut Element),
    pub(crate) prune_for_update: fn(&mut Element, &Element),
    pub(crate) prune_observed: fn(&mut Element),
    pub(crate) complete_update: fn(&mut Element),
    pub(crate) disable: fn(&mut Element) -> bool,
}

/// A kind of CloudFront resource: its names, its configuration and its fields.
///
/// Most kinds define the constants and `config`. No method does I/O.
pub trait Kind:
    Resource<DynamicType = (), Scope = NamespaceResourceScope>
    + CustomResourceExt
    + HasSpec<Spec: Serialize + DeserializeOwned>
    + Clone
    + Debug
    + Serialize
    + DeserializeOwned
    + Send
    + Sync
    + 'static
{
    /// The Kubernetes kind, for example `Distribution`.
    const KIND: &'static str;
    /// CloudFront's API of the resources.
    const API: &'static ResourceApi;
    /// The smallest spec that can be decoded, as JSON. A deleted object that cannot be decoded gets it, with its own policies.
    const MINIMAL_SPEC: &'static str = "{}";
    /// The fields of the spec that can take their value from another object or from a Secret.
    const INPUTS: &'static [InputField] = &[];
    /// The names and IDs of the resources that AWS manages, which no object can adopt, in tables.
    const MANAGED_BY_AWS: &'static [&'static [(&'static str, &'static str)]] = &[];
    /// Members that CloudFront may leave out of a response, with their defaults, as a path such as `origins[].connectionAttempts` and the
    /// text of a [`Drift`](crate::xml::Drift). A resource that was created before a member existed lacks it, and has its default.
    const ABSENT_DEFAULTS: &'static [(&'static str, &'static str)] = &[];

    /// The kind without its types.
    const DEFINITION: &'static KindDefinition = &KindDefinition {
        kind: Self::KIND,
        api: Self::API,
        absent_defaults: Self::ABSENT_DEFAULTS,
        unique_values_in: Self::unique_values_in,
        prune_for_create: Self::prune_for_create,
        prune_for_update: Self::prune_for_update,
        prune_observed: Self::prune_observed,
        complete_update: Self::complete_update,
        disable: Self::disable,
    };

    /// The entry of an object in the queue of its kind. `()`: the kind has no queue.
    type QueueEntry: Clone + Debug + Default + Send + Sync;
    /// The status fields that CloudFront assigns.
    type ObservedFields: Clone
        + Debug
        + Default
        + PartialEq
        + Serialize
        + DeserializeOwned
        + Send
        + Sync;

    /// Returns the fields of the spec that are not part of the configuration.
    fn management(&self) -> &ManagementSpec;
    /// Returns the status.
    fn status(&self) -> Option<&Status<Self::ObservedFields>>;
    /// Returns the name that the spec gives to the resource, of a kind with [unique names](Identity::UniqueName).
    fn unique_name(&self) -> Option<&str> {
        None
    }
    /// Returns the objects and the keys of Secrets from which [`Kind::INPUTS`] take their values. [`Kind::config`] is called only after
    /// each of them has its value.
    fn sources(&self) -> Sources {
        if Self::INPUTS.is_empty() {
            return Sources::default();
        }
        let spec = serde_json::to_value(self.spec());
        spec.map_or_else(
            |_| Sources::default(),
            |spec| Sources::of(Self::INPUTS, spec),
        )
    }
    /// Returns the object with values in the place of references and of keys of Secrets. Fails if one of them is missing.
    fn resolved(&self, references: &ResolvedReferences) -> Result<Self, xml::XmlError> {
        let mut object = self.clone();
        if !Self::INPUTS.is_empty() {
            let mut spec = serde_json::to_value(self.spec()).map_err(xml::XmlError::custom)?;
            resolve(Self::INPUTS, &mut spec, references)?;
            *object.spec_mut() = serde_json::from_value(spec).map_err(xml::XmlError::custom)?;
        }
        Ok(object)
    }
    /// Returns the values of the spec that CloudFront accepts in one resource only, such as `alias www.example.com`. A write that gains
    /// one waits until the object that has it gives it up.
    fn unique_values(&self) -> Vec<String> {
        vec![]
    }
    /// Returns the same values of a configuration, or of an item of a list.
    fn unique_values_in(_document: &Element) -> Vec<String> {
        vec![]
    }
    /// Returns the desired configuration, with ids in the place of references and conditional defaults applied. It has no
    /// `CallerReference`, which the engine adds to a create, and no unique name, which it adds to every write.
    fn config(&self, ids: &ResolvedReferences) -> Result<Element, xml::XmlError>;
    /// Removes defaulted fields that CloudFront rejects for this resource in its current mode.
    fn prune_for_update(_desired: &mut Element, _live: &Element) {}
    /// Removes fields of a response that have no effect, so that they are neither drift nor part of an update.
    fn prune_observed(_config: &mut Element) {}
    /// Removes fields that CloudFront rejects in a create request. A follow-up update sends them.
    fn prune_for_create(_config: &mut Element) {}
    /// Returns the resource's ARN, if the observed fields contain it.
    fn arn(&self) -> Option<&str> {
        None
    }
    /// Returns the AWS account of the resource, if its ARN is known.
    fn account(&self) -> Option<&str> {
        self.arn()?.split(':').nth(4)
    }
    /// Returns the desired tags.
    fn tags(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }
    /// Reads the observed fields from a response. A kind with computed fields overrides this.
    fn observed_fields(document: &Element) -> Result<Self::ObservedFields, xml::XmlError> {
        xml::from_element(document)
    }
    /// Returns when the configuration was last changed. `None`: CloudFront does not report it for this kind.
    fn modified_time(_fields: &Self::ObservedFields) -> Option<&str> {
        None
    }
    /// Returns the revision in the status, as of the last observation of the resource in sync.
    fn recorded_revision(&self) -> Option<String> {
        match Self::API.revision {
            ListRevision::ETag | ListRevision::Constant => self.status()?.etag.clone(),
            ListRevision::LastModified => {
                Self::modified_time(&self.status()?.observed_fields).map(str::to_owned)
            }
            ListRevision::Members(_) => {
                let mut config = self.config(&ResolvedReferences::default()).ok()?;
                if let Identity::UniqueName { member, .. } = Self::API.identity {
                    config.set_text(member, self.status()?.name.as_deref()?);
                }
                Self::API.revision_of(&config, None)
            }
        }
    }
    /// Disables the resource, which must be deployed before a deletion. Returns whether the configuration has changed.
    fn disable(_config: &mut Element) -> bool {
        false
    }

    /// Returns the entry of this object in the queue of its kind.
    fn queue_entry(&self) -> Self::QueueEntry {
        Self::QueueEntry::default()
    }
    /// Returns why an object has to wait, given the entries of all objects of its kind. Objects that CloudFront limits in number wait
    /// in this queue, which costs no request.
    fn queue_blocker(_own: &Self::QueueEntry, _all: &[&Self::QueueEntry]) -> Option<String> {
        None
    }
    /// Returns the number of paths that a create invalidates. CloudFront bills them.
    fn billable_paths(&self) -> usize {
        0
    }
    /// Returns how long a finished object is kept. `None`: it is not deleted.
    fn ttl_after_finished(&self) -> Option<Duration> {
        None
    }

    /// Returns the collection of this object's resource. A kind with a nested collection overrides this.
    fn collection(&self, _ids: &ResolvedReferences) -> String {
        Self::API.collection.into()
    }
    /// Returns the resource that a nested collection belongs to. Nothing is created there if an object of another namespace holds it.
    fn parent(&self, _ids: &ResolvedReferences) -> Option<ParentResource> {
        None
    }
    /// Adds what an update must contain and removes what it must not, after the desired configuration was merged into the live one.
    fn complete_update(_config: &mut Element) {}
}
