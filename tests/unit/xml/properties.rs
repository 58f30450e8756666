//! What holds for any configuration.

use super::sample::{AllowedMethods, Config, config, lines, live, parse, text, want};
use cloudfront_operator::xml::{Element, from_element, to_element};
use proptest::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

const NAMESPACE: &str = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

/// The configuration without what makes no difference: order, repetitions, white space, ways to say nothing.
fn meaning(mut config: Config) -> Config {
    let blank = |text: &String| text.trim().is_empty();
    config.aliases = config.aliases.map(|mut list| {
        set(&mut list.0);
        list
    });
    config.aliases = config.aliases.filter(|list| !list.0.is_empty());
    config.fields = config.fields.map(|mut list| {
        set(&mut list.0);
        list
    });
    config.fields = config.fields.filter(|list| !list.0.is_empty());
    config.allowed_methods = config.allowed_methods.and_then(methods);
    config.logging = config
        .logging
        .filter(|log| log.enabled || log.include_cookies || !blank(&log.bucket));
    config.price_class.0 = config.price_class.0.trim().into();
    config.comment = config
        .comment
        .map(|text| text.trim().into())
        .filter(|text| !blank(text));
    config.web_acl_id = config.web_acl_id.filter(|text| !blank(text));
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
            .take_if(|s3| blank(&s3.origin_access_identity));
    }
    config
}

fn set(list: &mut Vec<String>) {
    for item in &mut *list {
        *item = item.trim().into();
    }
    list.sort();
    list.dedup();
}

fn methods(mut methods: AllowedMethods) -> Option<AllowedMethods> {
    set(&mut methods.items.0);
    if let Some(cached) = &mut methods.cached_methods {
        set(&mut cached.0);
    }
    methods.cached_methods.take_if(|cached| cached.0.is_empty());
    let blank = methods.items.0.is_empty() && methods.cached_methods.is_none();
    (!blank).then_some(methods)
}

/// A document of CloudFront with something unknown in every structure.
fn with_strangers(config: &Config) -> Element {
    let mut document = live(config).to_string();
    for host in [
        "Config",
        "Origin",
        "CacheBehavior",
        "AllowedMethods",
        "Logging",
    ] {
        let tag = format!("<{host}>");
        document = document.replace(&tag, &format!("{tag}<Stranger><In>{host}</In></Stranger>"));
    }
    parse(&document)
}

fn knows_stranger(element: &Element) -> bool {
    let stranger = element.child("Stranger");
    stranger.is_some_and(|stranger| stranger.text_of("In") == Some(element.name()))
}

fn items<'a>(config: &'a Element, list: &str, key: &str) -> BTreeMap<&'a str, &'a Element> {
    let items = config.child(list).and_then(|list| list.child("Items"));
    let items = items.map(Element::children).unwrap_or_default();
    items
        .iter()
        .map(|item| (item.text_of(key).unwrap(), item))
        .collect()
}

fn counts_its_items(element: &Element) -> bool {
    let items = element
        .child("Items")
        .map_or(0, |items| items.children().len());
    let quantity = element.text_of("Quantity");
    quantity.is_none_or(|quantity| quantity == items.to_string())
        && element.children().iter().all(counts_its_items)
}

/// A wish that knows what [`Config`] manages, and wants none of it.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Nothing {
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

/// Whether a child of the configuration says no more than its absence.
fn says_nothing(element: &Element) -> bool {
    match element.children() {
        [] => element.text().trim().is_empty(),
        children => children.iter().all(is_off),
    }
}

fn is_off(element: &Element) -> bool {
    ["", "0", "false"].contains(&element.text().trim()) && element.children().iter().all(is_off)
}

#[derive(Serialize)]
struct Held {
    text: String,
}

