//! An object in the reflector store, compressed: most objects are idle most of the time.
//!
//! An object that stays large is not kept, so that the objects of one namespace cannot exhaust the memory of the operator. It is read
//! from the API server for each reconciliation.

use crate::engine::{
    api::{FINALIZER, status::ShownStatus},
    cache::{
        compressed::Compressed,
        object_summary::ObjectSummary,
        undecodable::{decode_for_deletion, ids_only},
    },
    kind::Kind,
    kubernetes::{partial_metadata::PartialMetadata, request::get},
    panic::catch_call,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{Client, Resource, ResourceExt};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::{borrow::Cow, marker::PhantomData};

/// The maximum size in bytes of the finalizers of an object that is kept.
const MAX_FINALIZERS: usize = 2 << 10;

/// The maximum length of the error of an object that cannot be decoded. It can quote a value of the object.
const MAX_ERROR: usize = 1_000;

/// An object, or why the types of this version cannot decode it.
pub(crate) type Decoded<K> = Result<K, String>;

/// An object as of the last event of the watch.
#[derive(Clone, Debug)]
pub struct CachedObject<K: Kind> {
    metadata: ObjectMeta,
    body: Body,
    /// The size of the spec and the status as JSON.
    size: usize,
    summary: ObjectSummary<K>,
    kind: PhantomData<fn() -> K>,
}

/// The spec and the status of an object.
#[derive(Clone, Debug)]
enum Body {
    Compressed(Compressed),
    /// They are too large to be kept.
    NotKept,
    /// This version's types cannot decode them, for this reason.
    Undecodable(String),
}

/// An object whose spec and status are not parsed.
#[derive(Deserialize)]
struct RawObject {
    metadata: PartialMetadata,
    spec: Option<Box<RawValue>>,
    status: Option<Box<RawValue>>,
}

impl<K: Kind> CachedObject<K> {
    /// Returns the fields that can be read without decoding the object.
    pub(crate) fn summary(&self) -> &ObjectSummary<K> {
        &self.summary
    }

    /// Returns the version of the object, and what identifies its status.
    pub(crate) fn shown_status(&self) -> ShownStatus<'_> {
        ShownStatus {
            resource_version: self
                .metadata
                .resource_version
                .as_deref()
                .unwrap_or_default(),
            hash: self.summary.status_hash,
        }
    }

    /// Returns the size of the spec and the status as JSON.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Returns the whole object. `None`: it is too large to be kept.
    pub(crate) fn decode(&self) -> Option<Decoded<K>> {
        let body = match &self.body {
            Body::NotKept => return None,
            Body::Undecodable(error) => return Some(Err(error.clone())),
            Body::Compressed(body) => body.decompress(),
        };
        let text = body.map_err(|error| error.to_string());
        Some(text.and_then(|text| parse(&text, &self.metadata)))
    }

    /// Reads the whole object from the API server. `None`: it does not exist any more, even if a new object has its name.
    pub(crate) async fn read(&self, kube: &Client) -> Result<Option<Decoded<K>>, kube::Error> {
        let raw = self.read_raw(kube).await?;
        Ok(raw.map(|raw| parse(raw.body().as_bytes(), &raw.metadata.into())))
    }

    /// Reads an object that cannot be decoded as [`decode_for_deletion`] does.
    pub(crate) async fn read_for_deletion(
        &self,
        kube: &Client,
    ) -> Result<Option<Decoded<K>>, kube::Error> {
        let raw = self.read_raw(kube).await?;
        Ok(raw.map(|raw| {
            let (spec, status) = (raw.spec.as_deref(), raw.status.as_deref());
            let body = decode_for_deletion::<K>(spec, status)?;
            parse(body.as_bytes(), &raw.metadata.into())
        }))
    }

    async fn read_raw(&self, kube: &Client) -> Result<Option<RawObject>, kube::Error> {
        let namespace = self.namespace();
        let raw = get::<K, RawObject>(kube, namespace.as_deref(), &self.name_any()).await?;
        Ok(raw.filter(|raw| raw.metadata.uid() == self.metadata.uid.as_deref()))
    }
}

