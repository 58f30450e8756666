//! HTTP methods of a cache behavior.

use std::collections::BTreeSet;

use super::rules::ensure;
use crate::{error::ApiError, xml::Element};

const READ_METHODS: [&str; 2] = ["GET", "HEAD"];
const READ_AND_OPTIONS_METHODS: [&str; 3] = ["GET", "HEAD", "OPTIONS"];
const ALL_METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

pub(super) fn check(behavior: &Element, has_group: bool) -> Result<(), ApiError> {
    let Some(allowed) = behavior.child("AllowedMethods") else {
        return Ok(());
    };
    let set = |list: &[Element]| {
        list.iter()
            .map(|method| method.text.clone())
            .collect::<BTreeSet<_>>()
    };
    let allowed_set = set(allowed.items());
    let equals = |methods: &BTreeSet<String>, expected: &[&str]| methods.iter().eq(expected.iter());
    let is_valid = equals(&allowed_set, &READ_METHODS)
        || equals(&allowed_set, &READ_AND_OPTIONS_METHODS)
        || equals(&allowed_set, &ALL_METHODS);
    let message = "The parameter AllowedMethods contains an invalid combination of methods.";
    ensure(
        is_valid && allowed_set.len() == allowed.items().len(),
        "InvalidArgument",
        message,
    )?;
    // aws/aws-cdk#32450 quotes this message.
    let message = "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior \
                   associated with an origin group.";
    let is_conflict = has_group && allowed_set.contains("POST");
    ensure(!is_conflict, "InvalidArgument", message)?;
    let Some(cached_set) = allowed
        .child("CachedMethods")
        .map(|cached| set(cached.items()))
    else {
        return Ok(());
    };
    let is_valid = equals(&cached_set, &READ_METHODS)
        || equals(&cached_set, &READ_AND_OPTIONS_METHODS) && cached_set.is_subset(&allowed_set);
    let message = "The parameter CachedMethods contains an invalid combination of methods.";
    ensure(is_valid, "InvalidArgument", message)
}

/// Whether a behavior allows all methods, of which POST is one.
pub(super) fn includes_post(behavior: &Element) -> bool {
    behavior
        .items_of("AllowedMethods")
        .iter()
        .any(|method| method.text == "POST")
}
