//! What the engine needs to know of a kind of CloudFront resource.

use super::{
    management::Management,
    reference::{Dependency, Resolved},
    status::Status,
};
use crate::{
    cloudfront::{Request, segment},
    xml::{self, Element},
};
use k8s_openapi::NamespaceResourceScope;
use kube::{CustomResourceExt, Resource};
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, fmt::Debug};

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
    const NAME: &'static str;
    /// The name of the list in CloudFront's operations: `Distributions`.
    const NAMES: &'static str;
    /// The collection, as in `/2020-05-31/{COLLECTION}/{id}`.
    const COLLECTION: &'static str;
    /// The element that carries the configuration: `DistributionConfig`.
    const CONFIG: &'static str;
    /// Whether the resource takes tags: created by `Create{NAME}WithTags`, kept in step by ARN.
    const TAGGED: bool = false;

    /// What the service assigns beside the configuration.
    type Facts: Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned + Send + Sync;

    /// The operator's own fields.
    fn management(&self) -> &Management;
    /// The status last read.
    fn status(&self) -> Option<&Status<Self::Facts>>;
    /// The objects that the configuration names. All of them have an id before [`Kind::config`] is asked.
    fn dependencies(&self) -> Vec<Dependency> {
        vec![]
    }
    /// The desired configuration, references replaced and conditional defaults applied; without `CallerReference`, which is
    /// the engine's.
    fn config(&self, ids: &Resolved) -> Result<Element, xml::Error>;
    /// The desired tags.
    fn tags(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }
    /// The facts in an answer. A kind whose facts are computed overrides this.
    fn facts(document: &Element) -> Result<Self::Facts, xml::Error> {
        xml::from_element(document)
    }
    /// Whether the last change has reached every edge.
    fn deployed(document: &Element) -> bool {
        document
            .text_of("Status")
            .is_none_or(|status| status == "Deployed")
    }
    /// Makes the change that must be deployed before the resource may be deleted, and says whether one was needed.
    fn retire(_config: &mut Element) -> bool {
        false
    }

    /// Reads the resource.
    fn observe(id: &str) -> Request {
        Request::get(
            format!("Get{}", Self::NAME),
            format!("{}/{}", Self::COLLECTION, segment(id)),
        )
    }
    /// Reads one page of the list, from `marker` on.
    fn list(marker: Option<&str>) -> Request {
        let request = Request::get(format!("List{}", Self::NAMES), Self::COLLECTION)
            .query("MaxItems", "100".to_owned());
        match marker {
            Some(marker) => request.query("Marker", marker.to_owned()),
            None => request,
        }
    }
    /// Creates the resource.
    fn create(config: Element) -> Request {
        Request::post(format!("Create{}", Self::NAME), Self::COLLECTION, config)
    }
    /// Replaces the resource's whole configuration.
    fn update(id: &str, etag: &str, config: Element) -> Request {
        Request::put(
            format!("Update{}", Self::NAME),
            format!("{}/{}/config", Self::COLLECTION, segment(id)),
            etag,
            config,
        )
    }
    /// Deletes the resource.
    fn delete(id: &str, etag: &str) -> Request {
        Request::delete(
            format!("Delete{}", Self::NAME),
            format!("{}/{}", Self::COLLECTION, segment(id)),
            etag,
        )
    }
}
