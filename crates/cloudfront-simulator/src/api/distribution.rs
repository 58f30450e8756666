//! Distributions.

use super::{
    continuous_deployment::{self, POLICY_ID},
    defaults, ordering,
    pagination::PageRequest,
    preconditions::{
        check_caller_reference, check_if_match, check_quota, check_texts, claim_aliases,
        new_version,
    },
    request::{ApiRequest, ApiResult},
    tags::{self, Tags},
    validation::{self, ValidationContext},
};
use crate::{
    error::ApiError,
    quotas::STAGING_DISTRIBUTIONS,
    service::{MONITORING_SUBSCRIPTIONS, Resource, ResourceView, Service},
    switches::Switch,
    xml::Element,
};

mod render;

pub(super) use render::{active_trusted_signers, summary};

const QUOTA: &str = "TooManyDistributions";

pub(super) fn create_with_tags(
    service: &mut Service,
    request: &ApiRequest<'_>,
    mut body: Element,
) -> Result<ApiResult, ApiError> {
    let tags = tags::parse(&body.remove("Tags").unwrap_or_default())?;
    create(
        service,
        request,
        body.remove("DistributionConfig").unwrap_or_default(),
        tags,
    )
}

pub(super) fn create(
    service: &mut Service,
    request: &ApiRequest<'_>,
    config: Element,
    tags: Tags,
) -> Result<ApiResult, ApiError> {
    check_texts(&config)?;
    let caller_reference = config.text_of("CallerReference").to_owned();
    check_caller_reference_unused(service, request, &caller_reference)?;
    let count = service.account_mut(&request.account).distributions.len();
    check_quota(service, request, QUOTA, count, "distributions")?;
    if config.is_true("Staging") {
        let all = &service.account_mut(&request.account).distributions;
        let staging = all
            .after("", 0)
            .filter(|view| view.version.config.is_true("Staging"));
        let count = staging.count();
        check_quota(
            service,
            request,
            STAGING_DISTRIBUTIONS,
            count,
            "staging distributions",
        )?;
    }
    let id = service.state.ids.next_entity_id();
    validation::check_create(&ValidationContext::new(service, request, &id), &config)?;
    let config = apply_defaults(service, request, config);
    claim_aliases(service, request, &id, &Element::default(), &config);
    let resource = Resource::new(
        id.clone(),
        service.state.ids.next_domain_name('d'),
        &caller_reference,
        tags,
    );
    let version = new_version(service, config);
    service
        .account_mut(&request.account)
        .distributions
        .insert(resource, version);
    let result = respond(service, request, &id, 0)?;
    Ok(ApiResult {
        committed: true,
        location: Some(format!("distribution/{id}")),
        id: Some(id),
        ..result
    })
}

fn check_caller_reference_unused(
    service: &Service,
    request: &ApiRequest<'_>,
    caller_reference: &str,
) -> Result<(), ApiError> {
    let existing = service
        .account(&request.account)
        .and_then(|account| account.distributions.by_caller_reference(caller_reference));
    let Some(existing) = existing else {
        return Ok(());
    };
    let message = "The caller reference that you are using to create a distribution is associated with another distribution.";
    Err(ApiError::new(
        "DistributionAlreadyExists",
        format!("{message} Already exists: {}", existing.resource.id),
    ))
}

pub(super) fn get(service: &Service, request: &ApiRequest<'_>) -> Result<ApiResult, ApiError> {
    respond(service, request, request.id(), request.lag)
}

pub(super) fn get_config(
    service: &Service,
    request: &ApiRequest<'_>,
) -> Result<ApiResult, ApiError> {
    let view = find(service, request, request.id(), request.lag)?;
    Ok(ApiResult {
        etag: Some(view.version.etag.clone()),
        ..ApiResult::with_body(view.version.config.clone())
    })
}

