//! The rules of the tables.

use super::Family;
use crate::{
    api::{
        preconditions::{check_caller_reference, check_texts},
        request::ApiRequest,
    },
    error::ApiError,
    service::{ResourceView, Service},
    xml::Element,
};

/// Rejects a configuration that does not satisfy the rules of the family.
pub(super) fn check_config(family: &Family, config: &Element) -> Result<(), ApiError> {
    if family.caller_reference.is_some() {
        check_texts(config)?;
    }
    Ok(())
}

/// Rejects a change of members that are immutable.
pub(super) fn check_change(family: &Family, old: &Element, new: &Element) -> Result<(), ApiError> {
    if family.caller_reference.is_some() {
        check_caller_reference(old, new)?;
    }
    Ok(())
}

/// Returns the resource with the caller reference of an equal request. Rejects a different request.
pub(super) fn find_replayed<'s>(
    service: &'s Service,
    request: &ApiRequest<'_>,
    family: &Family,
    config: &Element,
) -> Result<Option<ResourceView<'s>>, ApiError> {
    let Some(rule) = &family.caller_reference else {
        return Ok(None);
    };
    let account = service.account(&request.account);
    let resources = account.and_then(|account| account.family(&family.collection()));
    let caller_reference = config.text_of("CallerReference");
    let existing = resources.and_then(|all| all.by_caller_reference(caller_reference));
    let Some(existing) = existing else {
        return Ok(None);
    };
    let existing_config = &existing.version.config;
    let is_equal = |member: &Element| existing_config.child(&member.name) == Some(member);
    let is_equal = config.children.iter().all(is_equal);
    if is_equal && !service.state.switches.is_on(rule.refuse_replay) {
        return Ok(Some(existing));
    }
    Err(ApiError::new(family.already_exists_code(), rule.conflict))
}
