//! XML elements and the list format of the service.

use serde::{Deserialize, Serialize};

/// A value that can be the text of an element.
pub(crate) trait IntoText {
    fn into_text(self) -> String;
}

impl IntoText for String {
    fn into_text(self) -> String {
        self
    }
}

macro_rules! impl_into_text {
    ($($kind:ty),*) => {$(
        impl IntoText for $kind {
            fn into_text(self) -> String {
                self.to_string()
            }
        }
    )*};
}

impl_into_text!(&str, &String, bool, i32, i64, usize);

/// An element with either text or children. Documents of this service have no mixed content.
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

    pub(crate) fn leaf(name: &str, text: impl IntoText) -> Self {
        Self {
            name: name.to_owned(),
            text: text.into_text(),
            children: Vec::new(),
        }
    }

    /// Creates a list in the format of the service: `Quantity`, and `Items` unless the list is empty.
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

    pub(crate) fn renamed(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(crate) fn child_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.children.iter_mut().find(|child| child.name == name)
    }

    /// Returns the descendant at a path of element names.
    pub(crate) fn descendant(&self, path: &[&str]) -> Option<&Element> {
        path.iter()
            .try_fold(self, |element, name| element.child(name))
    }

    /// Returns the texts at a path of element names, in which `*` stands for each child.
    pub(crate) fn texts_at(&self, path: &str) -> Vec<&str> {
        let mut found = vec![self];
        for step in path.split('/') {
            let is_next = |child: &&Element| step == "*" || child.name == step;
            found = found
                .into_iter()
                .flat_map(|element| element.children.iter().filter(is_next))
                .collect();
        }
        found
            .into_iter()
            .map(|element| element.text.as_str())
            .collect()
    }

    /// Returns the text of a child, or the empty string if the child does not exist.
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

    /// Returns the children of `Items`, or an empty slice if `Items` does not exist.
    pub(crate) fn items(&self) -> &[Element] {
        self.child("Items").map_or(&[], |items| &items.children)
    }

    /// Returns the items of the list in a child.
    pub(crate) fn items_of(&self, list: &str) -> &[Element] {
        self.child(list).map_or(&[], Element::items)
    }

    /// Returns the items of the list in a child.
    pub(crate) fn items_of_mut(&mut self, list: &str) -> &mut [Element] {
        let items = self
            .child_mut(list)
            .and_then(|list| list.child_mut("Items"));
        items.map_or(&mut [], |items| &mut items.children)
    }

    /// Replaces the child of the same name, or appends the child.
    pub(crate) fn set(&mut self, child: Element) {
        match self.child_mut(&child.name) {
            Some(old) => *old = child,
            None => self.children.push(child),
        }
    }

    /// Appends a child unless a child of that name exists.
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
