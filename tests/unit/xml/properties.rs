//! Properties of every configuration.

use super::sample::{AllowedMethods, Config, config, desired, lines, observed, parse, text};
use cloudfront_operator::xml::{Element, from_element, to_element};
use proptest::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

const NAMESPACE: &str = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

/// Returns a canonical form of the configuration: without order, duplicates, surrounding white space and semantically empty parts.
pub(super) fn canonical(mut config: Config) -> Config {
    let is_blank = |text: &String| text.trim().is_empty();
    config.aliases = config.aliases.map(|mut list| {
        canonical_set(&mut list.0);
        list
    });
    config.aliases = config.aliases.filter(|list| !list.0.is_empty());
    config.fields = config.fields.map(|mut list| {
        canonical_set(&mut list.0);
        list
    });
    config.fields = config.fields.filter(|list| !list.0.is_empty());
    config.allowed_methods = config.allowed_methods.and_then(canonical_methods);
    config.logging = config
        .logging
        .filter(|log| log.enabled || log.include_cookies || !is_blank(&log.bucket));
    config.price_class.0 = config.price_class.0.trim().into();
    config.comment = config
        .comment
        .map(|text| text.trim().into())
        .filter(|text| !is_blank(text));
    config.web_acl_id = config.web_acl_id.filter(|text| !is_blank(text));
    config.origins.0.sort_by(|a, b| a.id.cmp(&b.id));
    for origin in &mut config.origins.0 {
        if let Some(headers) = &mut origin.custom_headers {
            headers.0.sort_by(|a, b| a.header_name.cmp(&b.header_name));
            for header in &mut headers.0 {
                header.header_value = header.header_value.trim().into();
            }
        }
        origin
            .custom_headers
            .take_if(|headers| headers.0.is_empty());
        origin
            .s3_origin_config
            .take_if(|s3| is_blank(&s3.origin_access_identity));
    }
    config
}

fn canonical_set(list: &mut Vec<String>) {
    for item in &mut *list {
        *item = item.trim().into();
    }
    list.sort();
    list.dedup();
}

fn canonical_methods(mut methods: AllowedMethods) -> Option<AllowedMethods> {
    canonical_set(&mut methods.items.0);
    if let Some(cached) = &mut methods.cached_methods {
        canonical_set(&mut cached.0);
    }
    methods.cached_methods.take_if(|cached| cached.0.is_empty());
    let is_empty = methods.items.0.is_empty() && methods.cached_methods.is_none();
    (!is_empty).then_some(methods)
}

/// Returns the observed document with an unknown element in every structure.
fn with_unknown_elements(config: &Config) -> Element {
    let mut document = observed(config).to_string();
    for parent in [
        "Config",
        "Origin",
        "CacheBehavior",
        "AllowedMethods",
        "Logging",
    ] {
        let tag = format!("<{parent}>");
        document = document.replace(&tag, &format!("{tag}<Unknown><In>{parent}</In></Unknown>"));
    }
    parse(&document)
}

fn has_unknown_element(element: &Element) -> bool {
    let unknown = element.child("Unknown");
    unknown.is_some_and(|unknown| unknown.text_of("In") == Some(element.name()))
}

fn items<'a>(config: &'a Element, list: &str, key: &str) -> BTreeMap<&'a str, &'a Element> {
    let items = config.child(list).and_then(|list| list.child("Items"));
    let items = items.map(Element::children).unwrap_or_default();
    items
        .iter()
        .map(|item| (item.text_of(key).unwrap(), item))
        .collect()
}

fn has_correct_quantities(element: &Element) -> bool {
    let items = element
        .child("Items")
        .map_or(0, |items| items.children().len());
    let quantity = element.text_of("Quantity");
    quantity.is_none_or(|quantity| quantity == items.to_string())
        && element.children().iter().all(has_correct_quantities)
}

/// Desired state in which every field that [`Config`] manages is absent.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct AllAbsent {
    aliases: Option<bool>,
    origins: Option<bool>,
    cache_behaviors: Option<bool>,
    allowed_methods: Option<bool>,
    logging: Option<bool>,
    http_version: Option<bool>,
    price_class: Option<bool>,
    enabled: Option<bool>,
    comment: Option<bool>,
    #[serde(rename = "isIPV6Enabled")]
    is_ipv6_enabled: Option<bool>,
    fields: Option<bool>,
}

/// Returns whether a child of the configuration means the same as its absence.
fn is_semantically_empty(element: &Element) -> bool {
    match element.children() {
        [] => element.text().trim().is_empty(),
        children => children.iter().all(is_off),
    }
}

fn is_off(element: &Element) -> bool {
    ["", "0", "false"].contains(&element.text().trim()) && element.children().iter().all(is_off)
}

#[derive(Serialize)]
struct TextHolder {
    text: String,
}

