//! Origin access identities.

use super::{
    pagination::PageRequest,
    preconditions::{
        check_caller_reference, check_if_match, check_quota, check_texts, new_version,
    },
    request::{ApiRequest, ApiResult},
    tags::Tags,
};
use crate::{
    error::ApiError,
    service::{Resource, ResourceView, Service},
    switches::Switch,
    xml::Element,
};

/// The prefix of a reference to an identity in an S3 origin. The ID follows.
pub(super) const REFERENCE_PREFIX: &str = "origin-access-identity/cloudfront/";

const QUOTA: &str = "TooManyCloudFrontOriginAccessIdentities";

pub(super) fn create(
    service: &mut Service,
    request: &ApiRequest<'_>,
    config: Element,
) -> Result<ApiResult, ApiError> {
    check_texts(&config)?;
    if let Some(result) = replay(service, request, &config)? {
        return Ok(result);
    }
    let count = service.account_mut(&request.account).identities.len();
    check_quota(service, request, QUOTA, count, "origin access identities")?;
    let id = service.state.ids.next_entity_id();
    let canonical_user_id = service.state.ids.next_canonical_user_id();
    let resource = Resource::new(
        id.clone(),
        canonical_user_id,
        config.text_of("CallerReference"),
        Tags::new(),
    );
    let version = new_version(service, config);
    service
        .account_mut(&request.account)
        .identities
        .insert(resource, version);
    let result = find(service, request, &id, 0).map(respond_created)?;
    Ok(ApiResult {
        committed: true,
        ..result
    })
}

/// Returns the existing identity if the caller reference is used and the configuration is equal, as documented.
fn replay(
    service: &Service,
    request: &ApiRequest<'_>,
    config: &Element,
) -> Result<Option<ApiResult>, ApiError> {
    let account = service.account(&request.account);
    let Some(existing) = account.and_then(|a| {
        a.identities
            .by_caller_reference(config.text_of("CallerReference"))
    }) else {
        return Ok(None);
    };
    let is_equal = existing.version.config.text_of("Comment") == config.text_of("Comment");
    if is_equal && !service.state.switches.is_on(Switch::RefuseIdentityReplay) {
        return Ok(Some(respond_created(existing)));
    }
    Err(ApiError::new(
        "CloudFrontOriginAccessIdentityAlreadyExists",
        "The caller reference you are using to create the CloudFront origin access identity is associated with \
         another identity.",
    ))
}

pub(super) fn get(service: &Service, request: &ApiRequest<'_>) -> Result<ApiResult, ApiError> {
    find(service, request, request.id(), request.lag).map(respond)
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
    let current = find(service, request, request.id(), 0)?;
    check_if_match(request.if_match.as_deref(), current)?;
    check_caller_reference(&current.version.config, &config)?;
    check_texts(&config)?;
    let version = new_version(service, config);
    service
        .account_mut(&request.account)
        .identities
        .update(request.id(), version);
    let result = find(service, request, request.id(), 0).map(respond)?;
    Ok(ApiResult {
        committed: true,
        ..result
    })
}

pub(super) fn delete(
    service: &mut Service,
    request: &ApiRequest<'_>,
) -> Result<ApiResult, ApiError> {
    let current = find(service, request, request.id(), 0)?;
    check_if_match(request.if_match.as_deref(), current)?;
    if is_in_use(service, request) {
        let message = "The CloudFront origin access identity is still being used.";
        return Err(ApiError::new(
            "CloudFrontOriginAccessIdentityInUse",
            message,
        ));
    }
    service
        .account_mut(&request.account)
        .identities
        .delete(request.id());
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
        .flat_map(|a| a.identities.after(&page.marker, request.lag));
    let rows = all.map(|view| (view.resource.id.clone(), summary(view)));
    Ok(ApiResult::with_body(
        page.render("CloudFrontOriginAccessIdentityList", rows),
    ))
}

fn find<'s>(
    service: &'s Service,
    request: &ApiRequest<'_>,
    id: &str,
    lag: u64,
) -> Result<ResourceView<'s>, ApiError> {
    service
        .account(&request.account)
        .and_then(|account| account.identities.get(id, lag))
        .ok_or_else(|| {
            let message = "The specified CloudFront origin access identity does not exist.";
            ApiError::new("NoSuchCloudFrontOriginAccessIdentity", message)
        })
}

fn is_in_use(service: &Service, request: &ApiRequest<'_>) -> bool {
    let reference = format!("{REFERENCE_PREFIX}{}", request.id());
    let has_reference = |origin: &Element| {
        origin
            .child("S3OriginConfig")
            .is_some_and(|s3| s3.text_of("OriginAccessIdentity") == reference)
    };
    service.account(&request.account).is_some_and(|account| {
        let mut distributions = account.distributions.after("", 0);
        let mut streaming = account.streaming.after("", 0);
        distributions.any(|view| {
            view.version
                .config
                .items_of("Origins")
                .iter()
                .any(has_reference)
        }) || streaming.any(|view| {
            view.version
                .config
                .child("S3Origin")
                .is_some_and(|s3| s3.text_of("OriginAccessIdentity") == reference)
        })
    })
}

fn respond(view: ResourceView<'_>) -> ApiResult {
    let body = Element::new("CloudFrontOriginAccessIdentity")
        .with(Element::leaf("Id", &view.resource.id))
        .with(Element::leaf("S3CanonicalUserId", &view.resource.name))
        .with(
            view.version
                .config
                .clone()
                .renamed("CloudFrontOriginAccessIdentityConfig"),
        );
    ApiResult {
        etag: Some(view.version.etag.clone()),
        ..ApiResult::with_body(body)
    }
}

fn respond_created(view: ResourceView<'_>) -> ApiResult {
    let id = view.resource.id.clone();
    ApiResult {
        location: Some(format!("{REFERENCE_PREFIX}{id}")),
        id: Some(id),
        ..respond(view)
    }
}

fn summary(view: ResourceView<'_>) -> Element {
    Element::new("CloudFrontOriginAccessIdentitySummary")
        .with(Element::leaf("Id", &view.resource.id))
        .with(Element::leaf("S3CanonicalUserId", &view.resource.name))
        .with(Element::leaf(
            "Comment",
            view.version.config.text_of("Comment"),
        ))
}
