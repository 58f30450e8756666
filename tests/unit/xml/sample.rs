//! A small configuration with every shape that CloudFront's documents have, and strategies that generate it.

use cloudfront_operator::xml::{Drift, Element, to_element};
use proptest::{collection, option, prelude::*};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Config {
    pub(super) aliases: Option<Aliases>,
    pub(super) origins: Origins,
    pub(super) cache_behaviors: CacheBehaviors,
    pub(super) allowed_methods: Option<AllowedMethods>,
    pub(super) logging: Option<Logging>,
    pub(super) http_version: Option<HttpVersion>,
    pub(super) price_class: PriceClass,
    pub(super) enabled: bool,
    pub(super) comment: Option<String>,
    #[serde(rename = "isIPV6Enabled")]
    pub(super) is_ipv6_enabled: Option<bool>,
    #[serde(rename = "webACLId", skip_serializing_if = "Option::is_none")]
    pub(super) web_acl_id: Option<String>,
    pub(super) fields: Option<Fields>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename = "Items/CNAME")]
pub(super) struct Aliases(pub(super) Vec<String>);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename = "Items/Origin:Id")]
pub(super) struct Origins(pub(super) Vec<Origin>);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Origin {
    pub(super) id: String,
    pub(super) domain_name: String,
    pub(super) connection_attempts: Option<i32>,
    pub(super) custom_headers: Option<CustomHeaders>,
    pub(super) s3_origin_config: Option<S3OriginConfig>,
    pub(super) custom_origin_config: Option<CustomOriginConfig>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename = "Items/OriginCustomHeader:HeaderName")]
pub(super) struct CustomHeaders(pub(super) Vec<CustomHeader>);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CustomHeader {
    pub(super) header_name: String,
    pub(super) header_value: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct S3OriginConfig {
    pub(super) origin_access_identity: String,
    pub(super) origin_access_identity_ref: Option<LocalRef>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename = "-")]
pub(super) struct LocalRef {
    pub(super) name: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CustomOriginConfig {
    pub(super) http_port: u16,
    pub(super) https_port: Option<u16>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename = "Items/CacheBehavior:PathPattern ordered")]
pub(super) struct CacheBehaviors(pub(super) Vec<CacheBehavior>);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CacheBehavior {
    pub(super) path_pattern: String,
    pub(super) target_origin_id: String,
    #[serde(rename = "defaultTTL")]
    pub(super) default_ttl: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AllowedMethods {
    pub(super) items: Methods,
    pub(super) cached_methods: Option<Methods>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename = "Items/Method")]
pub(super) struct Methods(pub(super) Vec<String>);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Logging {
    pub(super) enabled: bool,
    pub(super) include_cookies: bool,
    pub(super) bucket: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum HttpVersion {
    #[serde(rename = "http1.1")]
    Http11,
    #[serde(rename = "http2")]
    Http2,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct PriceClass(pub(super) String);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename = "Field")]
pub(super) struct Fields(pub(super) Vec<String>);

/// Encodes the configuration as desired state.
pub(super) fn desired(config: &Config) -> Element {
    to_element("Config", config).unwrap()
}

/// Returns the document that CloudFront has after an update with exactly this configuration.
pub(super) fn observed(config: &Config) -> Element {
    parse(&desired(config).to_string())
}

pub(super) fn parse(document: &str) -> Element {
    Element::parse(document.as_bytes()).unwrap()
}

pub(super) fn lines(drift: &[Drift]) -> Vec<String> {
    drift.iter().map(ToString::to_string).collect()
}

/// Generates text that XML can represent, with many characters that need escaping.
pub(super) fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[a-z]{1,3}",
        "[<>&'\"\\]\\[!-]{1,3}",
        "[ \t\r\n]{1,2}",
        "[^\\x00-\\x1f\u{fffe}\u{ffff}]{1,2}"
    ];
    collection::vec(part, 0..4).prop_map(|parts| parts.concat())
}

/// Generates one of few words, so that two configurations have much in common.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![Just(""), Just("a"), Just("b"), Just("c")].prop_map(String::from)
}

fn words() -> impl Strategy<Value = Vec<String>> {
    collection::vec(prop_oneof![word(), text()], 0..4)
}

/// Generates a list whose items have distinct keys, as the API server enforces.
fn keyed<T: std::fmt::Debug>(
    item: impl Strategy<Value = T>,
    key: fn(&mut T) -> &mut String,
) -> impl Strategy<Value = Vec<T>> {
    let shuffled = Just(["a", "b", "c", "d"]).prop_shuffle();
    (collection::vec(item, 0..4), shuffled).prop_map(move |(mut items, names)| {
        for (item, name) in items.iter_mut().zip(names) {
            *key(item) = name.into();
        }
        items
    })
}

prop_compose! {
    fn header()(header_value in text()) -> CustomHeader {
        CustomHeader { header_value, ..CustomHeader::default() }
    }
}

prop_compose! {
    fn origin()(
        domain_name in word(),
        connection_attempts in option::of(1..4),
        custom_headers in option::of(keyed(header(), |header| &mut header.header_name).prop_map(CustomHeaders)),
        s3 in option::of(word()),
        custom in option::of((80..83_u16, option::of(443..445_u16))),
    ) -> Origin {
        Origin {
            id: String::new(),
            domain_name,
            connection_attempts,
            custom_headers,
            s3_origin_config: s3.map(|origin_access_identity| S3OriginConfig { origin_access_identity, origin_access_identity_ref: None }),
            custom_origin_config: custom.map(|(http_port, https_port)| CustomOriginConfig { http_port, https_port }),
        }
    }
}

prop_compose! {
    fn behavior()(target_origin_id in word(), default_ttl in option::of(0..3_i64)) -> CacheBehavior {
        CacheBehavior { path_pattern: String::new(), target_origin_id, default_ttl }
    }
}

fn methods() -> impl Strategy<Value = Option<AllowedMethods>> {
    let lists = (words(), option::of(words().prop_map(Methods)));
    option::of(lists.prop_map(|(items, cached_methods)| AllowedMethods {
        items: Methods(items),
        cached_methods,
    }))
}

fn logging() -> impl Strategy<Value = Option<Logging>> {
    let switches = (any::<bool>(), any::<bool>(), word());
    option::of(
        switches.prop_map(|(enabled, include_cookies, bucket)| Logging {
            enabled,
            include_cookies,
            bucket,
        }),
    )
}

prop_compose! {
    /// Generates a configuration.
    pub(super) fn config()(
        lists in (option::of(words().prop_map(Aliases)), option::of(collection::vec("[a-c]", 0..4).prop_map(Fields)), methods()),
        origins in keyed(origin(), |origin| &mut origin.id),
        behaviors in keyed(behavior(), |behavior| &mut behavior.path_pattern),
        logging in logging(),
        http_version in option::of(prop_oneof![Just(HttpVersion::Http11), Just(HttpVersion::Http2)]),
        texts in (text(), option::of(text()), option::of(word())),
        switches in (any::<bool>(), option::of(any::<bool>())),
    ) -> Config {
        let (aliases, fields, allowed_methods) = lists;
        let (price_class, comment, web_acl_id) = texts;
        let (enabled, is_ipv6_enabled) = switches;
        Config {
            aliases,
            origins: Origins(origins),
            cache_behaviors: CacheBehaviors(behaviors),
            allowed_methods,
            logging,
            http_version,
            price_class: PriceClass(price_class),
            enabled,
            comment,
            is_ipv6_enabled,
            web_acl_id,
            fields,
        }
    }
}
