use super::names::{ENABLED, ITEMS, QUANTITY};
use super::{XmlError, parse};
use compact_str::CompactString;

/// An XML element: a name with either text or children.
///
/// In desired state an element may also be [absent](Self::is_absent): known, and not wanted. Such a mark is never
/// written and never found in what was parsed.
///
/// Two elements are equal when they write the same document. `Debug` shows the marks and hides the values of origin
/// custom headers, which may be secrets; `Display` is the document as sent, secrets included.
#[derive(Clone)]
pub struct Element {
    pub(super) name: CompactString,
    pub(super) text: CompactString,
    pub(super) children: Vec<Element>,
    pub(super) form: Form,
}

/// What an element says when it is laid over another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The text is to be exactly this.
    Leaf,
    /// The children are to be so; what is not mentioned stays.
    Structure,
    /// The children are to be exactly these.
    List,
    /// The element must not be there.
    Absent,
}

impl Element {
    /// A structure without any children yet. `name` must be an XML name in ASCII; it is not checked.
    pub fn new(name: impl Into<CompactString>) -> Self {
        Self::formed(name, Form::Structure)
    }

    /// An element that holds text. Characters that XML cannot carry are written as U+FFFD.
    pub fn leaf(name: impl Into<CompactString>, text: impl Into<CompactString>) -> Self {
        Self {
            text: text.into(),
            ..Self::formed(name, Form::Leaf)
        }
    }

    pub(super) fn formed(name: impl Into<CompactString>, form: Form) -> Self {
        Self {
            name: name.into(),
            text: CompactString::default(),
            children: Vec::new(),
            form,
        }
    }

    /// The element with one child more; see [`push`](Self::push).
    #[must_use]
    pub fn with(mut self, child: Element) -> Self {
        self.push(child);
        self
    }

    /// Reads a document: UTF-8, at most [`MAX_DOCUMENT`](super::MAX_DOCUMENT) bytes and
    /// [`MAX_DEPTH`](super::MAX_DEPTH) levels.
    ///
    /// Attributes, comments, namespace prefixes and the white space between elements are dropped, CDATA is text.
    /// Document types, processing instructions, unknown entities, text beside elements and characters that XML 1.0
    /// excludes are errors. Never panics, whatever the bytes.
    pub fn parse(document: &[u8]) -> Result<Self, XmlError> {
        parse::parse(document)
    }

    /// The name, without a namespace prefix.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text, with white space as it came; empty if there are children.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The children in document order. Only desired state has [absent](Self::is_absent) ones among them.
    pub fn children(&self) -> &[Element] {
        &self.children
    }

    /// Whether this is the mark of an element that is known and must not be there.
    pub fn is_absent(&self) -> bool {
        self.form == Form::Absent
    }

    /// The first child of that name, if one is there.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.present().find(|child| child.name == name)
    }

    /// The first child of that name, if one is there.
    pub fn child_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.children
            .iter_mut()
            .find(|child| child.name == name && !child.is_absent())
    }

    /// The text of the first child of that name, if one is there.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(Self::text)
    }

    /// Makes the child of that name a leaf with this text: in place, or at the end if there is none.
    pub fn set_text(&mut self, name: &str, text: &str) {
        let leaf = Self::leaf(name, text);
        match self.children.iter_mut().find(|child| child.name == name) {
            Some(child) => *child = leaf,
            None => self.push(leaf),
        }
    }

    /// Adds a child at the end. Text and an [absent](Self::is_absent) mark of the same name give way to it.
    pub fn push(&mut self, child: Element) {
        self.text.clear();
        self.children
            .retain(|other| !other.is_absent() || other.name != child.name);
        self.children.push(child);
        self.form = self.form_by_children();
    }

    /// Takes all children of that name out and returns the first. Nothing is said about them any more, not even that
    /// they must not be there.
    pub fn remove(&mut self, name: &str) -> Option<Element> {
        let (removed, kept) = std::mem::take(&mut self.children)
            .into_iter()
            .partition(|child| child.name == name);
        self.children = kept;
        Vec::into_iter(removed).find(|child| !child.is_absent())
    }

    pub(super) fn present(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter(|child| !child.is_absent())
    }

    /// Children that repeat one name are items, whatever holds them is called.
    pub(super) fn form_by_children(&self) -> Form {
        let alike = self
            .children
            .windows(2)
            .all(|pair| pair[0].name == pair[1].name);
        if alike && (self.children.len() > 1 || self.form == Form::List) {
            Form::List
        } else {
            Form::Structure
        }
    }

    /// Whether the children are items. In what was parsed only the name can tell.
    pub(super) fn is_list(&self) -> bool {
        self.form == Form::List || self.name == ITEMS && self.text.is_empty()
    }

    /// Whether the element says no more than its absence would: it is CloudFront's way to write "nothing".
    ///
    /// That is an empty element, a `Quantity` of 0, a structure that is off (`Enabled` is false, and so is whatever else
    /// is not empty), and a structure of such.
    pub(super) fn is_blank(&self) -> bool {
        if self.is_absent() {
            return true;
        }
        if self.is_list() {
            return self.present().next().is_none();
        }
        let off = self
            .child(ENABLED)
            .is_some_and(|switch| switch.says("false"));
        let nothing = |child: &Element| child.is_blank() || off && child.says("false");
        let text = self.text.trim();
        (text.is_empty() || self.name == QUANTITY && text == "0") && self.present().all(nothing)
    }

    /// Whether the element holds just this text, white space around it aside.
    pub(super) fn says(&self, text: &str) -> bool {
        self.children.is_empty() && self.text.trim() == text.trim()
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
