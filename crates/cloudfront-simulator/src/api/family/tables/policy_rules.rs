//! Rules that several tables of policies share.

use crate::{error::ApiError, xml::Element};

/// Developer guide, "Quotas on policies": the names of headers, cookies or query strings together.
const MAX_NAMES: usize = 1_024;

/// The behaviors that are about listed names.
const WITH_NAMES: [&str; 3] = ["whitelist", "allExcept", "allViewerAndWhitelistCloudFront"];

/// The elements that select headers, cookies and query strings, each with its behavior and its list.
pub(super) const SELECTIONS: [[&str; 3]; 3] = [
    ["HeadersConfig", "HeaderBehavior", "Headers"],
    ["CookiesConfig", "CookieBehavior", "Cookies"],
    ["QueryStringsConfig", "QueryStringBehavior", "QueryStrings"],
];

/// Returns `InvalidArgument` with this message unless the condition is true.
pub(super) fn ensure(condition: bool, message: &str) -> Result<(), ApiError> {
    if condition {
        Ok(())
    } else {
        Err(ApiError::invalid_argument(message))
    }
}

/// Rejects names that the behavior does not use, a behavior without the names that it needs, and names that are too long
/// together.
pub(super) fn check_selections(parent: &Element) -> Result<(), ApiError> {
    for selection in SELECTIONS {
        check_selection(parent, selection)?;
    }
    check_name_sizes(parent)
}

fn check_selection(parent: &Element, selection: [&str; 3]) -> Result<(), ApiError> {
    let [selection, behavior, list] = selection;
    let Some(selection) = parent.child(selection) else {
        return Ok(());
    };
    let value = selection.text_of(behavior);
    let has_names = !selection.items_of(list).is_empty();
    ensure(
        has_names == WITH_NAMES.contains(&value),
        &format!("The parameter {list} does not fit the {behavior} {value}."),
    )
}

fn check_name_sizes(parent: &Element) -> Result<(), ApiError> {
    for [selection, _, list] in SELECTIONS {
        let list = format!("{selection}/{list}");
        let names = parent.texts_at(&format!("{list}/Items/*"));
        let size: usize = names.iter().map(|name| name.len()).sum();
        ensure(
            size <= MAX_NAMES,
            &format!(
                "The parameter {list} is too long: its names have more than {MAX_NAMES} bytes."
            ),
        )?;
    }
    Ok(())
}

/// Rejects a whitelist with a header that is forbidden. The function gets names in lower case.
pub(super) fn check_forbidden_headers(
    parent: &Element,
    is_forbidden: impl Fn(&str) -> bool,
) -> Result<(), ApiError> {
    let is_whitelist = parent.texts_at("HeadersConfig/HeaderBehavior") == ["whitelist"];
    let names = parent.texts_at("HeadersConfig/Headers/Items/*").into_iter();
    let mut forbidden = names.filter(|name| is_forbidden(&name.to_ascii_lowercase()));
    match forbidden.next().filter(|_| is_whitelist) {
        None => Ok(()),
        Some(name) => Err(ApiError::invalid_argument(format!(
            "The parameter Headers contains {name} that is not allowed."
        ))),
    }
}
