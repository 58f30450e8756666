//! Lists of the resources of a family, and of the distributions that use one.

use super::{
    Family,
    render::{self, Renderer},
    stages::Stage,
};
use crate::{
    api::{
        distribution,
        pagination::PageRequest,
        request::{ApiRequest, ApiResult},
    },
    error::ApiError,
    service::{ResourceView, Service},
    switches::Switch,
    xml::Element,
};

/// Lists the resources that the account created, and those that AWS manages.
pub(super) fn list(
    service: &Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
) -> Result<ApiResult, ApiError> {
    let page = PageRequest::parse(request, &service.state.switches)?;
    let collection = family.collection();
    let account = service.account(&request.account);
    let created = account.and_then(|account| account.family(&collection));
    let created = created.into_iter();
    // The next row of a list with stages can be of the same resource.
    let after = if family.has_stages() {
        ""
    } else {
        &page.marker
    };
    let created = created.flat_map(|all| all.after(after, request.lag));
    let managed = (family.managed)().into_iter();
    let managed = managed.flat_map(|all| all.after(&page.marker, 0));
    let wanted = request.query_parameter("Type").unwrap_or_default();
    let is_wanted = |view: &ResourceView<'_>| {
        wanted.is_empty() || render::type_of(family, &view.resource.id) == wanted
    };
    let mut views: Vec<_> = created.chain(managed).filter(is_wanted).collect();
    views.sort_unstable_by(|a, b| a.resource.id.cmp(&b.resource.id));
    let status = request.query_parameter("Status").unwrap_or_default();
    let has_status = |view: &ResourceView<'_>| {
        let renderer = Renderer::new(service, request, family, *view);
        status.is_empty() || renderer.status().as_deref() == Some(status)
    };
    views.retain(has_status);
    let render = |view, stage| {
        let renderer = Renderer::new(service, request, family, view).in_stage(stage);
        let summary = renderer.render(family.summary_shape());
        summary.renamed(family.summary_name())
    };
    let root = family.list_shape();
    let views = views.into_iter();
    let body = if family.has_stages() {
        let rows = views
            .flat_map(|view| versions_in_stages(request, view))
            .map(|(view, stage)| (marker_of(view, stage), render(view, Some(stage))))
            .filter(|(marker, _)| marker_order(marker) > marker_order(&page.marker));
        page.render(root, rows)
    } else {
        let rows = views.map(|view| (view.resource.id.clone(), render(view, None)));
        let mut body = page.render(root, rows);
        if family.lists_total {
            let all = account.and_then(|account| account.family(&collection));
            let total = all.map_or(0, |all| all.after("", request.lag).count());
            body.set(Element::leaf("Quantity", total));
        }
        body
    };
    Ok(ApiResult::with_body(body))
}

/// Returns the versions of a resource in the stages that the request asks for.
fn versions_in_stages<'a>(
    request: &ApiRequest<'_>,
    view: ResourceView<'a>,
) -> Vec<(ResourceView<'a>, Stage)> {
    let wanted = request.query_parameter("Stage").unwrap_or_default();
    let stages = Stage::ALL.into_iter();
    stages
        .filter(|stage| wanted.is_empty() || stage.name() == wanted)
        .filter_map(|stage| Some((stage.of(view)?, stage)))
        .collect()
}

fn marker_of(view: ResourceView<'_>, stage: Stage) -> String {
    format!("{}/{}", view.resource.id, stage.name())
}

/// Returns the name and the stage in a marker, which have the order of the list.
fn marker_order(marker: &str) -> (&str, &str) {
    marker.split_once('/').unwrap_or((marker, ""))
}

/// Lists the distributions that use a resource, or their IDs.
pub(super) fn list_users(
    service: &Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
) -> Result<ApiResult, ApiError> {
    let page = PageRequest::parse(request, &service.state.switches)?;
    let id = request.path.values().next().map_or("", String::as_str);
    check_listed(service, request, family, id)?;
    let account = service.account(&request.account).into_iter();
    let users = account
        .flat_map(|account| family.distributions_after(account, id, &page.marker, request.lag));
    let root = request.operation.response_root.as_deref();
    let root = root.unwrap_or_default();
    let rows = users.map(|view| {
        let id = view.resource.id.clone();
        let row = if root == "DistributionList" {
            distribution::summary(service, &request.account, view)
        } else {
            Element::leaf("DistributionId", &id)
        };
        (id, row)
    });
    Ok(ApiResult::with_body(page.render(root, rows)))
}

/// Rejects the list of the users of an unknown resource. Without a code for it in the service model, the list is empty
/// unless a switch is on.
fn check_listed(
    service: &Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
    id: &str,
) -> Result<(), ApiError> {
    let error = family.no_such_resource();
    let is_known = family.is_listed(&service.state, &request.account, id);
    let switches = &service.state.switches;
    if is_known {
        Ok(())
    } else if request.operation.errors.contains(&error.code) {
        Err(error)
    } else if switches.is_on(Switch::UnknownLogConfigIsInvalidArgument) {
        Err(ApiError::invalid_argument(error.message))
    } else {
        Ok(())
    }
}
