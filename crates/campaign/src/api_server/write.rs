//! Requests for one object: get, create, update, patch and delete.

use super::{
    metadata::{
        apply_finalizer_policy, finalizers, is_deleting, mark_deleted, prepare_create,
        prepare_update,
    },
    response::ApiError,
    route::Route,
    store::{ObjectKey, Store, key},
};
use http::StatusCode;
use serde_json::{Value, json};

type Answer = Result<(StatusCode, Value), ApiError>;

pub(super) fn execute(route: &Route, body: &[u8], store: &mut Store) -> Answer {
    match (route.verb, &route.name) {
        ("create", _) => create(route, parse(body)?, store),
        (_, None) => Err(ApiError::unknown_path()),
        ("get", Some(name)) => {
            existing(route, name, store).map(|(_, object)| (StatusCode::OK, object))
        }
        ("update", Some(name)) => update(route, name, parse(body)?, store),
        ("patch", Some(name)) => patch(route, name, &parse(body)?, store),
        (_, Some(name)) => delete(route, name, body, store),
    }
}

fn create(route: &Route, mut object: Value, store: &mut Store) -> Answer {
    let name = object["metadata"]["name"].as_str().map(String::from);
    let name = match name {
        Some(name) => name,
        None => generated_name(&object, store)?,
    };
    let key = object_key(route, &name);
    if store.get(&key).is_some() {
        return Err(ApiError::already_exists(&route.resource, &name));
    }
    prepare_create(route, &name, &mut object, store);
    if store.has_finalizer_policy {
        apply_finalizer_policy(&mut object);
    }
    Ok((StatusCode::CREATED, store.put(key, object).as_ref().clone()))
}

fn generated_name(object: &Value, store: &Store) -> Result<String, ApiError> {
    match object["metadata"]["generateName"].as_str() {
        Some(prefix) => Ok(format!("{prefix}{:x}", store.revision())),
        None => Err(ApiError::bad_request("name or generateName is required")),
    }
}

fn update(route: &Route, name: &str, object: Value, store: &mut Store) -> Answer {
    let (key, before) = existing(route, name, store)?;
    check_preconditions(route, name, &before, &object["metadata"])?;
    replace(route, key, &before, object, store)
}

fn patch(route: &Route, name: &str, patch: &Value, store: &mut Store) -> Answer {
    if route.content_type != "application/merge-patch+json" {
        let message = format!("the model has no patch of type {}", route.content_type);
        return Err(ApiError::bad_request(&message));
    }
    let (key, before) = existing(route, name, store)?;
    check_preconditions(route, name, &before, &patch["metadata"])?;
    let mut object = before.clone();
    json_patch::merge(&mut object, patch);
    replace(route, key, &before, object, store)
}

/// Stores a changed object. An object without a change keeps its version; one that lost its last finalizer while it is being deleted is
/// removed. Watches then report the object as it was stored, which still has the finalizer.
fn replace(
    route: &Route,
    key: ObjectKey,
    before: &Value,
    mut object: Value,
    store: &mut Store,
) -> Answer {
    prepare_update(route, before, &mut object)?;
    if object == *before {
        return Ok((StatusCode::OK, object));
    }
    if is_deleting(&object) && finalizers(&object).is_empty() {
        store.remove(key, before.clone());
        return Ok((StatusCode::OK, object));
    }
    Ok((StatusCode::OK, store.put(key, object).as_ref().clone()))
}

fn delete(route: &Route, name: &str, body: &[u8], store: &mut Store) -> Answer {
    let (key, mut object) = existing(route, name, store)?;
    if !body.is_empty() {
        check_preconditions(route, name, &object, &parse(body)?["preconditions"])?;
    }
    if !finalizers(&object).is_empty() {
        if is_deleting(&object) {
            return Ok((StatusCode::OK, object));
        }
        mark_deleted(&mut object, &store.timestamp());
        return Ok((StatusCode::OK, store.put(key, object).as_ref().clone()));
    }
    let status = json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {
            "name": name,
            "group": route.resource.group,
            "kind": route.resource.plural,
            "uid": object["metadata"]["uid"],
        },
    });
    store.remove(key, object);
    Ok((StatusCode::OK, status))
}

/// Compares the uid and the resource version that a request names with those of the object. A write of the status cannot be bound to a
/// uid: kube-apiserver takes the metadata of the stored object before it compares them.
fn check_preconditions(
    route: &Route,
    name: &str,
    object: &Value,
    required: &Value,
) -> Result<(), ApiError> {
    let present = &object["metadata"];
    let differs =
        |member: &str| required[member].is_string() && required[member] != present[member];
    if differs("uid") && !route.is_status {
        return Err(other_uid(route, name, present, &required["uid"]));
    }
    if differs("resourceVersion") {
        return Err(ApiError::modified(&route.resource, name));
    }
    Ok(())
}

/// Returns the error of a request that names another uid. A patch changes the uid in it, which is immutable.
fn other_uid(route: &Route, name: &str, present: &Value, required: &Value) -> ApiError {
    let required = required.as_str().unwrap_or_default();
    if route.verb == "patch" {
        let cause = format!("metadata.uid: Invalid value: \"{required}\": field is immutable");
        return ApiError::invalid(&route.resource, name, &cause);
    }
    let present = present["uid"].as_str().unwrap_or_default();
    let cause = format!(
        "Precondition failed: UID in precondition: {required}, UID in object meta: {present}"
    );
    ApiError::conflict(&route.resource, name, &cause)
}

fn existing(route: &Route, name: &str, store: &Store) -> Result<(ObjectKey, Value), ApiError> {
    let key = object_key(route, name);
    match store.get(&key) {
        Some(object) => Ok((key, object.as_ref().clone())),
        None => Err(ApiError::not_found(&route.resource, name)),
    }
}

fn object_key(route: &Route, name: &str) -> ObjectKey {
    let namespace = route.namespace.as_deref().unwrap_or_default();
    key(&route.resource, namespace, name)
}

fn parse(body: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(body).map_err(|error| ApiError::bad_request(&error.to_string()))
}
