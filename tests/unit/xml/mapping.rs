//! Rust types encoded as elements and decoded again.

use super::sample::{AllowedMethods, Config, Methods, desired, parse};
use cloudfront_operator::xml::{from_element, to_element};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

fn sample() -> Config {
    serde_json::from_value(serde_json::json!({
        "aliases": ["a.example.com", "b&c.example.com"],
        "origins": [{"id": "s3", "domainName": "x.s3.amazonaws.com", "customOriginConfig": {"httpPort": 80}}],
        "cacheBehaviors": [],
        "allowedMethods": {"items": ["GET", "HEAD"], "cachedMethods": ["GET"]},
        "httpVersion": "http1.1",
        "priceClass": "PriceClass_All",
        "enabled": true,
        "isIPV6Enabled": false,
        "fields": ["timestamp"],
    }))
    .unwrap()
}

#[test]
fn the_spec_is_encoded_as_cloudfronts_document() {
    let document = "<Config>\
        <Aliases><Quantity>2</Quantity><Items><CNAME>a.example.com</CNAME><CNAME>b&amp;c.example.com</CNAME></Items></Aliases>\
        <Origins><Quantity>1</Quantity><Items><Origin><Id>s3</Id><DomainName>x.s3.amazonaws.com</DomainName>\
        <CustomOriginConfig><HTTPPort>80</HTTPPort></CustomOriginConfig></Origin></Items></Origins>\
        <CacheBehaviors><Quantity>0</Quantity></CacheBehaviors>\
        <AllowedMethods><Quantity>2</Quantity><Items><Method>GET</Method><Method>HEAD</Method></Items>\
        <CachedMethods><Quantity>1</Quantity><Items><Method>GET</Method></Items></CachedMethods></AllowedMethods>\
        <HttpVersion>http1.1</HttpVersion><PriceClass>PriceClass_All</PriceClass><Enabled>true</Enabled>\
        <IsIPV6Enabled>false</IsIPV6Enabled><Fields><Field>timestamp</Field></Fields></Config>";
    assert_eq!(desired(&sample()).to_string(), document);
    assert_eq!(from_element::<Config>(&parse(document)).unwrap(), sample());
}

#[test]
fn an_absent_option_leaves_a_marker_and_a_skipped_field_does_not() {
    let desired = desired(&sample());
    let has_marker = |name: &str| {
        desired
            .children()
            .iter()
            .any(|child| child.name() == name && child.is_absent())
    };
    assert!(has_marker("Comment"));
    assert!(desired.child("Comment").is_none());
    assert!(!has_marker("WebACLId"));
}

#[test]
fn a_reference_is_never_sent() {
    let mut config = sample();
    config.origins.0[0].s3_origin_config = serde_json::from_value(serde_json::json!({
        "originAccessIdentity": "", "originAccessIdentityRef": {"name": "site"},
    }))
    .unwrap();
    let document = desired(&config).to_string();
    assert!(document.contains(
        "<S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig>"
    ));
}

#[test]
fn unknown_elements_are_ignored_when_decoding() {
    let document = desired(&sample())
        .to_string()
        .replace("<Origin>", "<Origin><New><Er>1</Er></New>");
    assert_eq!(from_element::<Config>(&parse(&document)).unwrap(), sample());
}

#[test]
fn an_empty_list_with_siblings_is_decoded_as_empty() {
    let document = parse("<AllowedMethods><Quantity>0</Quantity></AllowedMethods>");
    let methods: AllowedMethods = from_element(&document).unwrap();
    assert_eq!(methods.items, Methods(vec![]));
    assert_eq!(methods.cached_methods, None);
}

#[test]
fn a_missing_list_is_its_default() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Facts {
        #[serde(default)]
        items: Methods,
        id: Option<String>,
    }
    let facts: Facts = from_element(&parse("<Facts/>")).unwrap();
    assert_eq!(
        facts,
        Facts {
            items: Methods(vec![]),
            id: None
        }
    );
}

#[test]
fn white_space_around_numbers_and_booleans_is_dropped() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Facts {
        count: u64,
        done: bool,
    }
    let facts: Facts =
        from_element(&parse("<F><Count> 3\n</Count><Done> true </Done></F>")).unwrap();
    assert_eq!(
        facts,
        Facts {
            count: 3,
            done: true
        }
    );
}

#[test]
fn text_that_xml_excludes_is_refused_with_its_field() {
    let mut config = sample();
    config.origins.0[0].domain_name = "a\u{1}b".into();
    let error = to_element("Config", &config).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot map `origins[0].domainName`: the character U+0001 cannot be sent to CloudFront; remove it"
    );
}

#[test]
fn text_of_the_wrong_type_is_refused_with_its_field_and_not_repeated() {
    let document = desired(&sample())
        .to_string()
        .replace("<HTTPPort>80", "<HTTPPort>hunter2");
    let error = from_element::<Config>(&parse(&document)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot map `origins[0].customOriginConfig.httpPort`: invalid digit found in string"
    );
}

#[test]
fn types_without_an_xml_form_are_refused() {
    #[derive(Serialize)]
    struct Odd<T> {
        odd: T,
    }
    fn refusal<T: Serialize>(odd: T) -> String {
        to_element("Odd", &Odd { odd }).unwrap_err().to_string()
    }
    assert_eq!(
        refusal(BTreeMap::from([("a", 1)])),
        "cannot map `odd`: a map cannot be written as XML"
    );
    assert_eq!(
        refusal((1, 2)),
        "cannot map `odd`: a tuple cannot be written as XML"
    );
    assert_eq!(
        refusal(Ok::<u8, u8>(1)),
        "cannot map `odd`: an enum variant with content cannot be written as XML"
    );
    assert_eq!(
        refusal(vec![1]),
        "cannot map `odd`: a list needs a newtype that names its items, such as `Items/CNAME`"
    );
    assert_eq!(
        to_element("Odd", &None::<u8>).unwrap_err().to_string(),
        "cannot map `Odd`: not a value with an element of its own"
    );
    let map = from_element::<BTreeMap<String, String>>(&parse("<Odd/>")).unwrap_err();
    assert_eq!(
        map.to_string(),
        "cannot map `Odd`: a map cannot be read from XML"
    );
}

#[test]
fn an_arn_is_decoded_in_both_spellings() {
    #[derive(Deserialize)]
    struct Facts {
        arn: String,
    }
    for document in ["<F><ARN>a</ARN></F>", "<F><Arn>a</Arn></F>"] {
        assert_eq!(from_element::<Facts>(&parse(document)).unwrap().arn, "a");
    }
}

/// XML has no form for them, and an empty element would lose them.
#[test]
fn raw_bytes_are_refused() {
    struct Raw;
    impl Serialize for Raw {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(b"x")
        }
    }
    let error = to_element("A", &Raw).unwrap_err();
    assert!(error.to_string().contains("raw bytes"), "{error}");
}
