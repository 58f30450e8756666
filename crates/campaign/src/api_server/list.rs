//! Lists, in pages of one snapshot.

use super::{
    response::ApiError,
    route::Route,
    store::{ObjectKey, Objects, Store},
};
use http::StatusCode;
use serde_json::{Value, json};
use std::{ops::Bound, sync::Arc};

/// The position after a page: the revision of the first page, and the last key so far.
struct Position {
    revision: u64,
    last: Option<ObjectKey>,
}

pub(super) fn list(route: &Route, store: &mut Store) -> Result<(StatusCode, Value), ApiError> {
    let token = route.query.get("continue").filter(|it| !it.is_empty());
    let position = match token {
        Some(token) => parse_token(token)?,
        None => Position {
            revision: store.revision(),
            last: None,
        },
    };
    let objects = match store.snapshots.get(&position.revision) {
        Some(snapshot) => snapshot.clone(),
        None if token.is_none() => store.objects().clone(),
        None => return Err(ApiError::expired()),
    };
    let limit = limit(route)?;
    let mut rest = selected(route, &objects, position.last.as_ref());
    let page: Vec<(&ObjectKey, &Arc<Value>)> = rest.by_ref().take(limit).collect();
    let remaining = rest.count();
    let mut metadata = json!({ "resourceVersion": position.revision.to_string() });
    if let Some((key, _)) = page.last().filter(|_| remaining > 0) {
        metadata["continue"] = json!(token_after(position.revision, key));
        metadata["remainingItemCount"] = json!(remaining);
    }
    let answer = json!({
        "kind": format!("{}List", route.resource.kind),
        "apiVersion": route.resource.api_version(),
        "metadata": metadata,
        "items": page.iter().map(|(_, object)| object.as_ref()).collect::<Vec<_>>(),
    });
    if remaining > 0 {
        store.snapshots.insert(position.revision, objects);
    }
    Ok((StatusCode::OK, answer))
}

/// Returns the objects of a list after a key, in the order of their namespaces and names.
fn selected<'a>(
    route: &'a Route,
    objects: &'a Objects,
    after: Option<&ObjectKey>,
) -> impl Iterator<Item = (&'a ObjectKey, &'a Arc<Value>)> {
    let start = after.map_or(Bound::Unbounded, |key| Bound::Excluded(key.clone()));
    let all = objects.range((start, Bound::Unbounded));
    all.filter(move |(key, _)| is_selected(route, key))
}

/// Whether a list or a watch has this object.
pub(super) fn is_selected(route: &Route, key: &ObjectKey) -> bool {
    let (plural, group, namespace, _) = key;
    *plural == route.resource.plural
        && *group == route.resource.group
        && route.namespace.as_ref().is_none_or(|it| it == namespace)
}

fn limit(route: &Route) -> Result<usize, ApiError> {
    let Some(limit) = route.query.get("limit") else {
        return Ok(usize::MAX);
    };
    match limit.parse() {
        Ok(0) => Ok(usize::MAX),
        Ok(limit) => Ok(limit),
        Err(_) => Err(ApiError::bad_request("limit is not a number")),
    }
}

/// No name in a key has an underscore, and a query needs no encoding for one.
fn token_after(revision: u64, key: &ObjectKey) -> String {
    let (plural, group, namespace, name) = key;
    format!("{revision}_{plural}_{group}_{namespace}_{name}")
}

fn parse_token(token: &str) -> Result<Position, ApiError> {
    let parts: Vec<&str> = token.split('_').collect();
    let parsed = match parts[..] {
        [revision, plural, group, namespace, name] => revision.parse().ok().map(|revision| {
            let key = (plural.into(), group.into(), namespace.into(), name.into());
            Position {
                revision,
                last: Some(key),
            }
        }),
        _ => None,
    };
    parsed.ok_or_else(|| ApiError::bad_request("continue key is not valid"))
}
