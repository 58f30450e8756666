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
    definition::{KindDefinition, impl_resource},
    kubernetes::{partial_metadata::PartialMetadata, request::get},
    object::Object,
    panic::catch_call,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{Client, ResourceExt};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The maximum size in bytes of the finalizers of an object that is kept.
const MAX_FINALIZERS: usize = 2 << 10;

/// The maximum length of the error of an object that cannot be decoded. It can quote a value of the object.
const MAX_ERROR: usize = 1_000;

/// An object, or why the types of this version cannot decode it.
pub(crate) type Decoded = Result<Object, String>;

/// An object as of the last event of the watch.
#[derive(Clone, Debug)]
pub struct CachedObject {
    definition: &'static KindDefinition,
    metadata: ObjectMeta,
    body: Body,
    /// The size of the spec and the status as JSON.
    size: usize,
    summary: ObjectSummary,
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

/// An object as the API server sends it, whose spec and status are not parsed.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RawObject {
    #[serde(deserialize_with = "metadata")]
    metadata: ObjectMeta,
    spec: Option<Box<RawValue>>,
    status: Option<Box<RawValue>>,
}

fn metadata<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ObjectMeta, D::Error> {
    Ok(PartialMetadata::deserialize(deserializer)?.into())
}

impl CachedObject {
    /// Returns an object of a kind.
    pub(crate) fn new(definition: &'static KindDefinition, raw: RawObject) -> Self {
        let text = raw.body();
        let mut metadata = raw.metadata;
        let summary = summarize(definition, text.as_bytes(), &metadata);
        let body = match &summary {
            _ if drop_large_finalizers(&mut metadata) => Body::NotKept,
            Ok(_) => Compressed::new(text.as_bytes(), || text.clone())
                .map_or(Body::NotKept, Body::Compressed),
            Err(error) => Body::Undecodable(error.clone()),
        };
        Self {
            definition,
            metadata,
            body,
            size: text.len(),
            summary: summary
                .unwrap_or_else(|_| ids_only(raw.spec.as_deref(), raw.status.as_deref())),
        }
    }

    /// Parses an object as the API server sends it.
    pub fn parse(definition: &'static KindDefinition, json: &[u8]) -> serde_json::Result<Self> {
        Ok(Self::new(definition, serde_json::from_slice(json)?))
    }

    /// Returns an object as the watch shows it.
    #[cfg(test)]
    pub(crate) fn from_json(
        definition: &'static KindDefinition,
        object: &serde_json::Value,
    ) -> Self {
        let parsed = Self::parse(definition, object.to_string().as_bytes());
        parsed.expect("an object has metadata")
    }

    /// Returns the kind.
    pub(crate) fn definition(&self) -> &'static KindDefinition {
        self.definition
    }

    /// Returns the fields that can be read without decoding the object.
    pub(crate) fn summary(&self) -> &ObjectSummary {
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
    pub(crate) fn decode(&self) -> Option<Decoded> {
        let body = match &self.body {
            Body::NotKept => return None,
            Body::Undecodable(error) => return Some(Err(error.clone())),
            Body::Compressed(body) => body.decompress(),
        };
        let text = body.map_err(|error| error.to_string());
        Some(text.and_then(|text| parse(self.definition, &text, &self.metadata)))
    }

    /// Reads the whole object from the API server. `None`: it does not exist any more, even if a new object has its name.
    pub(crate) async fn read(&self, kube: &Client) -> Result<Option<Decoded>, kube::Error> {
        let raw = self.read_raw(kube).await?;
        Ok(raw.map(|raw| parse(self.definition, raw.body().as_bytes(), &raw.metadata)))
    }

    /// Reads an object that cannot be decoded as [`decode_for_deletion`] does.
    pub(crate) async fn read_for_deletion(
        &self,
        kube: &Client,
    ) -> Result<Option<Decoded>, kube::Error> {
        let raw = self.read_raw(kube).await?;
        Ok(raw.map(|raw| {
            let (spec, status) = (raw.spec.as_deref(), raw.status.as_deref());
            let body = decode_for_deletion(self.definition, spec, status)?;
            parse(self.definition, body.as_bytes(), &raw.metadata)
        }))
    }

    async fn read_raw(&self, kube: &Client) -> Result<Option<RawObject>, kube::Error> {
        let namespace = self.namespace();
        let raw: Option<RawObject> = get(
            self.definition,
            kube,
            namespace.as_deref(),
            &self.name_any(),
        )
        .await?;
        Ok(raw.filter(|raw| raw.metadata.uid == self.metadata.uid))
    }
}

/// Parses an object with this body.
fn parse(definition: &'static KindDefinition, body: &[u8], metadata: &ObjectMeta) -> Decoded {
    Object::parse(definition, metadata, body).map_err(|error| {
        // The position refers to a text that exists only here.
        let position = format!(" at line {} column {}", error.line(), error.column());
        let error = error.to_string().replace(&position, "");
        error.chars().take(MAX_ERROR).collect::<String>()
    })
}

/// Decodes an object, and returns its summary. A panic of the kind's code is an error of this object only: the watch of all objects
/// runs this.
fn summarize(
    definition: &'static KindDefinition,
    body: &[u8],
    metadata: &ObjectMeta,
) -> Result<ObjectSummary, String> {
    let summary = catch_call(|| Ok(ObjectSummary::of(&parse(definition, body, metadata)?)));
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

impl_resource!(CachedObject);

impl_resource!(RawObject);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{
        Kind,
        api::{RECONCILE_REQUESTED_AT, RECREATE_COUNT},
    };
    use crate::kinds::{distribution::Distribution, origin_access_identity::OriginAccessIdentity};
    use kube::Resource;
    use serde_json::{Value, json};

    fn object(spec: &Value) -> CachedObject {
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
        CachedObject::from_json(OriginAccessIdentity::DEFINITION, &object)
    }

    fn comment(object: &Object) -> String {
        let spec = object.typed.spec().expect("a spec is JSON");
        spec["comment"].as_str().expect("a text").to_owned()
    }

    #[test]
    fn an_object_decodes_to_itself_without_metadata_of_other_clients() {
        let cached = object(&json!({ "comment": "a \"b\" ü", "adoptId": "E2" }));
        let decoded = cached.decode().unwrap().unwrap();
        assert_eq!(decoded.name_any(), "www");
        assert_eq!(comment(&decoded), "a \"b\" ü");
        assert_eq!(decoded.status().unwrap().observed_generation, Some(3));
        let annotations = decoded.annotations().keys();
        assert_eq!(annotations.collect::<Vec<_>>(), [RECREATE_COUNT]);
        assert_eq!(decoded.meta().managed_fields, None);
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
        assert_eq!(comment(&decoded.unwrap()).len(), 100_000);
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
        let cached = CachedObject::from_json(Distribution::DEFINITION, &object);
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
        let cached = CachedObject::from_json(OriginAccessIdentity::DEFINITION, &object);
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
