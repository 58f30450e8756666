//! Lists of the resources of a family, and of the distributions that use one.

use super::{
    Family,
    render::{self, Renderer},
    stages::Stage,
};
use crate::{
    api::{
        pagination::PageRequest,
        request::{ApiRequest, ApiResult},
    },
    error::ApiError,
    service::{ResourceView, Service},
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
    let render = |view, stage| {
        let renderer = Renderer::new(service, request, family, view).in_stage(stage);
        renderer.render(family.summary_shape())
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
        page.render(root, rows)
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

/// Lists the IDs of the distributions that use a resource.
pub(super) fn list_users(
    service: &Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
) -> Result<ApiResult, ApiError> {
    let page = PageRequest::parse(request, &service.state.switches)?;
    let id = request.path.values().next().map_or("", String::as_str);
    if !family.exists(&service.state, &request.account, id) {
        return Err(family.no_such_resource());
    }
    let account = service.account(&request.account).into_iter();
    let users = account
        .flat_map(|account| family.distributions_after(account, id, &page.marker, request.lag));
    let rows = users.map(|view| {
        let id = view.resource.id.clone();
        (id.clone(), Element::leaf("DistributionId", id))
    });
    Ok(ApiResult::with_body(
        page.render("DistributionIdList", rows),
    ))
}
