//! What the engine needs to know of a kind of CloudFront resource.

use crate::{
    cloudfront::{Request, encode_segment},
    engine::api::{
        policy::ManagementSpec,
        reference::{ResolvedReferences, TypedLocalReference},
        secret::SecretKey,
        status::Status,
    },
    xml::{self, Element},
};
use k8s_openapi::NamespaceResourceScope;
use kube::{CustomResourceExt, Resource};
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, fmt::Debug, time::Duration};

/// What becomes of a resource after its creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// It is kept as the object asks, and deleted with it.
    Managed,
    /// It does its work once. It can neither be changed nor deleted, and has no version; the object may go at any time.
    OneShot,
}

/// A kind of CloudFront resource: where it lives, what it is called, when it is deployed.
///
/// Most kinds are the constants and `config`. The calls have the shape that nearly every CloudFront collection shares; a kind
/// that differs overrides the call that differs. Nothing here does I/O.
pub trait Kind:
    Resource<DynamicType = (), Scope = NamespaceResourceScope>
    + CustomResourceExt
    + Clone
    + Debug
    + Serialize
    + DeserializeOwned
    + Send
    + Sync
    + 'static
{
    /// The name of the object's kind: `Distribution`.
    const KIND: &'static str;
    /// The name in CloudFront's operations and answers: `Distribution`, `CloudFrontOriginAccessIdentity`.
    const API_NAME: &'static str;
    /// The name of the list in CloudFront's operations: `Distributions`.
    const API_LIST_NAME: &'static str;
    /// The collection, as in `/2020-05-31/{COLLECTION}/{id}`; `*` stands for the id of a resource that it is inside of.
    const COLLECTION: &'static str;
    /// The element that carries the configuration: `DistributionConfig`.
    const CONFIG: &'static str;
    /// What becomes of the resource after its creation.
    const LIFECYCLE: Lifecycle = Lifecycle::Managed;
    /// CloudFront's word for a resource whose last change has reached every edge.
    const DEPLOYED_STATUS: &'static str = "Deployed";
    /// Whether the objects that the configuration names must be deployed too, and not only be there.
    const REQUIRES_DEPLOYED_REFERENCES: bool = false;
    /// Whether the resource takes tags: created by `Create{NAME}WithTags`, kept in step by ARN, which its facts then tell.
    const SUPPORTS_TAGS: bool = false;

    /// What an object tells others of its kind that queue with it; `()` where none does.
    type QueueEntry: Clone + Debug + Default + Send + Sync;
    /// What the service assigns beside the configuration.
    type ObservedFields: Clone
        + Debug
        + Default
        + PartialEq
        + Serialize
        + DeserializeOwned
        + Send
        + Sync;

    /// The operator's own fields.
    fn management(&self) -> &ManagementSpec;
    /// The status last read.
    fn status(&self) -> Option<&Status<Self::ObservedFields>>;
    /// The objects that the configuration names. All of them have an id before [`Kind::config`] is asked.
    fn references(&self) -> Vec<TypedLocalReference> {
        vec![]
    }
    /// The keys of Secrets that the configuration takes values from.
    fn secrets(&self) -> Vec<SecretKey> {
        vec![]
    }
    /// The desired configuration, references replaced and conditional defaults applied; without `CallerReference`, which is
    /// the engine's.
    fn config(&self, ids: &ResolvedReferences) -> Result<Element, xml::XmlError>;
    /// Takes out of the desired configuration what cannot be asked of the resource as it is, and was not asked for explicitly.
    fn prune_for_update(_desired: &mut Element, _live: &Element) {}
    /// Takes out of the configuration of a create what CloudFront only takes from an update, which then is the next thing to do.
    fn prune_for_create(_config: &mut Element) {}
    /// The resource's ARN, where its facts tell.
    fn arn(&self) -> Option<&str> {
        None
    }
    /// The AWS account that the resource is in, where its ARN is known.
    fn account(&self) -> Option<&str> {
        self.arn()?.split(':').nth(4)
    }
    /// The desired tags.
    fn tags(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }
    /// The facts in an answer. A kind whose facts are computed overrides this.
    fn observed_fields(document: &Element) -> Result<Self::ObservedFields, xml::XmlError> {
        xml::from_element(document)
    }
    /// Whether the last change has reached every edge.
    fn is_deployed(document: &Element) -> bool {
        document
            .text_of("Status")
            .is_none_or(|status| status == Self::DEPLOYED_STATUS)
    }
    /// What tells one version of the configuration from another, in an item of the list and in a whole answer alike; `etag` is the
    /// version that came with either. `None`: the list does not tell.
    fn revision(_document: &Element, etag: Option<&str>) -> Option<String> {
        etag.map(str::to_owned)
    }
    /// The same, as the status has it of the remote that was last seen as the spec asks.
    fn recorded_revision(&self) -> Option<String> {
        self.status()?.etag.clone()
    }
    /// Makes the change that must be deployed before the resource may be deleted, and says whether one was needed.
    fn disable(_config: &mut Element) -> bool {
        false
    }

    /// What tells this object's place in the queue of its kind.
    fn queue_entry(&self) -> Self::QueueEntry {
        Self::QueueEntry::default()
    }
    /// Why it is not an object's turn yet, seeing the tickets of all objects of its kind. Objects that CloudFront takes only so many of
    /// at once queue here, where waiting costs no call.
    fn queue_blocker(_own: &Self::QueueEntry, _all: &[&Self::QueueEntry]) -> Option<String> {
        None
    }
    /// The paths that its creation makes CloudFront forget: they are billed.
    fn billable_paths(&self) -> usize {
        0
    }
    /// How long an object whose work is done is kept. `None`: for ever.
    fn ttl_after_finished(&self) -> Option<Duration> {
        None
    }

    /// The collection of this object's resource, where that is inside of another resource.
    fn collection(&self, _ids: &ResolvedReferences) -> String {
        Self::COLLECTION.into()
    }
    /// Reads a resource of a collection.
    fn get(collection: &str, id: &str) -> Request {
        Request::get(
            format!("Get{}", Self::API_NAME),
            format!("{collection}/{}", encode_segment(id)),
        )
    }
    /// Reads one page of a collection, from `marker` on.
    fn list(collection: &str, marker: Option<&str>) -> Request {
        let request = Request::get(format!("List{}", Self::API_LIST_NAME), collection)
            .query("MaxItems", "100".to_owned());
        match marker {
            Some(marker) => request.query("Marker", marker.to_owned()),
            None => request,
        }
    }
    /// Creates a resource in a collection.
    fn create(collection: &str, config: Element) -> Request {
        Request::post(format!("Create{}", Self::API_NAME), collection, config)
    }
    /// Replaces the resource's whole configuration.
    fn update(id: &str, etag: &str, config: Element) -> Request {
        Request::put(
            format!("Update{}", Self::API_NAME),
            format!("{}/{}/config", Self::COLLECTION, encode_segment(id)),
            etag,
            config,
        )
    }
    /// Deletes the resource.
    fn delete(id: &str, etag: &str) -> Request {
        Request::delete(
            format!("Delete{}", Self::API_NAME),
            format!("{}/{}", Self::COLLECTION, encode_segment(id)),
            etag,
        )
    }
}
