//! Monitoring subscriptions: at most one of each distribution.

use super::{
    distribution,
    preconditions::new_version,
    request::{ApiRequest, ApiResult},
    tags::Tags,
};
use crate::{
    error::ApiError,
    service::{MONITORING_SUBSCRIPTIONS, Resource, Service},
    switches::Switch,
    xml::Element,
};

/// Creates a subscription, or replaces the current one (FACTS.md, monitoring).
pub(super) fn create(
    service: &mut Service,
    request: &ApiRequest<'_>,
    config: Element,
) -> Result<ApiResult, ApiError> {
    let id = distribution_id(service, request)?;
    let exists = find(service, request, &id, 0).is_ok();
    if exists
        && service
            .state
            .switches
            .is_on(Switch::RefuseRepeatedSubscription)
    {
        let message = "A monitoring subscription already exists for the specified distribution.";
        return Err(ApiError::new(
            "MonitoringSubscriptionAlreadyExists",
            message,
        ));
    }
    let version = new_version(service, config.clone());
    let account = service.account_mut(&request.account);
    let all = account.family_mut(MONITORING_SUBSCRIPTIONS);
    if exists {
        all.update(&id, version);
    } else {
        let resource = Resource::new(id, String::new(), "", Tags::new());
        all.insert(resource, version);
    }
    Ok(ApiResult {
        committed: true,
        ..ApiResult::with_body(config)
    })
}

pub(super) fn get(service: &Service, request: &ApiRequest<'_>) -> Result<ApiResult, ApiError> {
    let id = distribution_id(service, request)?;
    let config = find(service, request, &id, request.lag)?;
    Ok(ApiResult::with_body(config.clone()))
}

pub(super) fn delete(
    service: &mut Service,
    request: &ApiRequest<'_>,
) -> Result<ApiResult, ApiError> {
    let id = distribution_id(service, request)?;
    find(service, request, &id, 0)?;
    let account = service.account_mut(&request.account);
    account.family_mut(MONITORING_SUBSCRIPTIONS).delete(&id);
    Ok(ApiResult {
        committed: true,
        ..ApiResult::default()
    })
}

/// Returns the ID of the distribution, which must exist.
fn distribution_id(service: &Service, request: &ApiRequest<'_>) -> Result<String, ApiError> {
    let id = request
        .path
        .get("DistributionId")
        .map_or("", String::as_str);
    distribution::find(service, request, id, 0)?;
    Ok(id.to_owned())
}

fn find<'s>(
    service: &'s Service,
    request: &ApiRequest<'_>,
    id: &str,
    lag: u64,
) -> Result<&'s Element, ApiError> {
    let account = service.account(&request.account);
    let all = account.and_then(|account| account.family(MONITORING_SUBSCRIPTIONS));
    let view = all.and_then(|all| all.get(id, lag));
    let message = "A monitoring subscription does not exist for the specified distribution.";
    let error = || ApiError::new("NoSuchMonitoringSubscription", message);
    view.map(|view| &view.version.config).ok_or_else(error)
}
