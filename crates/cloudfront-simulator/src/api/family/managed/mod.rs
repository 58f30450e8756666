//! The policies that AWS manages. They exist in every account and cannot be changed.

mod cache_policies;
mod origin_request_policies;
mod response_headers_policies;

pub(super) use cache_policies::CACHE_POLICIES;
pub(super) use origin_request_policies::ORIGIN_REQUEST_POLICIES;
pub(super) use response_headers_policies::RESPONSE_HEADERS_POLICIES;

use std::collections::BTreeMap;

use crate::{
    clock::Millis,
    ids::counted_entity_tag,
    service::{Collection, Resource, ResourceVersion},
    xml::Element,
};

/// The last change of all policies: 2020-07-22, when cache policies were introduced. The actual times are unknown.
const MODIFIED: Millis = 1_595_376_000_000;

/// A behavior such as `whitelist`, and the names of headers, cookies or query strings that it is about.
struct Selection(&'static str, &'static [&'static str]);

const NONE: Selection = Selection("none", &[]);
const ALL: Selection = Selection("all", &[]);

impl Selection {
    fn to_element(&self, config: &str, behavior: &str, list: &str) -> Element {
        let Self(value, names) = self;
        let element = Element::new(config).with(Element::leaf(behavior, *value));
        if names.is_empty() {
            return element;
        }
        element.with(list_of(list, "Name", names))
    }
}

fn list_of(list: &str, item: &str, texts: &[&str]) -> Element {
    let items = texts.iter().map(|text| Element::leaf(item, *text));
    Element::list(list, items.collect())
}

/// Returns a collection of policies, given as pairs of ID and configuration.
fn collection(policies: impl Iterator<Item = (&'static str, Element)>) -> Collection {
    let mut all = Collection::default();
    for (id, config) in policies {
        let version = ResourceVersion {
            etag: counted_entity_tag(None),
            modified: MODIFIED,
            config,
            live: None,
        };
        let resource = Resource::new(id.to_owned(), String::new(), "", BTreeMap::new());
        all.insert(resource, version);
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::{api::FAMILIES, schema, switches::Switches};

    #[test]
    fn managed_policies_conform_to_the_service_model_and_to_the_rules() {
        let mut count = 0;
        for family in FAMILIES {
            let policies = (family.managed)().into_iter();
            for view in policies.flat_map(|all| all.after("", 0)) {
                let config = &view.version.config;
                schema::check_response(config, family.config).unwrap();
                (family.rules)(config, &Switches::default()).unwrap();
                count += 1;
            }
        }
        assert_eq!(count, 28);
    }
}
