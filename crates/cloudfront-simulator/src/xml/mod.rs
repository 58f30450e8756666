//! XML documents as trees.
//!
//! The simulator keeps configurations as trees and not as types, so that elements it has never heard of survive.

mod read;
mod write;

pub(crate) use read::Document;

use serde::{Deserialize, Serialize};

/// What can be an element's text.
pub(crate) trait Text {
    fn into_text(self) -> String;
}

impl Text for String {
    fn into_text(self) -> String {
        self
    }
}

macro_rules! text {
    ($($kind:ty),*) => {$(
        impl Text for $kind {
            fn into_text(self) -> String {
                self.to_string()
            }
        }
    )*};
}

text!(&str, &String, bool, i32, i64, usize);

/// One element: either text or children, never both in documents of this service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    pub(crate) fn leaf(name: &str, text: impl Text) -> Self {
        Self {
            name: name.to_owned(),
            text: text.into_text(),
            children: Vec::new(),
        }
    }

    /// A list in the service's form: `Quantity`, and `Items` unless it is empty.
    pub(crate) fn list(name: &str, items: Vec<Element>) -> Self {
        let list = Self::new(name).with(Self::leaf("Quantity", items.len()));
        if items.is_empty() {
            list
        } else {
            list.with(Self {
                children: items,
                ..Self::new("Items")
            })
        }
    }

    pub(crate) fn with(mut self, child: Element) -> Self {
        self.children.push(child);
        self
    }

    pub(crate) fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(crate) fn child_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.children.iter_mut().find(|child| child.name == name)
    }

    /// The element at the end of a path of names.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Element> {
        path.iter()
            .try_fold(self, |element, name| element.child(name))
    }

    /// The text of a child; an absent child reads as the empty string.
    pub(crate) fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.as_str())
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.text_of(name) == "true"
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.child(name)
            .and_then(|child| child.text.trim().parse().ok())
    }

    /// The members of `Items`; an absent list has none.
    pub(crate) fn items(&self) -> &[Element] {
        self.child("Items").map_or(&[], |items| &items.children)
    }

    /// The members of the list that a child holds.
    pub(crate) fn items_of(&self, list: &str) -> &[Element] {
        self.child(list).map_or(&[], Element::items)
    }

    /// Replaces the child of the same name, or appends.
    pub(crate) fn set(&mut self, child: Element) {
        match self.child_mut(&child.name) {
            Some(old) => *old = child,
            None => self.children.push(child),
        }
    }

    /// Appends a child unless there is one of that name.
    pub(crate) fn set_default(&mut self, child: Element) {
        if self.child(&child.name).is_none() {
            self.children.push(child);
        }
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Element> {
        let index = self.children.iter().position(|child| child.name == name)?;
        Some(self.children.remove(index))
    }
}

#[cfg(test)]
mod tests {
    use super::{read::XmlError, *};

    #[test]
    fn an_empty_list_has_a_quantity_and_no_items() {
        assert_eq!(
            Element::list("Aliases", Vec::new()).to_xml(),
            "<Aliases><Quantity>0</Quantity></Aliases>"
        );
    }

    #[test]
    fn a_document_survives_a_round_trip() {
        let text = "<A><B> x &amp; &lt;y&gt; </B><C/><D><E>1</E></D></A>";
        let tree = Document::parse(text.as_bytes()).unwrap().root;
        assert_eq!(
            tree.to_xml(),
            "<A><B> x &amp; &lt;y&gt; </B><C></C><D><E>1</E></D></A>"
        );
        assert_eq!(
            Document::parse(tree.to_xml().as_bytes()).unwrap().root,
            tree
        );
    }

    #[test]
    fn a_document_type_declaration_is_refused() {
        let bomb = b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>";
        assert!(matches!(Document::parse(bomb), Err(XmlError::DocumentType)));
    }

    #[test]
    fn what_follows_the_root_element_is_refused() {
        assert!(matches!(
            Document::parse(b"<a/><b/>"),
            Err(XmlError::OneRoot)
        ));
        assert!(matches!(Document::parse(b""), Err(XmlError::OneRoot)));
        assert!(Document::parse(b"<a><b></a>").is_err());
    }
}