proptest! {
    #[test]
    fn a_configuration_round_trips(config in config()) {
        let desired = desired(&config);
        let response = parse(&desired.to_document(NAMESPACE));
        prop_assert_eq!(&response, &desired);
        prop_assert_eq!(&from_element::<Config>(&response).unwrap(), &config);
        prop_assert_eq!(from_element::<Config>(&desired).unwrap(), config);
    }

    #[test]
    fn any_text_round_trips_or_is_refused_with_its_field(text in prop_oneof![text(), any::<String>(), "[\\x00-\\x20]{0,2}"]) {
        let excluded = |c: char| c < ' ' && !"\t\r\n".contains(c) || matches!(c, '\u{fffe}' | '\u{ffff}');
        match to_element("Held", &TextHolder { text: text.clone() }) {
            Ok(element) => {
                let response = parse(&element.to_string());
                prop_assert_eq!(response.text_of("Text"), Some(&*text));
            }
            Err(error) => {
                prop_assert!(text.contains(excluded));
                prop_assert!(error.to_string().starts_with("cannot map `text`: the character U+"));
            }
        }
    }

    #[test]
    fn an_overlay_reaches_the_desired_state_and_is_idempotent(old in config(), new in config()) {
        let mut observed = with_unknown_elements(&old);
        observed.overlay(&desired(&new));
        prop_assert!(has_correct_quantities(&observed));
        let result = from_element::<Config>(&observed).unwrap();
        let web_acl_id = new.web_acl_id.clone().or(old.web_acl_id);
        prop_assert_eq!(canonical(result), canonical(Config { web_acl_id, ..new.clone() }));

        let before = observed.clone();
        prop_assert_eq!(lines(&observed.overlay(&desired(&new))), Vec::<String>::new());
        prop_assert_eq!(observed, before);
    }

    #[test]
    fn drift_is_reported_exactly_if_the_meaning_differs(old in config(), mut new in config(), same: bool) {
        if same {
            new = old.clone();
            new.comment = new.comment.or(Some(" ".into()));
            new.origins.0.reverse();
        }
        let drift = observed(&old).overlay(&desired(&new));
        let web_acl_id = new.web_acl_id.clone().or(old.web_acl_id.clone());
        let differs = canonical(old) != canonical(Config { web_acl_id, ..new });
        prop_assert_eq!(!drift.is_empty(), differs, "{:?}", lines(&drift));
    }

    #[test]
    fn unknown_elements_survive(old in config(), new in config()) {
        let mut observed = with_unknown_elements(&old);
        let before = observed.clone();
        observed.overlay(&desired(&new));
        prop_assert!(has_unknown_element(&observed));
        for (list, key) in [("Origins", "Id"), ("CacheBehaviors", "PathPattern")] {
            let before = items(&before, list, key);
            for (id, item) in items(&observed, list, key) {
                prop_assert_eq!(has_unknown_element(item), before.contains_key(id));
            }
        }
        for structure in ["AllowedMethods", "Logging"] {
            let both = before.child(structure).zip(observed.child(structure));
            prop_assert!(both.is_none_or(|(_, observed)| has_unknown_element(observed)));
        }
    }

    #[test]
    fn absent_options_remove_exactly_the_known_elements_with_content(old in config()) {
        let mut observed = observed(&old);
        observed.push(Element::leaf("Unknown", "stays"));
        let before = observed.clone();
        let drift = observed.overlay(&to_element("Config", &AllAbsent::default()).unwrap());
        let is_unmanaged = |child: &&Element| ["Unknown", "WebACLId"].contains(&child.name());
        let (unmanaged, known): (Vec<_>, Vec<_>) = before.children().iter().partition(is_unmanaged);
        let removed = known.iter().filter(|child| !is_semantically_empty(child)).count();
        prop_assert_eq!(drift.len(), removed);
        prop_assert!(drift.iter().all(|entry| entry.desired.is_none() && entry.observed.is_some()));
        for child in observed.children() {
            prop_assert!(unmanaged.contains(&child) || is_semantically_empty(child));
        }
        prop_assert!(unmanaged.iter().all(|child| observed.children().contains(child)));
    }

    #[test]
    fn order_is_drift_only_among_cache_behaviors(old in config()) {
        let mut new = old.clone();
        new.origins.0.reverse();
        let aliases = new.aliases.iter_mut().map(|list| &mut list.0);
        let fields = new.fields.iter_mut().map(|list| &mut list.0);
        for list in aliases.chain(fields) {
            list.reverse();
        }
        let mut observed = observed(&old);
        prop_assert_eq!(lines(&observed.overlay(&desired(&new))), Vec::<String>::new());

        new.cache_behaviors.0.reverse();
        let drift = observed.overlay(&desired(&new));
        prop_assert_eq!(drift.len(), usize::from(new.cache_behaviors.0.len() > 1));
        prop_assert!(drift.iter().all(|entry| entry.path == "cacheBehaviors"));
    }

    #[test]
    fn no_output_contains_a_secret(mut old in config(), mut new in config()) {
        let secret = "hunter";
        for origin in old.origins.0.iter_mut().chain(&mut new.origins.0) {
            for header in origin.custom_headers.iter_mut().flat_map(|headers| &mut headers.0) {
                header.header_value = format!("{secret}{}", header.header_value);
            }
        }
        let (mut observed, desired) = (observed(&old), desired(&new));
        let output = format!("{:?}{observed:?}{desired:?}", lines(&observed.clone().overlay(&desired)));
        prop_assert!(!output.contains(secret));
        observed.overlay(&desired);
        let output = format!("{observed:?}");
        prop_assert!(!output.contains(secret));
    }
}
