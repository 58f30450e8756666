//! An object as the watch showed it, in as few bytes as possible: nearly all objects are at rest nearly all the time.

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

/// An object as the watch last showed it. It may be one that this version's types cannot read.
#[derive(Clone, Debug)]
pub struct CachedObject<K: Kind> {
    metadata: ObjectMeta,
    /// Spec and status, or why they cannot be read.
    body: Result<Compressed, String>,
    summary: ObjectSummary<K>,
    kind: PhantomData<fn() -> K>,
}

/// The parts, of which two are not looked into.
#[derive(Deserialize)]
struct RawObject {
    metadata: PartialMetadata,
    spec: Option<Box<RawValue>>,
    status: Option<Box<RawValue>>,
}

impl<K: Kind> CachedObject<K> {
    /// What is asked of it without a pass.
    pub(crate) fn summary(&self) -> &ObjectSummary<K> {
        &self.summary
    }

    /// The whole object, or why it cannot be read.
    pub(crate) fn decode(&self) -> Result<K, String> {
        let text = self.body.as_ref().map_err(String::clone)?.decompress();
        let text = text.map_err(|error| error.to_string())?;
        read(&text, &self.metadata)
    }
}

/// The object with this body.
fn read<K: Kind>(body: &[u8], metadata: &ObjectMeta) -> Result<K, String> {
    let mut object: K = serde_json::from_slice(body).map_err(|error| {
        // The place is one in a text that nobody else has seen.
        let place = format!(" at line {} column {}", error.line(), error.column());
        error.to_string().replace(&place, "")
    })?;
    object.meta_mut().clone_from(metadata);
    Ok(object)
}

impl RawObject {
    /// Spec and status as an object without a name.
    fn body(&self) -> String {
        let part = |name: &str, value: &Option<Box<RawValue>>| {
            value
                .as_ref()
                .map(|value| format!(",\"{name}\":{}", value.get()))
                .unwrap_or_default()
        };
        let (spec, status) = (part("spec", &self.spec), part("status", &self.status));
        format!("{{\"metadata\":{{}}{spec}{status}}}")
    }
}

impl<'de, K: Kind> Deserialize<'de> for CachedObject<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts = RawObject::deserialize(deserializer)?;
        let text = parts.body();
        let metadata = parts.metadata.into();
        let object = read::<K>(text.as_bytes(), &metadata);
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
        // From text, as the watch reads it.
        serde_json::from_str(&object.to_string()).unwrap()
    }

    #[test]
    fn an_object_comes_back_without_what_is_kept_for_others() {
        let shown = object(&json!({ "comment": "a \"b\" ü", "adoptId": "E2" }));
        let opened = shown.decode().unwrap();
        assert_eq!(opened.name_any(), "www");
        assert_eq!(opened.spec.comment, "a \"b\" ü");
        assert_eq!(opened.status.unwrap().observed_generation, Some(3));
        let annotations = opened.metadata.annotations.unwrap();
        assert_eq!(annotations.into_keys().collect::<Vec<_>>(), ["team"]);
        assert_eq!(opened.metadata.managed_fields, None);
    }

    #[test]
    fn what_others_ask_is_known_without_opening_it() {
        let shown = object(&json!({ "comment": "text", "adoptId": "E2" }));
        let summary = shown.summary();
        assert_eq!(summary.id.as_deref(), Some("E1"));
        assert_eq!(summary.adopt_id.as_deref(), Some("E2"));
        assert_eq!(summary.conditions[0].labels.reason, "InSync");
        assert_eq!(summary.conditions[0].since, 60);
    }

    #[test]
    fn an_object_that_cannot_be_read_has_a_name_and_tells_why() {
        let shown = object(&json!({ "comment": 5 }));
        assert_eq!(shown.name_any(), "www");
        assert_eq!(
            shown.decode().unwrap_err(),
            "invalid type: integer `5`, expected a string"
        );
        assert_eq!(shown.summary().id, None);
    }
}
