//! Objects and resources for the tests of the steps.

use crate::{
    cloudfront::CloudFrontError,
    engine::{
        api::{outcome::Outcome, reference::ResolvedReferences},
        definition::KindDefinition,
        kind::Kind,
        object::Object,
        object_state::PendingStatus,
        reconcile::{
            reconciliation::Subject,
            resolve::{Inputs, SpecHashes},
        },
        remote::resource::Remote,
    },
    kinds::{
        distribution::Distribution, invalidation::Invalidation,
        origin_access_identity::OriginAccessIdentity,
    },
    xml::Element,
};
use serde_json::{Value, json};

/// The uid of every object here, which is its first caller reference.
pub(super) const UID: &str = "8f3c";

/// Returns an object of generation 2. `parts` are merged into it.
fn object(definition: &'static KindDefinition, spec: &Value, parts: &Value) -> Object {
    let mut object = json!({
        "metadata": {
            "name": "www", "namespace": "shop", "uid": UID, "generation": 2,
            "resourceVersion": "10", "finalizers": ["cloudfront-operator.dev/finalizer"],
        },
        "spec": spec,
    });
    merge(&mut object, parts);
    from_json(definition, &object)
}

/// Returns an object of a kind.
pub(super) fn from_json(definition: &'static KindDefinition, object: &Value) -> Object {
    let metadata = serde_json::from_value(object["metadata"].clone()).expect("metadata");
    let body = object.to_string();
    let object = Object::parse(definition, &metadata, body.as_bytes());
    object.expect("the test describes a valid object")
}

fn merge(target: &mut Value, parts: &Value) {
    match (target, parts) {
        (Value::Object(target), Value::Object(parts)) => {
            for (key, part) in parts {
                merge(target.entry(key).or_insert(Value::Null), part);
            }
        }
        (target, part) => target.clone_from(part),
    }
}

pub(super) fn subject(object: Object) -> Subject {
    Subject::new(object, &PendingStatus::default(), false)
}

/// Returns an identity, whose comment is `new`.
pub(super) fn identity(parts: &Value) -> Subject {
    let spec = json!({ "comment": "new" });
    subject(object(OriginAccessIdentity::DEFINITION, &spec, parts))
}

/// Returns a distribution with a tag and an identity that it references.
pub(super) fn distribution(parts: &Value) -> Subject {
    let tags = json!({ "spec": { "tags": { "team": "web" } } });
    untagged_distribution(&both(tags, parts))
}

/// Returns the same distribution without the tag.
pub(super) fn untagged_distribution(parts: &Value) -> Subject {
    let spec = json!({
        "origins": [{
            "id": "bucket", "domainName": "site.s3.amazonaws.com",
            "s3OriginConfig": { "originAccessIdentityRef": { "name": "site" } },
        }],
        "defaultCacheBehavior": {
            "targetOriginId": "bucket", "viewerProtocolPolicy": "allow-all", "cachePolicyId": "p",
        },
    });
    subject(object(Distribution::DEFINITION, &spec, parts))
}

/// Returns a one-shot object that references a distribution.
pub(super) fn invalidation(parts: &Value) -> Subject {
    let spec = json!({ "distributionRef": { "name": "www" }, "paths": ["/*"] });
    subject(object(Invalidation::DEFINITION, &spec, parts))
}

/// The parts of an object that is being deleted.
pub(super) fn deleting() -> Value {
    json!({ "metadata": { "deletionTimestamp": "2026-01-01T00:00:00Z" } })
}

/// The parts of an object whose status has the verified id `E1` and a condition `Ready`.
pub(super) fn recorded(ready: &str, reason: &str) -> Value {
    json!({ "status": {
        "id": "E1", "etag": "A", "callerReference": UID, "appliedGeneration": 2,
        "conditions": [condition("Ready", ready, reason)],
    } })
}

pub(super) fn condition(type_: &str, status: &str, reason: &str) -> Value {
    json!({
        "type": type_, "status": status, "reason": reason, "message": "m", "observedGeneration": 2,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    })
}

/// Merges the parts of an object.
pub(super) fn both(mut first: Value, second: &Value) -> Value {
    merge(&mut first, second);
    first
}

/// Returns an identity in CloudFront.
pub(super) fn remote(id: &str, caller_reference: &str, comment: &str) -> Remote {
    let config = Element::new(OriginAccessIdentity::API.config)
        .with(Element::leaf("CallerReference", caller_reference))
        .with(Element::leaf("Comment", comment));
    Remote {
        id: id.into(),
        etag: "A".into(),
        document: Element::new("CloudFrontOriginAccessIdentity")
            .with(Element::leaf("Id", id))
            .with(config),
    }
}

/// Returns the same, with CloudFront's deployment status.
pub(super) fn with_status(mut remote: Remote, status: &str) -> Remote {
    remote.document.push(Element::leaf("Status", status));
    remote
}

/// Returns what step `resolve` returns for a spec without references.
pub(super) fn inputs(subject: &Subject) -> Inputs {
    let references = ResolvedReferences::default();
    Inputs {
        collection: subject.api().collection.into(),
        hashes: SpecHashes::of(subject, &references),
        references,
    }
}

pub(super) fn refused(operation: &'static str, status: u16, code: &str) -> CloudFrontError {
    CloudFrontError::refused(operation, status, code, "no")
}

/// Returns an outcome as `Variant(Reason)`.
pub(super) fn shape(outcome: &Outcome) -> String {
    let text = format!("{outcome:?}");
    let variant = text
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    match outcome.reason() {
        Some(reason) => format!("{variant}({reason})"),
        None => variant.to_owned(),
    }
}