/// Parses an object with this body.
fn parse<K: Kind>(body: &[u8], metadata: &ObjectMeta) -> Decoded<K> {
    let mut object: K = serde_json::from_slice(body).map_err(|error| {
        // The position refers to a text that exists only here.
        let position = format!(" at line {} column {}", error.line(), error.column());
        let error = error.to_string().replace(&position, "");
        error.chars().take(MAX_ERROR).collect::<String>()
    })?;
    object.meta_mut().clone_from(metadata);
    Ok(object)
}

/// Decodes an object, and returns its summary. A panic of the kind's code is an error of this object only: the watch of all objects
/// runs this.
fn summarize<K: Kind>(body: &[u8], metadata: &ObjectMeta) -> Decoded<ObjectSummary<K>> {
    let summary = catch_call(|| Ok(ObjectSummary::of(&parse::<K>(body, metadata)?)));
    summary.unwrap_or_else(|panic| Err(format!("{panic}, which is a bug; please report it")))
}

impl RawObject {
    /// Returns the spec and the status as a JSON object without metadata.
    fn body(&self) -> String {
        let member = |name: &str, value: &Option<Box<RawValue>>| {
            value
                .as_ref()
                .map(|value| format!(",\"{name}\":{}", value.get()))
                .unwrap_or_default()
        };
        let (spec, status) = (member("spec", &self.spec), member("status", &self.status));
        format!("{{\"metadata\":{{}}{spec}{status}}}")
    }
}

impl<'de, K: Kind> Deserialize<'de> for CachedObject<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawObject::deserialize(deserializer)?;
        let text = raw.body();
        let mut metadata = raw.metadata.into();
        let summary = summarize(text.as_bytes(), &metadata);
        let body = match &summary {
            _ if drop_large_finalizers(&mut metadata) => Body::NotKept,
            Ok(_) => Compressed::new(text.as_bytes(), || text.clone())
                .map_or(Body::NotKept, Body::Compressed),
            Err(error) => Body::Undecodable(error.clone()),
        };
        Ok(Self {
            metadata,
            body,
            size: text.len(),
            summary: summary
                .unwrap_or_else(|_| ids_only(raw.spec.as_deref(), raw.status.as_deref())),
            kind: PhantomData,
        })
    }
}

/// Keeps only the operator's finalizer if all of them together are too large. Returns whether they are.
fn drop_large_finalizers(metadata: &mut ObjectMeta) -> bool {
    let Some(finalizers) = &mut metadata.finalizers else {
        return false;
    };
    let is_large = finalizers.iter().map(String::len).sum::<usize>() > MAX_FINALIZERS;
    if is_large {
        finalizers.retain(|name| name == FINALIZER);
        finalizers.shrink_to_fit();
    }
    is_large
}

impl<K: Kind> Resource for CachedObject<K> {
    type DynamicType = ();
    type Scope = K::Scope;

