//! An object in the reflector store, compressed: most objects are idle most of the time.

use crate::engine::{
    cache::{compressed::Compressed, object_summary::ObjectSummary},
    kind::Kind,
    kubernetes::partial_metadata::PartialMetadata,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::{borrow::Cow, marker::PhantomData};

/// An object as of the last event of the watch. This version's types may be unable to decode it.
#[derive(Clone, Debug)]
pub struct CachedObject<K: Kind> {
    metadata: ObjectMeta,
    /// The spec and the status, or why they cannot be decoded.
    body: Result<Compressed, String>,
    summary: ObjectSummary<K>,
    kind: PhantomData<fn() -> K>,
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

    /// Returns the whole object, or why it cannot be decoded.
    pub(crate) fn decode(&self) -> Result<K, String> {
        let text = self.body.as_ref().map_err(String::clone)?.decompress();
        let text = text.map_err(|error| error.to_string())?;
        parse(&text, &self.metadata)
    }
}

/// Parses an object with this body.
fn parse<K: Kind>(body: &[u8], metadata: &ObjectMeta) -> Result<K, String> {
    let mut object: K = serde_json::from_slice(body).map_err(|error| {
        // The position refers to a text that exists only here.
        let position = format!(" at line {} column {}", error.line(), error.column());
        error.to_string().replace(&position, "")
    })?;
    object.meta_mut().clone_from(metadata);
    Ok(object)
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
        let metadata = raw.metadata.into();
        let object = parse::<K>(text.as_bytes(), &metadata);
        let summary = object.as_ref().map(ObjectSummary::of).unwrap_or_default();
        let body = match object {
            Ok(_) => Ok(Compressed::new(text.as_bytes(), || text.clone())),
            Err(error) => Err(error),
        };
        Ok(Self {
            metadata,
            body,
            summary,
            kind: PhantomData,
        })
    }
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
    use crate::kinds::origin_access_identity::OriginAccessIdentity;
    use kube::ResourceExt;
    use serde_json::{Value, json};

    fn object(spec: &Value) -> CachedObject<OriginAccessIdentity> {
        let object = json!({
            "apiVersion": "cloudfront-operator.dev/v1alpha1",
            "kind": "OriginAccessIdentity",
            "metadata": {
                "name": "www",
                "annotations": { "kubectl.kubernetes.io/last-applied-configuration": "{}", "team": "edge" },
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
        let decoded = cached.decode().unwrap();
        assert_eq!(decoded.name_any(), "www");
        assert_eq!(decoded.spec.comment, "a \"b\" ü");
        assert_eq!(decoded.status.unwrap().observed_generation, Some(3));
        let annotations = decoded.metadata.annotations.unwrap();
        assert_eq!(annotations.into_keys().collect::<Vec<_>>(), ["team"]);
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
    fn an_object_that_cannot_be_decoded_has_a_name_and_an_error() {
        let cached = object(&json!({ "comment": 5 }));
        assert_eq!(cached.name_any(), "www");
        assert_eq!(
            cached.decode().unwrap_err(),
            "invalid type: integer `5`, expected a string"
        );
        assert_eq!(cached.summary().id, None);
    }
}
