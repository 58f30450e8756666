//! What the server itself keeps in an object's metadata: uid, generation, times, and the rules of finalizers.

use super::{defaults::add_defaults, response::ApiError, route::Route, store::Store};
use cloudfront_operator::{
    engine::{FINALIZER, Lifecycle},
    operator::kinds,
};
use serde_json::{Map, Value, json};

/// Members of the metadata that only the server sets.
const SERVER_MEMBERS: [&str; 5] = [
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
];

/// Prepares a new object.
pub(super) fn prepare_create(route: &Route, name: &str, object: &mut Value, store: &mut Store) {
    let resource = &route.resource;
    object["apiVersion"] = json!(resource.api_version());
    object["kind"] = json!(resource.kind);
    if resource.has_status
        && let Some(members) = object.as_object_mut()
    {
        members.remove("status");
    }
    if let Some(schema) = &resource.schema {
        add_defaults(object, schema);
    }
    let metadata = metadata_mut(object);
    for member in SERVER_MEMBERS {
        metadata.remove(member);
    }
    metadata.insert("name".into(), json!(name));
    metadata.insert("namespace".into(), json!(route.namespace));
    metadata.insert("uid".into(), json!(store.new_uid()));
    metadata.insert("creationTimestamp".into(), json!(store.timestamp()));
    if resource.schema.is_some() {
        metadata.insert("generation".into(), json!(1));
    }
}

/// Adds the finalizer and the keys of the tags to an object whose resource the operator creates, as `policies/finalizer.yaml` does.
pub(super) fn apply_finalizer_policy(object: &mut Value) {
    let managed = kinds().into_iter();
    let mut managed = managed.filter(|it| it.api.lifecycle == Lifecycle::Managed);
    let is_matched = managed.any(|it| object["kind"] == it.kind);
    if !is_matched || object["spec"]["adoptId"].is_string() {
        return;
    }
    let tags = object["spec"]["tags"].as_object();
    let keys: Vec<String> = tags
        .into_iter()
        .flatten()
        .map(|(key, _)| key.clone())
        .collect();
    let metadata = metadata_mut(object);
    let finalizers = metadata.entry("finalizers").or_insert(json!([]));
    if let Some(finalizers) = finalizers.as_array_mut() {
        finalizers.push(json!(FINALIZER));
    }
    if !keys.is_empty() {
        let annotations = metadata.entry("annotations").or_insert(json!({}));
        annotations["cloudfront-operator.dev/created-tags"] = json!(json!(keys).to_string());
    }
}

/// Applies to a changed object what the server does not let clients change, and counts its generation.
pub(super) fn prepare_update(
    route: &Route,
    before: &Value,
    object: &mut Value,
) -> Result<(), ApiError> {
    let resource = &route.resource;
    if route.is_status {
        let status = object.get("status").cloned();
        *object = before.clone();
        set_member(object, "status", status);
    } else if resource.has_status {
        set_member(object, "status", before.get("status").cloned());
    }
    if let Some(schema) = &resource.schema {
        add_defaults(object, schema);
    }
    let is_changed =
        resource.schema.is_some() && !route.is_status && is_spec_changed(before, object);
    let generation = before["metadata"]["generation"].as_u64();
    let metadata = metadata_mut(object);
    for member in SERVER_MEMBERS {
        match before["metadata"].get(member) {
            Some(value) => drop(metadata.insert(member.into(), value.clone())),
            None => drop(metadata.remove(member)),
        }
    }
    if let Some(generation) = generation.filter(|_| is_changed) {
        metadata.insert("generation".into(), json!(generation + 1));
    }
    metadata.insert(
        "resourceVersion".into(),
        before["metadata"]["resourceVersion"].clone(),
    );
    check_finalizers(route, before, object)
}

/// Marks an object as being deleted.
pub(super) fn mark_deleted(object: &mut Value, now: &str) {
    let metadata = metadata_mut(object);
    metadata.insert("deletionTimestamp".into(), json!(now));
    metadata.insert("deletionGracePeriodSeconds".into(), json!(0));
    if let Some(generation) = metadata.get("generation").and_then(Value::as_u64) {
        metadata.insert("generation".into(), json!(generation + 1));
    }
}

pub(super) fn is_deleting(object: &Value) -> bool {
    object["metadata"]["deletionTimestamp"].is_string()
}

pub(super) fn finalizers(object: &Value) -> &[Value] {
    let finalizers = object["metadata"]["finalizers"].as_array();
    finalizers.map_or(&[], Vec::as_slice)
}

/// Rejects new finalizers on an object that is being deleted.
fn check_finalizers(route: &Route, before: &Value, object: &Value) -> Result<(), ApiError> {
    let old = finalizers(before);
    let added: Vec<&str> = finalizers(object)
        .iter()
        .filter(|it| !old.contains(it))
        .filter_map(Value::as_str)
        .collect();
    if !is_deleting(before) || added.is_empty() {
        return Ok(());
    }
    let cause = format!(
        "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers {added:?}"
    );
    let name = before["metadata"]["name"].as_str().unwrap_or_default();
    Err(ApiError::invalid(&route.resource, name, &cause))
}

/// Whether anything but metadata and status has changed.
fn is_spec_changed(before: &Value, object: &Value) -> bool {
    let members = |value: &Value| -> Map<String, Value> {
        let members = value.as_object().cloned().unwrap_or_default();
        let is_counted = |name: &str| name != "metadata" && name != "status";
        members
            .into_iter()
            .filter(|(name, _)| is_counted(name))
            .collect()
    };
    members(before) != members(object)
}

fn set_member(object: &mut Value, name: &str, value: Option<Value>) {
    let Some(members) = object.as_object_mut() else {
        return;
    };
    match value {
        Some(value) => drop(members.insert(name.into(), value)),
        None => drop(members.remove(name)),
    }
}

fn metadata_mut(object: &mut Value) -> &mut Map<String, Value> {
    let metadata = &mut object["metadata"];
    if !metadata.is_object() {
        *metadata = json!({});
    }
    metadata.as_object_mut().expect("it is an object")
}