proptest! {
    #[test]
    fn a_configuration_survives_the_wire(config in config()) {
        let want = want(&config);
        let answer = parse(&want.to_document(NAMESPACE));
        prop_assert_eq!(&answer, &want);
        prop_assert_eq!(&from_element::<Config>(&answer).unwrap(), &config);
        prop_assert_eq!(from_element::<Config>(&want).unwrap(), config);
    }

    #[test]
    fn any_text_survives_the_wire_or_is_refused_by_field(text in prop_oneof![text(), any::<String>(), "[\\x00-\\x20]{0,2}"]) {
        let excluded = |c: char| c < ' ' && !"\t\r\n".contains(c) || matches!(c, '\u{fffe}' | '\u{ffff}');
        match to_element("Held", &Held { text: text.clone() }) {
            Ok(held) => {
                let answer = parse(&held.to_string());
                prop_assert_eq!(answer.text_of("Text"), Some(&*text));
            }
            Err(error) => {
                prop_assert!(text.contains(excluded));
                prop_assert!(error.to_string().starts_with("cannot map `text`: the character U+"));
            }
        }
    }

    #[test]
    fn an_overlay_makes_it_so_and_a_second_one_changes_nothing(old in config(), new in config()) {
        let mut live = with_strangers(&old);
        live.overlay(&want(&new));
        prop_assert!(counts_its_items(&live));
        let made = from_element::<Config>(&live).unwrap();
        let web_acl_id = new.web_acl_id.clone().or(old.web_acl_id);
        prop_assert_eq!(meaning(made), meaning(Config { web_acl_id, ..new.clone() }));

        let before = live.clone();
        prop_assert_eq!(lines(&live.overlay(&want(&new))), Vec::<String>::new());
        prop_assert_eq!(live, before);
    }

    #[test]
    fn there_is_drift_exactly_if_the_meaning_differs(old in config(), mut new in config(), same: bool) {
        if same {
            new = old.clone();
            new.comment = new.comment.or(Some(" ".into()));
            new.origins.0.reverse();
        }
        let drift = live(&old).overlay(&want(&new));
        let web_acl_id = new.web_acl_id.clone().or(old.web_acl_id.clone());
        let differs = meaning(old) != meaning(Config { web_acl_id, ..new });
        prop_assert_eq!(!drift.is_empty(), differs, "{:?}", lines(&drift));
    }

    #[test]
    fn strangers_survive(old in config(), new in config()) {
        let mut live = with_strangers(&old);
        let before = live.clone();
        live.overlay(&want(&new));
        prop_assert!(knows_stranger(&live));
        for (list, key) in [("Origins", "Id"), ("CacheBehaviors", "PathPattern")] {
            let before = items(&before, list, key);
            for (id, item) in items(&live, list, key) {
                prop_assert_eq!(knows_stranger(item), before.contains_key(id));
            }
        }
        for structure in ["AllowedMethods", "Logging"] {
            let both = before.child(structure).zip(live.child(structure));
            prop_assert!(both.is_none_or(|(_, live)| knows_stranger(live)));
        }
    }

    #[test]
    fn a_wish_for_nothing_removes_exactly_what_is_known_and_says_something(old in config()) {
        let mut live = live(&old);
        live.push(Element::leaf("Stranger", "stays"));
        let before = live.clone();
        let drift = live.overlay(&to_element("Config", &Nothing::default()).unwrap());
        let foreign = |child: &&Element| ["Stranger", "WebACLId"].contains(&child.name());
        let (foreign, known): (Vec<_>, Vec<_>) = before.children().iter().partition(foreign);
        let gone = known.iter().filter(|child| !says_nothing(child)).count();
        prop_assert_eq!(drift.len(), gone);
        prop_assert!(drift.iter().all(|place| place.desired.is_none() && place.observed.is_some()));
        for child in live.children() {
            prop_assert!(foreign.contains(&child) || says_nothing(child));
        }
        prop_assert!(foreign.iter().all(|child| live.children().contains(child)));
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
        let mut live = live(&old);
        prop_assert_eq!(lines(&live.overlay(&want(&new))), Vec::<String>::new());

        new.cache_behaviors.0.reverse();
        let drift = live.overlay(&want(&new));
        prop_assert_eq!(drift.len(), usize::from(new.cache_behaviors.0.len() > 1));
        prop_assert!(drift.iter().all(|place| place.path == "cacheBehaviors"));
    }

    #[test]
    fn no_secret_is_ever_told(mut old in config(), mut new in config()) {
        let secret = "hunter";
        for origin in old.origins.0.iter_mut().chain(&mut new.origins.0) {
            for header in origin.custom_headers.iter_mut().flat_map(|headers| &mut headers.0) {
                header.header_value = format!("{secret}{}", header.header_value);
            }
        }
        let (mut live, want) = (live(&old), want(&new));
        let told = format!("{:?}{live:?}{want:?}", lines(&live.clone().overlay(&want)));
        prop_assert!(!told.contains(secret));
        live.overlay(&want);
        let told = format!("{live:?}");
        prop_assert!(!told.contains(secret));
    }
}
