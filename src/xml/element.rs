//! The tree that documents are parsed into and desired state is encoded into.

use super::list_form::ListForm;
use super::names::{ENABLED, ITEMS, QUANTITY};
use compact_str::CompactString;

/// An XML element: a name with either text or children.
///
/// In desired state an element can also be [absent](Self::is_absent): a marker that it must not exist. Markers are never serialized, and
/// parsing never creates them.
///
/// Two elements are equal if they serialize to the same document. `Debug` shows the markers and hides the values of origin custom headers,
/// which may be secrets. `Display` writes the document as sent, secrets included.
#[derive(Clone)]
pub struct Element {
    pub(super) name: CompactString,
    pub(super) text: CompactString,
    pub(super) children: Vec<Element>,
    pub(super) kind: NodeKind,
    /// What is known of the items of a desired list.
    pub(super) form: ListForm,
}

/// What a desired element requires of the observed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NodeKind {
    /// The text must be equal.
    Leaf,
    /// The children must be equal, and children that are not mentioned stay.
    Structure,
    /// The list must have exactly these items.
    List,
    /// The element must not exist.
    Absent,
}

impl Element {
    /// Builds a structure without children. `name` must be an XML name in ASCII, which is not checked.
    pub fn new(name: impl Into<CompactString>) -> Self {
        Self::with_kind(name, NodeKind::Structure)
    }

    /// Builds an element with text. Characters that XML cannot represent are serialized as U+FFFD.
    pub fn leaf(name: impl Into<CompactString>, text: impl Into<CompactString>) -> Self {
        Self {
            text: text.into(),
            ..Self::with_kind(name, NodeKind::Leaf)
        }
    }

    pub(super) fn with_kind(name: impl Into<CompactString>, kind: NodeKind) -> Self {
        Self {
            name: name.into(),
            text: CompactString::default(),
            children: Vec::new(),
            kind,
            form: ListForm::UNKNOWN,
        }
    }

    /// Returns the element with one more child; see [`push`](Self::push).
    #[must_use]
    pub fn with(mut self, child: Element) -> Self {
        self.push(child);
        self
    }

    /// Returns the element with another name, which must be an XML name in ASCII.
    #[must_use]
    pub fn renamed(self, name: impl Into<CompactString>) -> Self {
        Self {
            name: name.into(),
            ..self
        }
    }

    /// Returns the name without a namespace prefix.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the text with its white space. Empty if the element has children.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the children in document order. Desired state may contain [absent](Self::is_absent) ones.
    pub fn children(&self) -> &[Element] {
        &self.children
    }

    /// Returns the children in document order for modification.
    pub fn children_mut(&mut self) -> &mut [Element] {
        &mut self.children
    }

    /// Returns whether this marks an element that must not exist.
    pub fn is_absent(&self) -> bool {
        self.kind == NodeKind::Absent
    }

    /// Returns the first child of that name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.present().find(|child| child.name == name)
    }

    /// Returns the first child of that name for modification.
    pub fn child_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.children
            .iter_mut()
            .find(|child| child.name == name && !child.is_absent())
    }

    /// Returns the text of the first child of that name.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(Self::text)
    }

    /// Replaces the child of that name with a leaf with this text, or appends the leaf.
    pub fn set_text(&mut self, name: &str, text: &str) {
        let leaf = Self::leaf(name, text);
        match self.children.iter_mut().find(|child| child.name == name) {
            Some(child) => *child = leaf,
            None => self.push(leaf),
        }
    }

    /// Appends a child. Removes the text, and an [absent](Self::is_absent) marker of the same name.
    pub fn push(&mut self, child: Element) {
        self.text.clear();
        self.children
            .retain(|other| !other.is_absent() || other.name != child.name);
        self.children.push(child);
        self.kind = self.kind_from_children();
    }

    /// Removes all children of that name, absent markers included, and returns the first child.
    pub fn remove(&mut self, name: &str) -> Option<Element> {
        let (removed, kept) = std::mem::take(&mut self.children)
            .into_iter()
            .partition(|child| child.name == name);
        self.children = kept;
        Vec::into_iter(removed).find(|child| !child.is_absent())
    }

    /// Returns the children that are not absent markers.
    pub(super) fn present(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter(|child| !child.is_absent())
    }

    /// Children that all have the same name are items, regardless of the element's own name.
    pub(super) fn kind_from_children(&self) -> NodeKind {
        let have_one_name = self
            .children
            .windows(2)
            .all(|pair| pair[0].name == pair[1].name);
        if have_one_name && (self.children.len() > 1 || self.kind == NodeKind::List) {
            NodeKind::List
        } else {
            NodeKind::Structure
        }
    }

    /// Returns whether the children are items. In a parsed document, only the name shows that for a list with one item.
    pub(super) fn is_list(&self) -> bool {
        self.kind == NodeKind::List || self.name == ITEMS && self.text.is_empty()
    }

    /// Returns whether the element means the same as its absence.
    ///
    /// That is an empty element, a `Quantity` of 0, a disabled structure (`Enabled` is false, and every other child is empty or false),
    /// and a structure of such elements.
    pub(crate) fn is_semantically_empty(&self) -> bool {
        if self.is_absent() {
            return true;
        }
        if self.is_list() {
            return self.present().next().is_none();
        }
        let is_disabled = self
            .child(ENABLED)
            .is_some_and(|switch| switch.text_eq("false"));
        let is_empty = |child: &Element| {
            child.is_semantically_empty() || is_disabled && child.text_eq("false")
        };
        let text = self.text.trim();
        (text.is_empty() || self.name == QUANTITY && text == "0") && self.present().all(is_empty)
    }

    /// Returns whether the element has this text, apart from surrounding white space, from the case of the name of a header, and from the
    /// notation of a number with decimals.
    pub(super) fn text_eq(&self, text: &str) -> bool {
        match &*self.name {
            "Header" | "HeaderName" => self.header_eq(text),
            "SamplingRate" | "Weight" => self.number_eq(text),
            _ => self.children.is_empty() && self.text.trim() == text.trim(),
        }
    }

    /// Returns whether the text of the element is this number, for example `50.0` and `50`. `Weight` has single precision in the service
    /// model, and the other numbers have at most four decimals.
    fn number_eq(&self, number: &str) -> bool {
        let parse = |text: &str| text.trim().parse::<f32>().ok();
        let is_equal = self.text.trim() == number.trim();
        let is_same = || parse(&self.text).is_some_and(|own| parse(number) == Some(own));
        self.children.is_empty() && (is_equal || is_same())
    }

    /// Returns whether the text of the element is this name of a header. HTTP ignores its case.
    pub(super) fn header_eq(&self, name: &str) -> bool {
        self.children.is_empty() && self.text.trim().eq_ignore_ascii_case(name.trim())
    }
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.text == other.text
            && self.is_absent() == other.is_absent()
            && self.present().eq(other.present())
    }
}

impl Eq for Element {}
