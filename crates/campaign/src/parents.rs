//! Resources that are identified by their parents, or by the domain names of other resources. Those of parents have the ids of other resources,
//! so the campaigns know them by names with the last part of their path, such as `monitoring-subscription/E1`, which the simulator accepts as
//! well.

use cloudfront_operator::{
    engine::{Identity, InputSource, KindDefinition},
    operator::kinds,
};
use serde_json::Value;

/// Returns the last part of the path of the resources of a kind, if their parents identify them.
fn segment(kind: &KindDefinition) -> Option<&'static str> {
    let is_identified = matches!(kind.api.identity, Identity::Parent { .. });
    kind.api
        .collection
        .rsplit('/')
        .next()
        .filter(|_| is_identified)
}

fn segments() -> impl Iterator<Item = (&'static KindDefinition, &'static str)> {
    let kinds = kinds().into_iter();
    kinds.filter_map(|kind| Some((kind, segment(kind)?)))
}

/// Returns the name of a resource in one of the simulator's collections. For other kinds it is the id.
pub(crate) fn id_in_collection(collection: &str, id: &str) -> String {
    let mut own = segments().map(|(_, segment)| segment);
    let own = own.find(|segment| format!("{}s", segment.replace('-', "_")) == collection);
    name(own, id)
}

/// Returns the name of the resource that an operation is about.
pub(crate) fn id_of_operation(operation: &str, id: &str) -> String {
    name(segment_of_operation(operation), id)
}

/// Whether an operation is about a resource that its parent identifies. It is updated by a repeated create, and no list has it.
pub(crate) fn is_identified_by_parent(operation: &str) -> bool {
    segment_of_operation(operation).is_some()
}

/// Whether an operation is about a resource that another one identifies, which a watch can show later than the operation.
pub(crate) fn is_identified_by_other(operation: &str) -> bool {
    let mut kinds = kinds().into_iter();
    is_identified_by_parent(operation)
        || kinds.any(|kind| {
            matches!(kind.api.identity, Identity::UniqueText { .. })
                && operation.ends_with(kind.api.name)
        })
}

/// Returns the name of the resource of an object.
pub fn id_of_object(object: &Value, id: &str) -> String {
    name(of_object(object).map(|(_, segment)| segment), id)
}

/// Returns what identifies a resource whose name has the id of its parent: the name of the object of that parent.
pub(crate) fn key(id: &str, owner_of: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (segment, parent) = id.split_once('/')?;
    Some(key_of(segment, &owner_of(parent)?))
}

/// Returns the same for a resource with the domain name of another one in its configuration.
pub(crate) fn key_in_config(
    config: &str,
    owner_of: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let mut hosted = kinds().into_iter().filter_map(|kind| {
        let Identity::UniqueText { path, .. } = kind.api.identity else {
            return None;
        };
        let host = element(config, path.last()?)?;
        Some(key_of(kind.api.collection, &owner_of(&host)?))
    });
    hosted.next()
}

/// Returns the same for the resource of an object, which names the object of the parent.
pub(crate) fn key_of_object(object: &Value) -> Option<String> {
    let kind = kinds().into_iter().find(|it| object["kind"] == it.kind)?;
    let segment = match kind.api.identity {
        Identity::UniqueText { .. } => kind.api.collection,
        _ => segment(kind)?,
    };
    let mut inputs = kind.inputs.iter();
    inputs.find_map(|input| {
        let sibling = &object["spec"][input.source_name()];
        let (parent, name) = match input.source {
            InputSource::Object { kind, .. } => (kind, &sibling["name"]),
            InputSource::Objects { kind, .. } => (kind, &sibling[0]["name"]),
            InputSource::Value(_) | InputSource::Documents | InputSource::Name { .. } => {
                return None;
            }
        };
        Some(key_of(segment, &format!("{parent}/{}", name.as_str()?)))
    })
}

/// Whether the resource of an object has the id of its parent.
pub(crate) fn has_id_of_parent(object: &Value) -> bool {
    of_object(object).is_some()
}

/// Returns the text of the first element with a name.
pub(crate) fn element(document: &str, name: &str) -> Option<String> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.to_owned())
}

/// Returns the name of the resource at a path.
pub(crate) fn id_in_path(path: &str) -> Option<String> {
    let path = path.split('?').next()?;
    let (parent, last) = path.rsplit_once('/')?;
    let (_, segment) = segments().find(|(_, segment)| *segment == last)?;
    Some(name(Some(segment), parent.rsplit('/').next()?))
}

fn segment_of_operation(operation: &str) -> Option<&'static str> {
    let (_, segment) = segments().find(|(kind, _)| operation.ends_with(kind.api.name))?;
    Some(segment)
}

fn of_object(object: &Value) -> Option<(&'static KindDefinition, &'static str)> {
    segments().find(|(kind, _)| object["kind"] == kind.kind)
}

fn key_of(segment: &str, parent: &str) -> String {
    format!("{segment} of {parent}")
}

fn name(segment: Option<&str>, id: &str) -> String {
    match segment {
        Some(segment) => format!("{segment}/{id}"),
        None => id.to_owned(),
    }
}
