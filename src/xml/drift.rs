use super::Element;
use super::names::{ITEMS, QUANTITY, spec_name};
use std::fmt;

/// The most characters of a value that a [`Drift`] shows.
const LIMIT: usize = 256;

pub(super) const REDACTED: &str = "(redacted)";

/// One place where what CloudFront holds is not what was asked for.
///
/// Fit for a status: values are cut at 256 characters, and those of origin custom headers read `(redacted)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Drift {
    /// Where, in the notation of the spec: `origins[s3].domainName`.
    pub path: String,
    /// What was asked for; `None` if it must not be there.
    pub desired: Option<String>,
    /// What was found; `None` if it was not there.
    pub observed: Option<String>,
}

impl Drift {
    pub(super) fn new(path: &str, desired: Option<&Element>, observed: Option<&Element>) -> Self {
        Self {
            path: path.into(),
            desired: desired.map(describe),
            observed: observed.map(describe),
        }
    }

    /// The same items in another order.
    pub(super) fn order(path: &str, desired: &[String], observed: &[String]) -> Self {
        let sequence = |labels: &[String]| Some(cut(&format!("[{}]", labels.join(", "))));
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

/// Whether the element's text may come from a Secret.
pub(super) fn is_secret(element: &Element) -> bool {
    element.name == "HeaderValue"
}

/// The element on one line, as a person would write it in the spec.
pub(super) fn describe(element: &Element) -> String {
    let mut out = String::new();
    outline(element, &mut out);
    cut(&out)
}

fn outline(element: &Element, out: &mut String) {
    // The rest would be cut anyway; a large tree is not worth the walk.
    if out.len() > 4 * LIMIT {
        return;
    }
    if is_secret(element) {
        out.push_str(REDACTED);
    } else if element.is_list() {
        sequence(element, out);
    } else if element.present().next().is_none() {
        let nested_and_empty = !out.is_empty() && element.text.is_empty();
        out.push_str(if nested_and_empty { "\"\"" } else { "" });
        out.extend(element.text.chars().take(LIMIT + 1));
    } else if is_plain_list(element) {
        sequence(element.child(ITEMS).unwrap_or(element), out);
    } else {
        mapping(element, out);
    }
}

fn sequence(list: &Element, out: &mut String) {
    out.push('[');
    let items = list.present().filter(|item| item.name != QUANTITY);
    for (place, item) in items.enumerate() {
        out.push_str(if place > 0 { ", " } else { "" });
        outline(item, out);
    }
    out.push(']');
}

fn mapping(structure: &Element, out: &mut String) {
    out.push('{');
    let members = structure.present().filter(|child| child.name != QUANTITY);
    for (place, member) in members.enumerate() {
        out.push_str(if place > 0 { ", " } else { "" });
        out.push_str(&spec_name(&member.name));
        out.push_str(": ");
        outline(member, out);
    }
    out.push('}');
}

/// Whether the element is a list in the spec: it has a `Quantity`, and nothing beside the items.
pub(super) fn is_plain_list(element: &Element) -> bool {
    let mut counted = false;
    element.children.iter().all(|child| {
        counted |= child.name == QUANTITY;
        child.name == QUANTITY || child.name == ITEMS
    }) && counted
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LIMIT) {
        None => text.to_owned(),
        Some(_) => text.chars().take(LIMIT - 1).chain(['…']).collect(),
    }
}
