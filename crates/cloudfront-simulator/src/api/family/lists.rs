//! Lists of the resources of a family, and of the distributions that use one.

use super::{Family, render};
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
    let created = created.flat_map(|all| all.after(&page.marker, request.lag));
    let managed = (family.managed)().into_iter();
    let managed = managed.flat_map(|all| all.after(&page.marker, 0));
    let wanted = request.query_parameter("Type").unwrap_or_default();
    let is_wanted = |view: &ResourceView<'_>| {
        wanted.is_empty() || render::type_of(family, &view.resource.id) == wanted
    };
    let mut views: Vec<_> = created.chain(managed).filter(is_wanted).collect();
    views.sort_unstable_by(|a, b| a.resource.id.cmp(&b.resource.id));
    let rows = views.into_iter();
    let rows = rows.map(|view| (view.resource.id.clone(), render::summary(family, view)));
    Ok(ApiResult::with_body(page.render(family.list_shape(), rows)))
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
