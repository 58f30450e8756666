//! Rules that do not depend on the state of the service.

use std::collections::HashSet;

use crate::{error::ApiError, xml::Element};

/// Returns an error with this code and message unless the condition is true.
pub(super) fn ensure(condition: bool, code: &str, message: &str) -> Result<(), ApiError> {
    if condition {
        Ok(())
    } else {
        Err(ApiError::new(code, message))
    }
}

pub(super) fn ensure_unique(
    names: impl Iterator<Item = String>,
    what: &str,
) -> Result<(), ApiError> {
    let mut seen = HashSet::new();
    for name in names {
        let message = format!("Each {what} must be unique: '{name}' occurs twice.");
        ensure(seen.insert(name), "InvalidArgument", &message)?;
    }
    Ok(())
}

/// Rejects a list of signers or key groups if `Enabled` is not equal to whether the list has items.
pub(super) fn ensure_enabled_matches_items(parent: &Element, list: &str) -> Result<(), ApiError> {
    let matches = parent
        .child(list)
        .is_none_or(|l| l.is_true("Enabled") != l.items().is_empty());
    ensure(
        matches,
        "InvalidArgument",
        &format!("{list}.Enabled must be true when there are items, and false when not."),
    )
}

/// Whether a text is a token of HTTP, for example the name of a header.
pub(super) fn is_http_token(text: &str) -> bool {
    let is_token_byte =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_token_byte)
}

pub(super) fn is_domain_name(name: &str) -> bool {
    let is_label = |label: &str| {
        let has_valid_characters = label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        has_valid_characters
            && !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.contains('.') && name.split('.').all(is_label)
}
