//! Invalidations.

use std::collections::BTreeSet;

use super::{
    distribution,
    pagination::PageRequest,
    request::{ApiRequest, ApiResult},
};
use crate::{
    clock::format_iso8601,
    error::ApiError,
    quotas::{PATHS_IN_PROGRESS, WILDCARDS_IN_PROGRESS},
    service::{Invalidation, Service},
    switches::Switch,
    xml::Element,
};

/// The characters that must be percent-encoded in a path, in addition to spaces and non-ASCII (FACTS.md, limits).
const UNSAFE_CHARACTERS: &[u8] = b"\"#<>[\\]^`{|}~";

/// Lengths in the developer guide, "What you need to know when invalidating files" and "…tags".
const MAX_PATH: usize = 4_000;
const MAX_TAG: usize = 256;

pub(super) fn create(
    service: &mut Service,
    request: &ApiRequest<'_>,
    batch: Element,
) -> Result<ApiResult, ApiError> {
    let id = distribution_id(request);
    let config = &distribution::find(service, request, id, 0)?.version.config;
    check_batch(&batch, config.child("CacheTagConfig").is_some())?;
    if let Some(result) = replay(service, request, &batch)? {
        return Ok(result);
    }
    check_quotas(service, request, &batch)?;
    let invalidation = Invalidation {
        id: service.state.ids.next_invalidation_id(),
        created: service.now(),
        batch,
    };
    let result = respond_created(service, request, &invalidation);
    service
        .account_mut(&request.account)
        .invalidations
        .entry(id.to_owned())
        .or_default()
        .push(invalidation);
    Ok(ApiResult {
        committed: true,
        ..result
    })
}

pub(super) fn get(service: &Service, request: &ApiRequest<'_>) -> Result<ApiResult, ApiError> {
    let all = invalidations_of(service, request)?;
    let invalidation = all
        .iter()
        .find(|invalidation| invalidation.id == request.id());
    let message = "The specified invalidation does not exist.";
    let invalidation = invalidation.ok_or_else(|| ApiError::new("NoSuchInvalidation", message))?;
    Ok(ApiResult::with_body(render(service, invalidation)))
}

/// Lists the invalidations of a distribution, newest first.
pub(super) fn list(service: &Service, request: &ApiRequest<'_>) -> Result<ApiResult, ApiError> {
    let page = PageRequest::parse(request, &service.state.switches)?;
    let all = invalidations_of(service, request)?;
    let end = all
        .iter()
        .position(|invalidation| invalidation.id == page.marker)
        .unwrap_or(all.len());
    let rows = all[..end].iter().rev().map(|invalidation| {
        let summary = Element::new("InvalidationSummary")
            .with(Element::leaf("Id", &invalidation.id))
            .with(Element::leaf(
                "CreateTime",
                format_iso8601(invalidation.created),
            ))
            .with(Element::leaf(
                "Status",
                service.invalidation_status(invalidation.created),
            ));
        (invalidation.id.clone(), summary)
    });
    Ok(ApiResult::with_body(page.render("InvalidationList", rows)))
}

fn distribution_id<'r>(request: &'r ApiRequest<'_>) -> &'r str {
    request
        .path
        .get("DistributionId")
        .map_or("", String::as_str)
}

fn invalidations_of<'s>(
    service: &'s Service,
    request: &ApiRequest<'_>,
) -> Result<&'s [Invalidation], ApiError> {
    let id = distribution_id(request);
    distribution::find(service, request, id, 0)?;
    Ok(service
        .account(&request.account)
        .map_or(&[], |account| account.invalidations_of(id)))
}

fn check_batch(batch: &Element, has_cache_tags: bool) -> Result<(), ApiError> {
    let caller_reference = batch.text_of("CallerReference");
    if caller_reference.is_empty() || caller_reference.chars().count() > 128 {
        return Err(ApiError::invalid_argument(
            "The parameter CallerReference must have from 1 to 128 characters.",
        ));
    }
    let paths = batch.items_of("Paths");
    if paths.is_empty() {
        return Err(ApiError::invalid_argument(
            "Your request contains no paths to invalidate.",
        ));
    }
    match paths
        .iter()
        .find(|path| !is_valid_path(&path.text, has_cache_tags))
    {
        None => Ok(()),
        Some(path) => Err(ApiError::invalid_argument(format!(
            "Your request contains one or more invalid invalidation paths: {}",
            path.text
        ))),
    }
}

