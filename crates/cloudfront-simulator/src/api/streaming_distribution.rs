//! Streaming (RTMP) distributions. They are in the service model, although RTMP support ended in 2020.

use super::{
    defaults,
    ordering::sort_by_text,
    pagination::PageRequest,
    preconditions::{
        check_caller_reference, check_if_match, check_quota, check_texts, claim_aliases,
        new_version,
    },
    request::{ApiRequest, ApiResult},
    tags::{self, Tags},
    validation::{ValidationContext, check_bucket_host, check_logging},
};
use crate::{
    error::ApiError,
    schema,
    service::{Resource, ResourceView, Service},
    switches::Switch,
    xml::Element,
};

mod render;

const QUOTA: &str = "TooManyStreamingDistributions";

pub(super) fn create_with_tags(
    service: &mut Service,
    request: &ApiRequest<'_>,
    mut body: Element,
) -> Result<ApiResult, ApiError> {
    let tags = tags::parse(&body.remove("Tags").unwrap_or_default())?;
    create(
        service,
        request,
        body.remove("StreamingDistributionConfig")
            .unwrap_or_default(),
        tags,
    )
}

pub(super) fn create(
    service: &mut Service,
    request: &ApiRequest<'_>,
    config: Element,
    tags: Tags,
) -> Result<ApiResult, ApiError> {
    if service.state.switches.is_on(Switch::RefuseStreamingCreate) {
        let message = "This API is deprecated: Amazon CloudFront ended support for RTMP distributions on December 31, 2020.";
        return Err(ApiError::new("AccessDenied", message));
    }
    check_texts(&config)?;
    let caller_reference = config.text_of("CallerReference").to_owned();
    check_caller_reference_unused(service, request, &caller_reference)?;
    let count = service.account_mut(&request.account).streaming.len();
    check_quota(service, request, QUOTA, count, "streaming distributions")?;
    let id = service.state.ids.next_entity_id();
    check_config(service, request, &id, &config)?;
    let config = apply_defaults(request, config);
    claim_aliases(service, request, &id, &Element::default(), &config);
    let resource = Resource::new(
        id.clone(),
        service.state.ids.next_domain_name('s'),
        &caller_reference,
        tags,
    );
    let version = new_version(service, config);
    service
        .account_mut(&request.account)
        .streaming
        .insert(resource, version);
    let result = respond(service, request, &id, 0)?;
    Ok(ApiResult {
        committed: true,
        location: Some(format!("streaming-distribution/{id}")),
        id: Some(id),
        ..result
    })
}

fn check_caller_reference_unused(
    service: &Service,
    request: &ApiRequest<'_>,
    caller_reference: &str,
) -> Result<(), ApiError> {
    let Some(existing) = service
        .account(&request.account)
        .and_then(|account| account.streaming.by_caller_reference(caller_reference))
    else {
        return Ok(());
    };
    let uses_documented_code = service
        .state
        .switches
        .is_on(Switch::DocumentedStreamingConflict);
    let code = if uses_documented_code {
        "DistributionAlreadyExists"
    } else {
        "StreamingDistributionAlreadyExists"
    };
    let message = format!(
        "The caller reference that you are using to create a streaming distribution is associated with another \
         streaming distribution. Already exists: {}",
        existing.resource.id
    );
    Err(ApiError::new(code, message))
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
    config: Element,
) -> Result<ApiResult, ApiError> {
    let id = request.id();
    let current = find(service, request, id, 0)?;
    check_if_match(request.if_match.as_deref(), current)?;
    let old = current.version.config.clone();
    check_caller_reference(&old, &config)?;
    check_texts(&config)?;
    check_config(service, request, id, &config)?;
    let config = apply_defaults(request, config);
    if config == old && service.state.switches.is_on(Switch::IgnoreIdenticalUpdates) {
        return respond(service, request, id, 0);
    }
    claim_aliases(service, request, id, &old, &config);
    let version = new_version(service, config);
    service
        .account_mut(&request.account)
        .streaming
        .update(id, version);
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
        let message = "The streaming distribution you are trying to delete has not been disabled.";
        return Err(ApiError::new("StreamingDistributionNotDisabled", message));
    }
    claim_aliases(service, request, id, &config, &Element::default());
    service.account_mut(&request.account).streaming.delete(id);
    Ok(ApiResult {
        committed: true,
        ..ApiResult::default()
    })
}

pub(super) fn list(service: &Service, request: &ApiRequest<'_>) -> Result<ApiResult, ApiError> {
    let page = PageRequest::parse(request, &service.state.switches)?;
    let all = service
        .account(&request.account)
        .into_iter()
        .flat_map(|a| a.streaming.after(&page.marker, request.lag));
    let rows = all.map(|view| {
        (
            view.resource.id.clone(),
            render::summary(service, &request.account, view),
        )
    });
    Ok(ApiResult::with_body(
        page.render("StreamingDistributionList", rows),
    ))
}

fn check_config(
    service: &Service,
    request: &ApiRequest<'_>,
    id: &str,
    config: &Element,
) -> Result<(), ApiError> {
    let context = ValidationContext::new(service, request, id);
    if let Some(origin) = config.child("S3Origin") {
        check_bucket_host(origin.text_of("DomainName"))?;
        context.check_identity(origin.text_of("OriginAccessIdentity"))?;
    }
    check_logging(config)?;
    context.check_trusted_signers(config)?;
    context.check_aliases(config, "TooManyStreamingDistributionCNAMEs")
}

/// Adds the defaults, and sorts lists into CloudFront's order.
fn apply_defaults(request: &ApiRequest<'_>, mut config: Element) -> Element {
    config.set_default(Element::list("Aliases", Vec::new()));
    config.set_default(Element::leaf("PriceClass", "PriceClass_All"));
    config.set_default(
        Element::new("Logging")
            .with(Element::leaf("Enabled", false))
            .with(Element::leaf("Bucket", ""))
            .with(Element::leaf("Prefix", "")),
    );
    if let Some(logging) = config
        .child_mut("Logging")
        .filter(|l| !l.is_true("Enabled"))
    {
        for name in ["Bucket", "Prefix"] {
            logging.set(Element::leaf(name, ""));
        }
    }
    defaults::apply_trusted_signers(&mut config, &request.account);
    sort_by_text(&mut config, "Aliases");
    sort_by_text(&mut config, "TrustedSigners");
    schema::sort_members(&mut config, "StreamingDistributionConfig");
    config
}

fn respond(
    service: &Service,
    request: &ApiRequest<'_>,
    id: &str,
    lag: u64,
) -> Result<ApiResult, ApiError> {
    let view = find(service, request, id, lag)?;
    let body = render::streaming_distribution(service, &request.account, view);
    Ok(ApiResult {
        etag: Some(view.version.etag.clone()),
        ..ApiResult::with_body(body)
    })
}

/// Returns a streaming distribution, or an error if it does not exist.
fn find<'s>(
    service: &'s Service,
    request: &ApiRequest<'_>,
    id: &str,
    lag: u64,
) -> Result<ResourceView<'s>, ApiError> {
    let view = service
        .account(&request.account)
        .and_then(|account| account.streaming.get(id, lag));
    let message = "The specified streaming distribution does not exist.";
    view.ok_or_else(|| ApiError::new("NoSuchStreamingDistribution", message))
}
