//! The trait of a kind of CloudFront resource.

use crate::{
    engine::{
        api::{
            input::InputField,
            policy::ManagementSpec,
            reference::{ParentResource, ResolvedReferences},
            sources::Sources,
            status::UntypedFields,
            substitution::resolve,
        },
        definition::{KindDefinition, QueueEntry, TypedObject},
        resource_api::ResourceApi,
    },
    xml::{self, Element},
};
use k8s_openapi::{NamespaceResourceScope, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use kube::{CustomResourceExt, Resource, api::ApiResource, core::object::HasSpec};
use serde::{Serialize, de::DeserializeOwned, ser::Error as _};
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Debug, sync::Arc, time::Duration};

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
        inputs: Self::INPUTS,
        resource: || ApiResource::erase::<Self>(&()),
        derived_crd: Self::crd,
        managed_by_aws: Self::MANAGED_BY_AWS,
        parse: parse::<Self>,
        minimal_spec: Self::MINIMAL_SPEC,
        observed_fields: untyped_fields::<Self>,
        queue_blocker: queue_blocker::<Self>,
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

fn parse<K: Kind>(body: &[u8], metadata: &ObjectMeta) -> serde_json::Result<Arc<dyn TypedObject>> {
    let mut object: K = serde_json::from_slice(body)?;
    object.meta_mut().clone_from(metadata);
    Ok(Arc::new(object))
}

fn untyped_fields<K: Kind>(document: &Element) -> Result<UntypedFields, xml::XmlError> {
    let fields = serde_json::to_value(K::observed_fields(document)?);
    match fields.map_err(xml::XmlError::custom)? {
        Value::Object(fields) => Ok(fields),
        _ => Ok(UntypedFields::default()),
    }
}

fn queue_blocker<K: Kind>(own: &QueueEntry, all: &[&QueueEntry]) -> Option<String> {
    let all: Vec<&K::QueueEntry> = all.iter().filter_map(|it| typed_entry::<K>(it)).collect();
    K::queue_blocker(typed_entry::<K>(own)?, &all)
}

fn typed_entry<K: Kind>(entry: &QueueEntry) -> Option<&K::QueueEntry> {
    entry.as_ref()?.downcast_ref()
}
