//! Resources in responses, with the members that the service model declares.

use super::Family;
use crate::{clock::format_iso8601, model::MODEL, service::ResourceView, xml::Element};

pub(super) fn resource(family: &Family, view: ResourceView<'_>) -> Element {
    render(family, family.resource_shape(), view)
}

pub(super) fn summary(family: &Family, view: ResourceView<'_>) -> Element {
    render(family, family.summary_shape(), view)
}

fn render(family: &Family, root: &str, view: ResourceView<'_>) -> Element {
    let shape = MODEL.shape(root);
    let names = shape.members.0.iter().map(|(name, _)| name.as_str());
    let members = names.filter_map(|name| {
        let required = || Element::leaf(name, "");
        let is_required = shape.required.iter().any(|required| required == name);
        member(family, name, view).or_else(|| is_required.then(required))
    });
    Element {
        children: members.collect(),
        ..Element::new(root)
    }
}

/// Renders a member: of the resource, or else of its configuration.
fn member(family: &Family, name: &str, view: ResourceView<'_>) -> Option<Element> {
    let (resource, version) = (view.resource, view.version);
    match name {
        "Id" => Some(Element::leaf(name, &resource.id)),
        "Type" => Some(Element::leaf(name, type_of(family, &resource.id))),
        "CreatedTime" => Some(Element::leaf(name, format_iso8601(resource.created))),
        "LastModifiedTime" => Some(Element::leaf(name, format_iso8601(version.modified))),
        _ if name == family.resource_shape() => Some(self::resource(family, view)),
        _ if name == family.config => Some(version.config.clone().renamed(name)),
        _ if family
            .attribute
            .is_some_and(|(attribute, _)| attribute == name) =>
        {
            Some(Element::leaf(name, &resource.name))
        }
        _ => version.config.child(name).cloned(),
    }
}

/// Returns the type of a policy.
pub(super) fn type_of(family: &Family, id: &str) -> &'static str {
    if family.find_managed(id).is_some() {
        "managed"
    } else {
        "custom"
    }
}
