//! The kinds without their types: only what parses and describes an object is compiled for each kind, and the engine once.

use crate::{
    engine::{
        api::{
            input::InputField,
            pairs::Pairs,
            policy::ManagementSpec,
            publication::Publication,
            reference::{ParentResource, ResolvedReferences},
            sources::Sources,
            status::UntypedFields,
        },
        resource_api::ResourceApi,
    },
    xml::{Element, XmlError},
};
use k8s_openapi::{
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::api::ApiResource;
use serde_json::Value;
use std::{
    any::Any,
    collections::BTreeMap,
    fmt::Debug,
    hash::{Hash, Hasher},
    sync::Arc,
    time::Duration,
};

/// A kind without its types, which is all that the engine uses. The items are those of [`Kind`](crate::engine::Kind) with the same names.
#[derive(Clone, Copy, Debug)]
pub struct KindDefinition {
    /// The Kubernetes kind.
    pub kind: &'static str,
    /// CloudFront's API of the resources.
    pub api: &'static ResourceApi,
    /// The fields of the spec that can take their value from another object.
    pub inputs: &'static [InputField],
    /// Returns how the API server names the objects.
    pub resource: fn() -> ApiResource,
    /// Returns the CustomResourceDefinition as kube derives it from the types.
    pub(crate) derived_crd: fn() -> CustomResourceDefinition,
    pub(crate) managed_by_aws: &'static [&'static [(&'static str, &'static str)]],
    /// Parses an object with these metadata, whose spec and status are in a JSON object.
    pub(crate) parse: ParseObject,
    pub(crate) minimal_spec: &'static str,
    pub(crate) observed_fields: fn(&Element) -> Result<UntypedFields, XmlError>,
    pub(crate) hooks: Hooks,
}

/// Adjustments of CloudFront's documents that data cannot express.
#[derive(Clone, Copy, Debug)]
pub struct Hooks {
    /// Members that CloudFront may leave out of a response, with their defaults, as a path such as `origins[].connectionAttempts` and the
    /// text of a [`Drift`](crate::xml::Drift). A resource that was created before a member existed lacks it, and has its default.
    pub absent_defaults: &'static [(&'static str, &'static str)],
    /// Returns the values of a configuration, or of an item of a list, that CloudFront accepts in one resource only.
    pub unique_values: fn(&Element) -> Vec<String>,
    /// Removes fields that CloudFront rejects in a create request. A follow-up update sends them.
    pub prune_for_create: fn(&mut Element),
    /// Removes defaulted fields of a desired configuration that CloudFront rejects for the resource with the present one.
    pub prune_for_update: fn(&mut Element, &Element),
    /// Removes fields of a response that have no effect, so that they are neither drift nor part of an update.
    pub prune_observed: fn(&mut Element),
    /// Adds what an update must contain and removes what it must not, after the desired configuration was merged into the live one.
    pub complete_update: fn(&mut Element),
    /// Disables the resource, which must be deployed before a deletion. Returns whether the configuration has changed.
    pub disable: fn(&mut Element) -> bool,
}

impl Hooks {
    /// No adjustments.
    pub const NONE: Self = Self {
        absent_defaults: &[],
        unique_values: |_| vec![],
        prune_for_create: |_| {},
        prune_for_update: |_, _| {},
        prune_observed: |_| {},
        complete_update: |_| {},
        disable: |_| false,
    };
}

type ParseObject = fn(&[u8], &ObjectMeta) -> serde_json::Result<Arc<dyn TypedObject>>;

impl KindDefinition {
    /// Returns the name of the CustomResourceDefinition.
    pub fn crd_name(&self) -> String {
        let resource = (self.resource)();
        format!("{}.{}", resource.plural, resource.group)
    }
}

/// There is one definition of each kind.
impl PartialEq for KindDefinition {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Eq for KindDefinition {}

impl Hash for KindDefinition {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
    }
}

/// An entry in the queue of a kind, which only the functions of that kind can read.
pub type QueueEntry = Arc<dyn Any + Send + Sync>;

/// An object whose resource runs once, such as an invalidation.
pub trait OneShot {
    /// Returns the entry of this object in the queue of its kind.
    fn queue_entry(&self) -> QueueEntry;
    /// Returns why this object has to wait, given the entries of all objects of its kind. Objects that CloudFront limits in number wait
    /// in this queue, which costs no request.
    fn queue_blocker(&self, all: &[&QueueEntry]) -> Option<String>;
    /// Returns the number of paths that a create invalidates. CloudFront bills them.
    fn billable_paths(&self) -> usize;
    /// Returns how long the finished object is kept. `None`: it is not deleted.
    fn ttl_after_finished(&self) -> Option<Duration>;
}

/// The functions of an object that need the types of its kind. Their meaning is that of the functions of [`Kind`](crate::engine::Kind) with
/// the same names.
pub(crate) trait TypedObject: Debug + Send + Sync {
    fn management(&self) -> &ManagementSpec;
    fn unique_name(&self) -> Option<&str>;
    fn sources(&self) -> Sources;
    fn unique_values(&self) -> Vec<String>;
    fn config(&self, references: &ResolvedReferences) -> Result<Element, XmlError>;
    fn account(&self) -> Option<&str>;
    fn publication(&self) -> Option<Publication>;
    fn pairs(&self, references: &ResolvedReferences) -> Result<Option<Pairs>, XmlError>;
    fn tags(&self) -> BTreeMap<String, String>;
    fn parent(&self, references: &ResolvedReferences) -> Option<ParentResource>;
    fn staging_id(&self, references: &ResolvedReferences) -> Option<String>;
    fn one_shot(&self) -> Option<&dyn OneShot>;
    /// Returns the spec as JSON.
    fn spec(&self) -> serde_json::Result<Value>;
}

/// Implements [`kube::Resource`] for a type with the field `metadata`, whose kind is known at run time.
macro_rules! impl_resource {
    ($type:ty) => {
        impl kube::Resource for $type {
            type DynamicType = &'static crate::engine::definition::KindDefinition;
            type Scope = kube::core::DynamicResourceScope;

            fn kind(definition: &Self::DynamicType) -> std::borrow::Cow<'_, str> {
                definition.kind.into()
            }

            fn group(definition: &Self::DynamicType) -> std::borrow::Cow<'_, str> {
                (definition.resource)().group.into()
            }

            fn version(definition: &Self::DynamicType) -> std::borrow::Cow<'_, str> {
                (definition.resource)().version.into()
            }

            fn plural(definition: &Self::DynamicType) -> std::borrow::Cow<'_, str> {
                (definition.resource)().plural.into()
            }

            fn meta(&self) -> &ObjectMeta {
                &self.metadata
            }

            fn meta_mut(&mut self) -> &mut ObjectMeta {
                &mut self.metadata
            }
        }
    };
}

pub(crate) use impl_resource;