    fn kind((): &()) -> Cow<'_, str> {
        K::kind(&())
    }

    fn group((): &()) -> Cow<'_, str> {
        K::group(&())
    }

    fn version((): &()) -> Cow<'_, str> {
        K::version(&())
    }

    fn plural((): &()) -> Cow<'_, str> {
        K::plural(&())
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::api::{RECONCILE_REQUESTED_AT, RECREATE_COUNT};
    use crate::kinds::{distribution::Distribution, origin_access_identity::OriginAccessIdentity};
    use serde_json::{Value, json};

    fn object(spec: &Value) -> CachedObject<OriginAccessIdentity> {
        let object = json!({
            "apiVersion": "cloudfront-operator.dev/v1alpha1",
            "kind": "OriginAccessIdentity",
            "metadata": {
                "name": "www",
                "annotations": { "kubectl.kubernetes.io/last-applied-configuration": "{}", "team": "edge", RECREATE_COUNT: "2" },
                "managedFields": [{ "manager": "kubectl" }],
            },
            "spec": spec,
            "status": {
                "id": "E1",
                "observedGeneration": 3,
                "conditions": [{ "type": "Ready", "status": "True", "reason": "InSync", "message": "", "lastTransitionTime": "1970-01-01T00:01:00Z" }],
            },
        });
        // The watch deserializes from text as well.
        serde_json::from_str(&object.to_string()).unwrap()
    }

    #[test]
    fn an_object_decodes_to_itself_without_metadata_of_other_clients() {
        let cached = object(&json!({ "comment": "a \"b\" ü", "adoptId": "E2" }));
        let decoded = cached.decode().unwrap().unwrap();
        assert_eq!(decoded.name_any(), "www");
        assert_eq!(decoded.spec.comment, "a \"b\" ü");
        assert_eq!(decoded.status.unwrap().observed_generation, Some(3));
        let annotations = decoded.metadata.annotations.unwrap();
        assert_eq!(
            annotations.into_keys().collect::<Vec<_>>(),
            [RECREATE_COUNT]
        );
        assert_eq!(decoded.metadata.managed_fields, None);
    }

    #[test]
    fn the_summary_contains_fields_of_spec_and_status() {
        let cached = object(&json!({ "comment": "text", "adoptId": "E2" }));
        let summary = cached.summary();
        assert_eq!(summary.id.as_deref(), Some("E1"));
        assert_eq!(summary.adopt_id.as_deref(), Some("E2"));
        assert_eq!(summary.conditions[0].state.reason, "InSync");
        assert_eq!(summary.conditions[0].since, 60);
    }

    #[test]
    fn an_object_that_stays_large_is_not_kept_but_has_a_summary() {
        let cached = object(&json!({ "comment": random_text(100_000), "adoptId": "E2" }));
        assert!(cached.decode().is_none());
        assert!(cached.size() > 100_000, "{}", cached.size());
        assert_eq!(cached.summary().adopt_id.as_deref(), Some("E2"));
        let repetitive = object(&json!({ "comment": "c".repeat(100_000) }));
        let decoded = repetitive.decode().expect("it is small when compressed");
        assert_eq!(decoded.unwrap().spec.comment.len(), 100_000);
    }

    #[test]
    fn a_distribution_with_250_cache_behaviors_is_kept() {
        let behavior = |index: usize| {
            json!({
                "pathPattern": format!("/{index:x}/{}/*", index * index), "targetOriginId": "api",
                "viewerProtocolPolicy": "redirect-to-https", "compress": true,
                "allowedMethods": ["GET", "HEAD", "OPTIONS"], "cachedMethods": ["GET", "HEAD"],
                "managedCachePolicy": "CachingOptimized",
                "managedOriginRequestPolicy": "AllViewerExceptHostHeader",
            })
        };
        let origin = json!({ "id": "api", "domainName": "api.example.com" });
        let behaviors: Vec<Value> = (0..250).map(behavior).collect();
        let object = json!({
            "metadata": { "name": "www" },
            "spec": { "origins": [origin], "defaultCacheBehavior": behavior(0), "cacheBehaviors": behaviors },
        });
        let cached: CachedObject<Distribution> = serde_json::from_str(&object.to_string()).unwrap();
        assert!(cached.size() > 64 << 10, "{}", cached.size());
        assert!(cached.decode().is_some(), "{:?}", cached.body);
    }

    #[test]
    fn metadata_of_any_size_take_little_memory() {
        let finalizers: Vec<String> = (0..100)
            .map(|index| format!("example.com/finalizer-{index:020}"))
            .chain([FINALIZER.into()])
            .collect();
        let object = json!({
            "metadata": {
                "name": "www", "finalizers": finalizers,
                "annotations": { RECONCILE_REQUESTED_AT: "ü".repeat(1_000) },
            },
            "spec": { "comment": "" },
        });
        let cached: CachedObject<OriginAccessIdentity> =
            serde_json::from_str(&object.to_string()).unwrap();
        assert!(
            cached.decode().is_none(),
            "it is read for each reconciliation"
        );
        assert_eq!(cached.finalizers(), [FINALIZER]);
        assert_eq!(
            cached.annotations()[RECONCILE_REQUESTED_AT],
            "ü".repeat(256)
        );
    }

    /// Returns text of this length that does not compress.
    fn random_text(length: usize) -> String {
        let mut random = fastrand::Rng::with_seed(1);
        std::iter::repeat_with(|| random.alphanumeric())
            .take(length)
            .collect()
    }

    #[test]
    fn an_object_that_cannot_be_decoded_has_a_name_and_an_error() {
        let cached = object(&json!({ "comment": 5, "adoptId": "E2" }));
        assert_eq!(cached.name_any(), "www");
        assert_eq!(
            cached.decode().unwrap().unwrap_err(),
            "invalid type: integer `5`, expected a string"
        );
        let summary = cached.summary();
        assert_eq!(summary.id.as_deref(), Some("E1"), "it is not free");
        assert_eq!(summary.adopt_id.as_deref(), Some("E2"));
    }
}