pub(super) fn update(
    service: &mut Service,
    request: &ApiRequest<'_>,
    mut config: Element,
) -> Result<ApiResult, ApiError> {
    let id = request.id();
    let current = find(service, request, id, 0)?;
    check_if_match(request.if_match.as_deref(), current)?;
    let old = current.version.config.clone();
    check_caller_reference(&old, &config)?;
    check_texts(&config)?;
    // Unlike for all other members, an absent member means "no change" (aws-sdk-js-v3#7417), except for a staging distribution
    // (terraform-provider-aws#33338).
    let policy = old.child(POLICY_ID).filter(|_| !old.is_true("Staging"));
    if let Some(policy) = policy.filter(|_| !validation::is_tenant_only(&config)) {
        config.set_default(policy.clone());
    }
    validation::check_update(&ValidationContext::new(service, request, id), &old, &config)?;
    let config = apply_defaults(service, request, config);
    let current = find(service, request, id, 0)?;
    continuous_deployment::check_update(service, request, current, &config)?;
    if config == old && service.state.switches.is_on(Switch::IgnoreIdenticalUpdates) {
        return respond(service, request, id, 0);
    }
    claim_aliases(service, request, id, &old, &config);
    let changes_policy = old.text_of(POLICY_ID) != config.text_of(POLICY_ID);
    let version = new_version(service, config);
    service
        .account_mut(&request.account)
        .distributions
        .update(id, version);
    if changes_policy {
        continuous_deployment::sync_staging(service, &request.account);
    }
    Ok(ApiResult {
        committed: true,
        ..respond(service, request, id, 0)?
    })
}

pub(super) fn delete(
    service: &mut Service,
    request: &ApiRequest<'_>,
) -> Result<ApiResult, ApiError> {
    let id = request.id();
    let current = find(service, request, id, 0)?;
    check_if_match(request.if_match.as_deref(), current)?;
    let config = current.version.config.clone();
    if config.is_true("Enabled")
        || service.deployment_status(current.version.modified) != "Deployed"
    {
        let message = "The distribution you are trying to delete has not been disabled.";
        return Err(ApiError::new("DistributionNotDisabled", message));
    }
    if let Some(account) = service.account(&request.account) {
        continuous_deployment::check_delete(account, current)?;
    }
    claim_aliases(service, request, id, &config, &Element::default());
    let account = service.account_mut(&request.account);
    account.distributions.delete(id);
    account.invalidations.remove(id);
    account.family_mut(MONITORING_SUBSCRIPTIONS).delete(id);
    if !config.text_of(POLICY_ID).is_empty() {
        continuous_deployment::sync_staging(service, &request.account);
    }
    Ok(ApiResult {
        committed: true,
        ..ApiResult::default()
    })
}

pub(super) fn list(service: &Service, request: &ApiRequest<'_>) -> Result<ApiResult, ApiError> {
    list_matching(service, request, |_| true)
}

pub(super) fn list_by_web_acl(
    service: &Service,
    request: &ApiRequest<'_>,
) -> Result<ApiResult, ApiError> {
    // "null" lists the distributions without a web ACL (API reference of ListDistributionsByWebACLId).
    let web_acl_id = request
        .path
        .get("WebACLId")
        .map(String::as_str)
        .filter(|id| *id != "null")
        .unwrap_or_default();
    list_matching(service, request, |view| {
        view.version.config.text_of("WebACLId") == web_acl_id
    })
}

fn list_matching(
    service: &Service,
    request: &ApiRequest<'_>,
    filter: impl Fn(&ResourceView<'_>) -> bool,
) -> Result<ApiResult, ApiError> {
    let page = PageRequest::parse(request, &service.state.switches)?;
    let all = service
        .account(&request.account)
        .into_iter()
        .flat_map(|a| a.distributions.after(&page.marker, request.lag));
    let rows = all.filter(filter).map(|view| {
        (
            view.resource.id.clone(),
            render::summary(service, &request.account, view),
        )
    });
    Ok(ApiResult::with_body(page.render("DistributionList", rows)))
}

/// Returns a distribution, or an error if it does not exist.
pub(super) fn find<'s>(
    service: &'s Service,
    request: &ApiRequest<'_>,
    id: &str,
    lag: u64,
) -> Result<ResourceView<'s>, ApiError> {
    service
        .account(&request.account)
        .and_then(|account| account.distributions.get(id, lag))
        .ok_or_else(|| {
            ApiError::new(
                "NoSuchDistribution",
                "The specified distribution does not exist.",
            )
        })
}

/// Responds with a distribution and its entity tag.
pub(super) fn respond(
    service: &Service,
    request: &ApiRequest<'_>,
    id: &str,
    lag: u64,
) -> Result<ApiResult, ApiError> {
    let view = find(service, request, id, lag)?;
    let body = render::distribution(service, &request.account, view);
    Ok(ApiResult {
        etag: Some(view.version.etag.clone()),
        ..ApiResult::with_body(body)
    })
}

/// Adds the defaults, and sorts lists into CloudFront's order.
fn apply_defaults(service: &mut Service, request: &ApiRequest<'_>, mut config: Element) -> Element {
    defaults::apply_to_distribution(&mut config, &service.state.switches, &request.account);
    ordering::sort_distribution(&mut config, service);
    config
}
