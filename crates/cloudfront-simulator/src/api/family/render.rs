//! Resources in responses, with the members that the service model declares.

use super::{Family, stages::Stage, status};
use crate::{
    api::request::ApiRequest,
    clock::format_iso8601,
    model::MODEL,
    service::{ResourceView, Service},
    xml::Element,
};

/// A resource that is converted to elements of responses.
#[derive(Clone, Copy)]
pub(super) struct Renderer<'a> {
    service: &'a Service,
    account: &'a str,
    family: &'static Family,
    view: ResourceView<'a>,
    stage: Option<Stage>,
}

impl<'a> Renderer<'a> {
    pub(super) fn new(
        service: &'a Service,
        request: &'a ApiRequest<'_>,
        family: &'static Family,
        view: ResourceView<'a>,
    ) -> Self {
        Self {
            service,
            account: &request.account,
            family,
            view,
            stage: None,
        }
    }

    /// Sets the stage of the version.
    pub(super) fn in_stage(self, stage: Option<Stage>) -> Self {
        Self { stage, ..self }
    }

    /// Returns an element of a shape, which is also the name of the element.
    pub(super) fn render(self, root: &str) -> Element {
        let shape = MODEL.shape(root);
        let names = shape.members.0.iter().map(|(name, _)| name.as_str());
        let members = names.filter_map(|name| {
            let required = || Element::leaf(name, "");
            let is_required = shape.required.iter().any(|required| required == name);
            self.member(name).or_else(|| is_required.then(required))
        });
        Element {
            children: members.collect(),
            ..Element::new(root)
        }
    }

    /// Renders a member: of the resource, or else of its configuration.
    fn member(self, name: &str) -> Option<Element> {
        let (family, resource, version) = (self.family, self.view.resource, self.view.version);
        match name {
            _ if family
                .attribute
                .is_some_and(|(attribute, _)| attribute == name) =>
            {
                Some(Element::leaf(name, &resource.name))
            }
            "Id" => Some(Element::leaf(name, &resource.id)),
            "Type" => Some(Element::leaf(name, type_of(family, &resource.id))),
            "ARN" | "FunctionARN" => {
                Some(Element::leaf(name, family.arn_of(self.account, resource)))
            }
            "Status" => self.status().map(|status| Element::leaf(name, status)),
            "Stage" => self.stage.map(|stage| Element::leaf(name, stage.name())),
            "CreatedTime" => Some(Element::leaf(name, format_iso8601(resource.created))),
            "LastModifiedTime" => Some(Element::leaf(name, format_iso8601(version.modified))),
            "FunctionMetadata" => Some(self.render(name)),
            _ if [family.resource_shape(), family.summary_shape()].contains(&name) => {
                Some(self.render(name))
            }
            _ if name == family.config => Some(version.config.clone().renamed(name)),
            _ => version.config.child(name).cloned(),
        }
    }

    /// Returns the status, if the resource has one.
    pub(super) fn status(self) -> Option<String> {
        let account = self.service.account(self.account);
        status::of(self.service, account, self.family, self.view, self.stage)
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
