//! Tags: given in the create call itself, and kept in step afterwards by the resource's ARN.
//!
//! The keys that we wrote are ours and go when they leave the spec; those of others stay. No ETag covers tags, so they are read
//! apart, and only where we manage some.

use crate::{
    cloudfront::Request,
    engine::kind::Kind,
    xml::{Drift, Element},
};
use std::collections::BTreeMap;

/// Tags by key.
pub(crate) type Tags = BTreeMap<String, String>;

/// How tags differ from what is wished.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// What is to be set.
    pub(crate) set: Tags,
    /// The keys that are to go.
    pub(crate) remove: Vec<String>,
    /// The same, to be shown.
    pub(crate) drift: Vec<Drift>,
}

/// Compares tags. `ours` are the keys that we have written before.
pub(crate) fn compare(desired: &Tags, ours: &[String], observed: &Tags) -> Difference {
    let missing = desired
        .iter()
        .filter(|(key, value)| observed.get(*key) != Some(value));
    let set: Tags = missing
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let stale = ours
        .iter()
        .filter(|key| !desired.contains_key(*key) && observed.contains_key(*key));
    let remove: Vec<String> = stale.cloned().collect();
    let drift = set
        .keys()
        .chain(&remove)
        .map(|key| Drift {
            path: format!("tags[{key}]"),
            desired: desired.get(key).cloned(),
            observed: observed.get(key).cloned(),
        })
        .collect();
    Difference { set, remove, drift }
}

/// The create call, with the tags in it where there are any.
pub(crate) fn create<K: Kind>(collection: &str, config: Element, tags: &Tags) -> Request {
    if !K::SUPPORTS_TAGS || tags.is_empty() {
        return K::create(collection, config);
    }
    let body = Element::new(format!("{}WithTags", K::CONFIG))
        .with(config)
        .with(document(tags));
    let mut request = K::create(collection, body).flag("WithTags");
    request.operation = format!("Create{}WithTags", K::API_NAME).into();
    request
}

/// Reads a resource's tags.
pub(crate) fn list(arn: &str) -> Request {
    Request::get("ListTagsForResource", "tagging").query("Resource", arn.to_owned())
}

/// Sets tags, and leaves the others.
pub(crate) fn set(arn: &str, tags: &Tags) -> Request {
    Request::post("TagResource", "tagging", document(tags))
        .query("Operation", "Tag".to_owned())
        .query("Resource", arn.to_owned())
}

/// Removes tags by key.
pub(crate) fn remove(arn: &str, keys: &[String]) -> Request {
    let items = keys.iter().fold(Element::new("Items"), |items, key| {
        items.with(Element::leaf("Key", key))
    });
    Request::post(
        "UntagResource",
        "tagging",
        Element::new("TagKeys").with(items),
    )
    .query("Operation", "Untag".to_owned())
    .query("Resource", arn.to_owned())
}

/// The tags in an answer to [`list`].
pub(crate) fn read(document: &Element) -> Tags {
    let items = document.child("Items").map_or(&[][..], Element::children);
    let pair = |tag: &Element| {
        Some((
            tag.text_of("Key")?.to_owned(),
            tag.text_of("Value").unwrap_or_default().to_owned(),
        ))
    };
    items.iter().filter_map(pair).collect()
}

/// `<Tags><Items><Tag>…`: a list that carries no quantity.
fn document(tags: &Tags) -> Element {
    let items = tags
        .iter()
        .fold(Element::new("Items"), |items, (key, value)| {
            items.with(
                Element::new("Tag")
                    .with(Element::leaf("Key", key))
                    .with(Element::leaf("Value", value)),
            )
        });
    Element::new("Tags").with(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn only_what_differs_is_set_and_only_what_was_ours_is_removed() {
        let desired = tags(&[("team", "web"), ("env", "prod")]);
        let observed = tags(&[
            ("team", "web"),
            ("env", "test"),
            ("old", "x"),
            ("theirs", "y"),
        ]);
        let ours = ["team".to_owned(), "old".to_owned(), "gone".to_owned()];
        let found = compare(&desired, &ours, &observed);
        assert_eq!(found.set, tags(&[("env", "prod")]));
        assert_eq!(found.remove, ["old"]);
        let places: Vec<_> = found
            .drift
            .iter()
            .map(|drift| drift.path.as_str())
            .collect();
        assert_eq!(places, ["tags[env]", "tags[old]"]);
    }

    #[test]
    fn what_is_as_wished_is_no_difference() {
        let same = tags(&[("team", "web")]);
        assert_eq!(
            compare(&same, &["team".to_owned()], &same),
            Difference::default()
        );
    }
}
