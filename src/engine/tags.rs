//! Tags: given in the create call itself, and kept in step by the resource's ARN.

use super::kind::Kind;
use crate::{cloudfront::Request, xml::Element};
use std::collections::BTreeMap;

/// The create call, with the tags in it where there are any.
pub(super) fn create<K: Kind>(config: Element, tags: &BTreeMap<String, String>) -> Request {
    if !K::TAGGED || tags.is_empty() {
        return K::create(config);
    }
    let body = Element::new(format!("{}WithTags", K::CONFIG))
        .with(config)
        .with(document(tags));
    let mut request = K::create(body).flag("WithTags");
    request.operation = format!("Create{}WithTags", K::NAME).into();
    request
}

/// `<Tags><Items><Tag>…`: the one list that carries no quantity.
fn document(tags: &BTreeMap<String, String>) -> Element {
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
