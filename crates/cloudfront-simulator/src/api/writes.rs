//! What all updates and deletions have in common.

use crate::{
    api::Call,
    error::ApiError,
    world::{Owner, Version, View, World},
    xml::Element,
};

/// Refuses a write whose `If-Match` is not the current version.
pub(super) fn check_if_match(if_match: Option<&str>, current: View<'_>) -> Result<(), ApiError> {
    let given = if_match.unwrap_or_default();
    let is_version = given.len() == 14
        && given.starts_with('E')
        && given.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_version {
        let message = "The If-Match version is missing or not valid for the resource.";
        return Err(ApiError::new("InvalidIfMatchVersion", message));
    }
    if given != current.version.etag {
        let message = "The request failed because it didn't meet the preconditions in one or more request-header fields.";
        return Err(ApiError::new("PreconditionFailed", message));
    }
    Ok(())
}

/// A version with a new entity tag, written now.
pub(super) fn version(world: &mut World, config: Element) -> Version {
    Version {
        etag: world.kept.ids.entity(),
        modified: world.now(),
        config,
    }
}

/// `CallerReference` identifies a resource for its whole life.
pub(super) fn check_reference(old: &Element, new: &Element) -> Result<(), ApiError> {
    if old.text_of("CallerReference") == new.text_of("CallerReference") {
        return Ok(());
    }
    Err(ApiError::new(
        "IllegalUpdate",
        "You cannot update the value of CallerReference.",
    ))
}

/// Longest texts that a service with limits in characters takes.
pub(super) fn check_texts(config: &Element) -> Result<(), ApiError> {
    let reference = config.text_of("CallerReference");
    if reference.is_empty() {
        return Err(ApiError::argument(
            "The parameter CallerReference is required.",
        ));
    }
    for (name, text) in [
        ("CallerReference", reference),
        ("Comment", config.text_of("Comment")),
    ] {
        if text.chars().count() > 128 {
            return Err(ApiError::argument(format!(
                "The parameter {name} is too long: it has more than 128 characters."
            )));
        }
    }
    Ok(())
}

/// Aliases are unique over all accounts, and stay owned while the distribution is disabled.
pub(super) fn own_aliases(
    world: &mut World,
    call: &Call<'_>,
    id: &str,
    old: &Element,
    new: &Element,
) {
    for alias in old.items_of("Aliases") {
        world.kept.aliases.remove(&alias.text.to_ascii_lowercase());
    }
    for alias in new.items_of("Aliases") {
        let owner = Owner {
            account: call.account.clone(),
            id: id.to_owned(),
        };
        world
            .kept
            .aliases
            .insert(alias.text.to_ascii_lowercase(), owner);
    }
}

/// Refuses one more resource than the account's quota, which bears the name of the error.
pub(super) fn check_quota(
    world: &World,
    call: &Call<'_>,
    quota: &str,
    count: usize,
    what: &str,
) -> Result<(), ApiError> {
    if (count as u64) < world.quotas(&call.account).limit(quota) {
        return Ok(());
    }
    let message = format!(
        "Processing your request will cause you to exceed the maximum number of {what} allowed."
    );
    Err(ApiError::new(quota, message))
}
