//! Preconditions and effects that all types of resources share.

use crate::{
    api::request::ApiRequest,
    error::ApiError,
    service::{AliasOwner, ResourceVersion, ResourceView, Service},
    xml::Element,
};

/// Rejects a write if `If-Match` is not the entity tag of the current version.
pub(super) fn check_if_match(
    if_match: Option<&str>,
    current: ResourceView<'_>,
) -> Result<(), ApiError> {
    let etag = if_match.unwrap_or_default();
    // FACTS.md, versions: 13 and 14 characters are observed.
    let is_entity_tag = (13..=14).contains(&etag.len())
        && etag.starts_with('E')
        && etag.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_entity_tag {
        let message = "The If-Match version is missing or not valid for the resource.";
        return Err(ApiError::new("InvalidIfMatchVersion", message));
    }
    if etag != current.version.etag {
        let message = "The request failed because it didn't meet the preconditions in one or more request-header fields.";
        return Err(ApiError::new("PreconditionFailed", message));
    }
    Ok(())
}

/// Creates a version with a new entity tag and the current time.
pub(super) fn new_version(service: &mut Service, config: Element) -> ResourceVersion {
    ResourceVersion {
        etag: service.state.ids.next_entity_id(),
        modified: service.now(),
        config,
        live: None,
    }
}

/// Rejects a change of `CallerReference`, which is immutable.
pub(super) fn check_caller_reference(old: &Element, new: &Element) -> Result<(), ApiError> {
    if old.text_of("CallerReference") == new.text_of("CallerReference") {
        return Ok(());
    }
    Err(ApiError::new(
        "IllegalUpdate",
        "You cannot update the value of CallerReference.",
    ))
}

/// Rejects an empty `CallerReference`, and texts of more than 128 characters.
pub(super) fn check_texts(config: &Element) -> Result<(), ApiError> {
    let caller_reference = config.text_of("CallerReference");
    if caller_reference.is_empty() {
        return Err(ApiError::invalid_argument(
            "The parameter CallerReference is required.",
        ));
    }
    for (name, text) in [
        ("CallerReference", caller_reference),
        ("Comment", config.text_of("Comment")),
    ] {
        if text.chars().count() > 128 {
            return Err(ApiError::invalid_argument(format!(
                "The parameter {name} is too long: it has more than 128 characters."
            )));
        }
    }
    Ok(())
}

/// Records the owner of the new aliases, and removes the old ones. Aliases are unique across all accounts, also while a
/// distribution is disabled.
pub(super) fn claim_aliases(
    service: &mut Service,
    request: &ApiRequest<'_>,
    id: &str,
    old: &Element,
    new: &Element,
) {
    for alias in old.items_of("Aliases") {
        service
            .state
            .aliases
            .remove(&alias.text.to_ascii_lowercase());
    }
    for alias in new.items_of("Aliases") {
        let owner = AliasOwner {
            account: request.account.clone(),
            id: id.to_owned(),
        };
        service
            .state
            .aliases
            .insert(alias.text.to_ascii_lowercase(), owner);
    }
}

/// Rejects a new resource if the account has reached its quota. The error code is the name of the quota
/// up to a dot.
pub(super) fn check_quota(
    service: &Service,
    request: &ApiRequest<'_>,
    quota: &str,
    count: usize,
    resources: &str,
) -> Result<(), ApiError> {
    if (count as u64) < service.quotas(&request.account).limit(quota) {
        return Ok(());
    }
    let message = format!(
        "Processing your request will cause you to exceed the maximum number of {resources} allowed."
    );
    let (code, _) = quota.split_once('.').unwrap_or((quota, ""));
    Err(ApiError::new(code, message))
}