/// Whether a path is valid: it begins with a slash, and a wildcard can only be its last character. With cache tags,
/// `#tag` is also valid.
fn is_valid_path(text: &str, has_cache_tags: bool) -> bool {
    let tag = text.strip_prefix('#').filter(|_| has_cache_tags);
    if let Some(tag) = tag {
        let is_tag_byte = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b',' | b'*');
        return (1..=MAX_TAG).contains(&tag.len()) && tag.bytes().all(is_tag_byte);
    }
    let without_wildcard = text.strip_suffix('*').unwrap_or(text);
    let is_safe = |byte: u8| byte.is_ascii_graphic() && !UNSAFE_CHARACTERS.contains(&byte);
    text.starts_with('/')
        && text.len() <= MAX_PATH
        && !without_wildcard.contains('*')
        && text.bytes().all(is_safe)
}

fn path_set(batch: &Element) -> BTreeSet<&str> {
    batch
        .items_of("Paths")
        .iter()
        .map(|path| path.text.as_str())
        .collect()
}

/// Returns the existing invalidation if the caller reference is used and the paths are equal, as documented. For other
/// paths, returns the observed error.
fn replay(
    service: &Service,
    request: &ApiRequest<'_>,
    batch: &Element,
) -> Result<Option<ApiResult>, ApiError> {
    let caller_reference = batch.text_of("CallerReference");
    let all = invalidations_of(service, request)?;
    let Some(existing) = all
        .iter()
        .find(|invalidation| invalidation.batch.text_of("CallerReference") == caller_reference)
    else {
        return Ok(None);
    };
    let switches = &service.state.switches;
    if path_set(&existing.batch) == path_set(batch)
        && !switches.is_on(Switch::RefuseInvalidationReplay)
    {
        return Ok(Some(respond_created(service, request, existing)));
    }
    let message = "Your request contains a caller reference that was used for a previous invalidation batch for the same distribution.";
    if switches.is_on(Switch::DocumentedInvalidationConflict) {
        return Err(ApiError::new("InvalidationBatchAlreadyExists", message));
    }
    Err(ApiError::invalid_argument(message))
}

fn check_quotas(
    service: &Service,
    request: &ApiRequest<'_>,
    batch: &Element,
) -> Result<(), ApiError> {
    let quotas = service.quotas(&request.account);
    let path_count = batch.items_of("Paths").len() as u64;
    if path_count > quotas.limit("BatchTooLarge") {
        return Err(ApiError::new(
            "BatchTooLarge",
            "Invalidation batch specified is too large.",
        ));
    }
    let in_progress = invalidations_of(service, request)?
        .iter()
        .filter(|invalidation| service.invalidation_status(invalidation.created) == "InProgress");
    let all: Vec<_> = in_progress
        .map(|invalidation| &invalidation.batch)
        .chain([batch])
        .flat_map(|batch| batch.items_of("Paths"))
        .collect();
    let wildcards = all.iter().filter(|path| path.text.ends_with('*')).count();
    for (name, count, quota) in [
        ("invalidations", all.len() - wildcards, PATHS_IN_PROGRESS),
        ("wildcard invalidations", wildcards, WILDCARDS_IN_PROGRESS),
    ] {
        if count as u64 > quotas.limit(quota) {
            let message = format!(
                "Processing your request will cause you to exceed the maximum number of in-progress {name}."
            );
            return Err(ApiError::new("TooManyInvalidationsInProgress", message));
        }
    }
    Ok(())
}

fn render(service: &Service, invalidation: &Invalidation) -> Element {
    Element::new("Invalidation")
        .with(Element::leaf("Id", &invalidation.id))
        .with(Element::leaf(
            "Status",
            service.invalidation_status(invalidation.created),
        ))
        .with(Element::leaf(
            "CreateTime",
            format_iso8601(invalidation.created),
        ))
        .with(invalidation.batch.clone().renamed("InvalidationBatch"))
}

fn respond_created(
    service: &Service,
    request: &ApiRequest<'_>,
    invalidation: &Invalidation,
) -> ApiResult {
    let location = format!(
        "distribution/{}/invalidation/{}",
        distribution_id(request),
        invalidation.id
    );
    ApiResult {
        location: Some(location),
        id: Some(invalidation.id.clone()),
        ..ApiResult::with_body(render(service, invalidation))
    }
}
