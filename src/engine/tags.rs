//! Tags: the create request contains them, and these requests change them by the resource's ARN.
//!
//! The operator removes a tag that it has set once the spec no longer contains it, and leaves all other tags. No ETag covers tags, so
//! they are read by a request of their own, and only if the operator manages any.

use crate::{
    cloudfront::Request,
    xml::{Drift, Element},
};
use std::collections::BTreeMap;

/// Tags by key.
pub(crate) type Tags = BTreeMap<String, String>;

/// The difference between the desired and the observed tags.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TagDiff {
    /// The tags to set.
    pub(crate) set: Tags,
    /// The keys of the tags to remove.
    pub(crate) remove: Vec<String>,
    /// The same difference, for the status and events.
    pub(crate) drift: Vec<Drift>,
}

/// Compares tags. `managed` are the keys that the operator has set.
pub(crate) fn compare(desired: &Tags, managed: &[String], observed: &Tags) -> TagDiff {
    let missing = desired
        .iter()
        .filter(|(key, value)| observed.get(*key) != Some(value));
    let set: Tags = missing
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let stale = managed
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
    TagDiff { set, remove, drift }
}

/// Returns the request that reads the tags of a resource.
pub(crate) fn list(arn: &str) -> Request {
    Request::get("ListTagsForResource", "tagging").query("Resource", arn.to_owned())
}

/// Returns the request that sets tags and leaves the others.
pub(crate) fn set(arn: &str, tags: &Tags) -> Request {
    Request::post("TagResource", "tagging", document(tags))
        .query("Operation", "Tag".to_owned())
        .query("Resource", arn.to_owned())
}

/// Returns the request that removes tags by key.
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

/// Returns the tags in the response to [`list`]. `None`: it is another document, which says nothing about tags.
pub(crate) fn read(document: &Element) -> Option<Tags> {
    if document.name() != "Tags" {
        return None;
    }
    let items = document.child("Items").map_or(&[][..], Element::children);
    let pair = |tag: &Element| {
        Some((
            tag.text_of("Key")?.to_owned(),
            tag.text_of("Value").unwrap_or_default().to_owned(),
        ))
    };
    Some(items.iter().filter_map(pair).collect())
}

/// Returns `<Tags><Items><Tag>…`, a list without `Quantity`.
pub(crate) fn document(tags: &Tags) -> Element {
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
    fn only_differing_tags_are_set_and_only_managed_tags_are_removed() {
        let desired = tags(&[("team", "web"), ("env", "prod")]);
        let observed = tags(&[
            ("team", "web"),
            ("env", "test"),
            ("old", "x"),
            ("theirs", "y"),
        ]);
        let managed = ["team".to_owned(), "old".to_owned(), "gone".to_owned()];
        let found = compare(&desired, &managed, &observed);
        assert_eq!(found.set, tags(&[("env", "prod")]));
        assert_eq!(found.remove, ["old"]);
        let paths: Vec<_> = found
            .drift
            .iter()
            .map(|drift| drift.path.as_str())
            .collect();
        assert_eq!(paths, ["tags[env]", "tags[old]"]);
    }

    #[test]
    fn a_document_of_another_type_is_not_an_empty_list_of_tags() {
        assert_eq!(read(&Element::new("Unexpected")), None);
        assert_eq!(read(&Element::new("Tags")), Some(Tags::new()));
    }

    #[test]
    fn equal_tags_have_no_difference() {
        let same = tags(&[("team", "web")]);
        assert_eq!(
            compare(&same, &["team".to_owned()], &same),
            TagDiff::default()
        );
    }
}
