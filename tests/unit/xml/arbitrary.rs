//! Properties of arbitrary bytes, documents and desired values.

use super::sample::{config, desired, lines};
use cloudfront_operator::xml::{Element, to_element};
use proptest::{collection, prelude::*, sample::select};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::collections::BTreeMap;

/// Few names, so that documents and desired values overlap. Some have a meaning to an overlay.
const NAMES: [&str; 9] = [
    "A",
    "B",
    "Id",
    "Items",
    "Quantity",
    "Enabled",
    "CacheBehavior",
    "HeaderValue",
    "Name",
];
const TEXTS: [&str; 7] = ["", " ", "0", "2", "true", "false", "x"];
const PATHS: [&str; 5] = ["Items/A", "Items/Name", "Items/CacheBehavior", "A", "-"];

/// A value that serde can serialize.
#[derive(Clone, Debug)]
enum ArbitraryValue {
    Absent,
    Text(&'static str),
    Structure(BTreeMap<&'static str, ArbitraryValue>),
    List(&'static str, Vec<ArbitraryValue>),
}

struct ItemSequence<'a>(&'a [ArbitraryValue]);

impl Serialize for ItemSequence<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0)
    }
}

impl Serialize for ArbitraryValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(path, items) => {
                serializer.serialize_newtype_struct(path, &ItemSequence(items))
            }
            Self::Structure(fields) => {
                let mut structure = serializer.serialize_struct("Structure", fields.len())?;
                for (name, value) in fields {
                    structure.serialize_field(name, value)?;
                }
                structure.end()
            }
        }
    }
}

fn arbitrary_value() -> impl Strategy<Value = ArbitraryValue> {
    let leaf = prop_oneof![
        Just(ArbitraryValue::Absent),
        select(&TEXTS[..]).prop_map(ArbitraryValue::Text)
    ];
    let any = leaf.prop_recursive(4, 32, 4, |inner| {
        let fields = collection::btree_map(select(&NAMES[..]), inner.clone(), 0..4);
        let items = collection::vec(inner, 0..4);
        prop_oneof![
            fields.prop_map(ArbitraryValue::Structure),
            (select(&PATHS[..]), items).prop_map(|(path, items)| ArbitraryValue::List(path, items))
        ]
    });
    collection::btree_map(select(&NAMES[..]), any, 0..5).prop_map(ArbitraryValue::Structure)
}

fn document() -> impl Strategy<Value = Element> {
    let leaf =
        (select(&NAMES[..]), select(&TEXTS[..])).prop_map(|(name, text)| Element::leaf(name, text));
    leaf.prop_recursive(4, 32, 4, |inner| {
        (select(&NAMES[..]), collection::vec(inner, 0..4)).prop_map(|(name, children)| {
            children.into_iter().fold(Element::new(name), Element::with)
        })
    })
}

/// Generates bytes that are often nearly XML.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let part = select(
        &[
            "<A>",
            "</A>",
            "<A/>",
            "<x:B y='z'>",
            "</x:B>",
            "<",
            ">",
            "&",
            "&amp;",
            "&#x41;",
            "&#0;",
            "&#xD800;",
            "&e;",
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
            "<?xml version='1.0'?>",
            "<?p ?>",
            "<!DOCTYPE A [",
            "<!ENTITY e 'f'>",
            "]",
            "text",
            " ",
            "\r",
            "\u{feff}",
            "ä",
            "\0",
        ][..],
    );
    let fragments = collection::vec(part, 0..12).prop_map(|parts| parts.concat().into_bytes());
    prop_oneof![
        fragments.clone(),
        collection::vec(any::<u8>(), 0..64),
        fragments.prop_map(|fragments| [b"<A>", &*fragments, b"</A>"].concat())
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn no_bytes_panic_and_parsed_documents_round_trip(bytes in bytes(), config in config()) {
        if let Ok(mut document) = Element::parse(&bytes) {
            prop_assert_eq!(&Element::parse(document.to_string().as_bytes()).unwrap(), &document);
            let desired = desired(&config);
            document.overlay(&desired);
            prop_assert_eq!(lines(&document.overlay(&desired)), Vec::<String>::new());
        }
    }

    #[test]
    fn every_overlay_is_idempotent(observed in document(), desired in arbitrary_value()) {
        check_idempotent(&observed, &to_element("A", &desired).unwrap())?;
    }

    #[test]
    fn a_document_can_be_overlaid_on_a_document(observed in document(), desired in document()) {
        check_idempotent(&observed, &desired)?;
    }

    #[test]
    fn an_overlay_on_an_empty_element_is_idempotent(desired in arbitrary_value()) {
        check_idempotent(&Element::new("A"), &to_element("A", &desired).unwrap())?;
    }
}

#[test]
fn white_space_without_replacement_stays() {
    for (observed, name) in [
        ("<A><A>0</A></A>", "A"),
        ("<A><Items><A/></Items></A>", "Items"),
    ] {
        let desired = Element::new("A")
            .with(Element::leaf(name, " "))
            .with(Element::new(name));
        check_idempotent(&Element::parse(observed.as_bytes()).unwrap(), &desired).unwrap();
    }
}

/// Checks that a second overlay changes nothing, neither on the first result nor on the document that is sent.
fn check_idempotent(observed: &Element, desired: &Element) -> Result<(), TestCaseError> {
    let mut observed = observed.clone();
    let drift = observed.overlay(desired);
    prop_assert!(drift.iter().all(|entry| !entry.path.is_empty()));
    let before = observed.clone();
    prop_assert_eq!(lines(&observed.overlay(desired)), Vec::<String>::new());
    prop_assert_eq!(&observed, &before);

    let mut sent = Element::parse(before.to_document("u").as_bytes()).unwrap();
    prop_assert_eq!(lines(&sent.overlay(desired)), Vec::<String>::new());
    Ok(())
}
