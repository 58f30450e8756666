//! The trait of a kind of CloudFront resource.

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
            substitution::resolve,
        },
        definition::{Hooks, KindDefinition, OneShot, TypedObject},
        resource_api::ResourceApi,
    },
    xml::{self, Element},
};
use k8s_openapi::{NamespaceResourceScope, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use kube::{CustomResourceExt, Resource, api::ApiResource, core::object::HasSpec};
use serde::{Serialize, de::DeserializeOwned, ser::Error as _};
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Debug, sync::Arc};

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
    /// Adjustments of CloudFront's documents.
    const HOOKS: Hooks = Hooks::NONE;

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
        hooks: Self::HOOKS,
    };

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
    /// Returns the name that the spec gives to the resource, of a kind with [unique names](ResourceApi::name_member).
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
    /// Returns the desired configuration, with ids in the place of references and conditional defaults applied. It has no
    /// `CallerReference`, which the engine adds to a create, and no unique name, which it adds to every write.
    fn config(&self, ids: &ResolvedReferences) -> Result<Element, xml::XmlError>;
    /// Returns the resource's ARN, if the observed fields contain it.
    fn arn(&self) -> Option<&str> {
        None
    }
    /// Returns the AWS account of the resource, if its ARN is known.
    fn account(&self) -> Option<&str> {
        self.arn()?.split(':').nth(4)
    }
    /// Returns the resource that the collection of this one belongs to, of a kind with a nested collection. Nothing is created there if an
    /// object of another namespace holds it. `None`: the collection is not nested, or the spec does not name the parent.
    fn parent(&self, _: &ResolvedReferences) -> Option<ParentResource> {
        None
    }
    /// Returns the id of the staging resource whose configuration the spec may take over. `None`: the kind has no staging resources, or the
    /// spec does not name one.
    fn staging_id(&self, _: &ResolvedReferences) -> Option<String> {
        None
    }
    /// Returns the functions of a resource that runs once. `None`: the resource stays.
    fn one_shot(&self) -> Option<&dyn OneShot> {
        None
    }
    /// Returns the publication of the code that the spec asks for. `None`: it stays unpublished, or the kind has no code.
    fn publication(&self) -> Option<Publication> {
        None
    }
    /// Returns the pairs of a key-value store. `None`: they are not managed. Fails if CloudFront would refuse one of them.
    fn pairs(&self, _references: &ResolvedReferences) -> Result<Option<Pairs>, xml::XmlError> {
        Ok(None)
    }
    /// Returns the desired tags.
    fn tags(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }
    /// Reads the observed fields from a response. A kind with computed fields overrides this.
    fn observed_fields(document: &Element) -> Result<Self::ObservedFields, xml::XmlError> {
        xml::from_element(document)
    }
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
