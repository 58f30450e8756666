//! Resources that are identified by their parents. They have the ids of other resources, so the campaigns know them by names with the last
//! part of their path, such as `monitoring-subscription/E1`, which the simulator accepts as well.

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

/// Returns the name of the resource of an object.
pub fn id_of_object(object: &Value, id: &str) -> String {
    name(of_object(object).map(|(_, segment)| segment), id)
}

/// Returns what identifies a resource whose name has the id of its parent: the name of the object of that parent.
pub(crate) fn key(id: &str, owner_of: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (segment, parent) = id.split_once('/')?;
    Some(key_of(segment, &owner_of(parent)?))
}

/// Returns the same for the resource of an object, which names the object of the parent.
pub(crate) fn key_of_object(object: &Value) -> Option<String> {
    let (kind, segment) = of_object(object)?;
    let mut inputs = kind.inputs.iter();
    inputs.find_map(|input| {
        let InputSource::Object { kind: parent, .. } = input.source else {
            return None;
        };
        let name = object["spec"][input.source_name()]["name"].as_str()?;
        Some(key_of(segment, &format!("{parent}/{name}")))
    })
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
