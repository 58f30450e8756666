//! Differences between desired and observed state.

use super::Element;
use super::names::{ITEMS, QUANTITY, spec_name};
use std::fmt;

/// Maximum length in characters of a value in a [`Drift`].
const MAX_VALUE: usize = 256;

pub(super) const REDACTED: &str = "(redacted)";

/// One field at which the observed state differs from the desired state.
///
/// Fits a status: values are truncated to 256 characters, and those of origin custom headers read `(redacted)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Drift {
    /// The path of the field in the spec: `origins[s3].domainName`.
    pub path: String,
    /// The desired value. `None` if the field must not exist.
    pub desired: Option<String>,
    /// The observed value. `None` if the field does not exist.
    pub observed: Option<String>,
}

impl Drift {
    /// Returns a difference of this field, without values.
    #[cfg(test)]
    pub(crate) fn at(path: &str) -> Self {
        Self {
            path: path.into(),
            desired: None,
            observed: None,
        }
    }

    pub(super) fn new(path: &str, desired: Option<&Element>, observed: Option<&Element>) -> Self {
        Self {
            path: path.into(),
            desired: desired.map(describe),
            observed: observed.map(describe),
        }
    }

    /// Reports the same items in a different order.
    pub(super) fn order(path: &str, desired: &[String], observed: &[String]) -> Self {
        let sequence = |labels: &[String]| Some(truncate(&format!("[{}]", labels.join(", "))));
        Self {
            path: path.into(),
            desired: sequence(desired),
            observed: sequence(observed),
        }
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = |side: &Option<String>| match side.as_deref() {
            None => "nothing".to_owned(),
            Some("") => "\"\"".to_owned(),
            Some(value) => value.to_owned(),
        };
        let (desired, observed) = (value(&self.desired), value(&self.observed));
        write!(f, "{}: desired {desired}, observed {observed}", self.path)
    }
}

/// Returns whether the element's text may come from a Secret.
pub(super) fn is_secret(element: &Element) -> bool {
    element.name == "HeaderValue"
}

/// Returns the element on one line, in the notation of the spec.
pub(super) fn describe(element: &Element) -> String {
    let mut out = String::new();
    outline(element, &mut out);
    truncate(&out)
}

fn outline(element: &Element, out: &mut String) {
    // The rest is truncated in any case.
    if out.len() > 4 * MAX_VALUE {
        return;
    }
    if is_secret(element) {
        out.push_str(REDACTED);
    } else if element.is_list() {
        sequence(element, out);
    } else if element.present().next().is_none() {
        let is_nested_and_empty = !out.is_empty() && element.text.is_empty();
        out.push_str(if is_nested_and_empty { "\"\"" } else { "" });
        out.extend(element.text.chars().take(MAX_VALUE + 1));
    } else if is_plain_list(element) {
        sequence(element.child(ITEMS).unwrap_or(element), out);
    } else {
        mapping(element, out);
    }
}

fn sequence(list: &Element, out: &mut String) {
    out.push('[');
    let items = list.present().filter(|item| item.name != QUANTITY);
    for (index, item) in items.enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        outline(item, out);
    }
    out.push(']');
}

fn mapping(structure: &Element, out: &mut String) {
    out.push('{');
    let members = structure.present().filter(|child| child.name != QUANTITY);
    for (index, member) in members.enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        out.push_str(&spec_name(&member.name));
        out.push_str(": ");
        outline(member, out);
    }
    out.push('}');
}

/// Returns whether the element is a list in the spec: it has a `Quantity`, and no other children than `Items`.
pub(super) fn is_plain_list(element: &Element) -> bool {
    let mut has_quantity = false;
    element.children.iter().all(|child| {
        has_quantity |= child.name == QUANTITY;
        child.name == QUANTITY || child.name == ITEMS
    }) && has_quantity
}

fn truncate(text: &str) -> String {
    match text.char_indices().nth(MAX_VALUE) {
        None => text.to_owned(),
        Some(_) => text.chars().take(MAX_VALUE - 1).chain(['…']).collect(),
    }
}
