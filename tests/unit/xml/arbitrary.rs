//! What holds for any bytes, any document and any wish, however little sense they make.

use super::sample::{config, lines, want};
use cloudfront_operator::xml::{Element, to_element};
use proptest::{collection, prelude::*, sample::select};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::collections::BTreeMap;

/// Few names, so that documents and wishes meet; those that mean something to an overlay among them.
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

/// A value as serde may present one.
#[derive(Clone, Debug)]
enum Wish {
    Absent,
    Text(&'static str),
    Structure(BTreeMap<&'static str, Wish>),
    List(&'static str, Vec<Wish>),
}

struct Sequence<'a>(&'a [Wish]);

impl Serialize for Sequence<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0)
    }
}

impl Serialize for Wish {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(path, items) => serializer.serialize_newtype_struct(path, &Sequence(items)),
            Self::Structure(fields) => {
                let mut structure = serializer.serialize_struct("Wish", fields.len())?;
                for (name, wish) in fields {
                    structure.serialize_field(name, wish)?;
                }
                structure.end()
            }
        }
    }
}

fn wish() -> impl Strategy<Value = Wish> {
    let leaf = prop_oneof![Just(Wish::Absent), select(&TEXTS[..]).prop_map(Wish::Text)];
    let any = leaf.prop_recursive(4, 32, 4, |inner| {
        let fields = collection::btree_map(select(&NAMES[..]), inner.clone(), 0..4);
        let items = collection::vec(inner, 0..4);
        prop_oneof![
            fields.prop_map(Wish::Structure),
            (select(&PATHS[..]), items).prop_map(|(path, items)| Wish::List(path, items))
        ]
    });
    collection::btree_map(select(&NAMES[..]), any, 0..5).prop_map(Wish::Structure)
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

/// Bytes that are often nearly XML.
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
    let soup = collection::vec(part, 0..12).prop_map(|parts| parts.concat().into_bytes());
    prop_oneof![
        soup.clone(),
        collection::vec(any::<u8>(), 0..64),
        soup.prop_map(|soup| [b"<A>", &*soup, b"</A>"].concat())
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn no_bytes_panic_and_what_is_read_can_be_written(bytes in bytes(), config in config()) {
        if let Ok(mut document) = Element::parse(&bytes) {
            prop_assert_eq!(&Element::parse(document.to_string().as_bytes()).unwrap(), &document);
            let want = want(&config);
            document.overlay(&want);
            prop_assert_eq!(lines(&document.overlay(&want)), Vec::<String>::new());
        }
    }

    #[test]
    fn a_second_overlay_changes_nothing_whatever_the_first_was(live in document(), wish in wish()) {
        settles(&live, &to_element("A", &wish).unwrap())?;
    }

    #[test]
    fn a_document_can_be_laid_over_a_document(live in document(), wish in document()) {
        settles(&live, &wish)?;
    }

    #[test]
    fn a_wish_laid_over_nothing_is_met(wish in wish()) {
        settles(&Element::new("A"), &to_element("A", &wish).unwrap())?;
    }
}

#[test]
fn white_space_that_says_nothing_stays_where_nothing_comes_in_its_place() {
    for (live, name) in [
        ("<A><A>0</A></A>", "A"),
        ("<A><Items><A/></Items></A>", "Items"),
    ] {
        let wish = Element::new("A")
            .with(Element::leaf(name, " "))
            .with(Element::new(name));
        settles(&Element::parse(live.as_bytes()).unwrap(), &wish).unwrap();
    }
}

/// Checks that a wish is met once it is laid, also for who reads what is sent.
fn settles(live: &Element, want: &Element) -> Result<(), TestCaseError> {
    let mut live = live.clone();
    let drift = live.overlay(want);
    prop_assert!(drift.iter().all(|place| !place.path.is_empty()));
    let before = live.clone();
    prop_assert_eq!(lines(&live.overlay(want)), Vec::<String>::new());
    prop_assert_eq!(&live, &before);

    let mut sent = Element::parse(before.to_document("u").as_bytes()).unwrap();
    prop_assert_eq!(lines(&sent.overlay(want)), Vec::<String>::new());
    Ok(())
}
