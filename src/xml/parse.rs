//! Parses documents into elements.

use super::element::NodeKind;
use super::names::{is_char, is_name};
use super::{Element, MAX_DOCUMENT, XmlError};
use quick_xml::{Reader, escape, events::Event};
use std::borrow::Cow;

/// Maximum nesting of a document that is parsed. CloudFront's documents have about ten levels.
pub const MAX_DEPTH: usize = 64;

/// The document so far: the open elements, outermost first, and the root once it is closed.
#[derive(Default)]
struct TreeBuilder {
    open: Vec<Element>,
    root: Option<Element>,
}

impl Element {
    /// Parses a document: UTF-8, at most [`MAX_DOCUMENT`] bytes and [`MAX_DEPTH`] levels.
    ///
    /// Drops attributes, comments, namespace prefixes and white space between elements. CDATA becomes text. Document types, processing
    /// instructions, unknown entities, text beside elements, and characters that XML 1.0 excludes are errors. Never panics.
    pub fn parse(document: &[u8]) -> Result<Self, XmlError> {
        if document.len() > MAX_DOCUMENT {
            return Err(XmlError::TooLarge {
                size: document.len(),
            });
        }
        let text = str::from_utf8(document).map_err(|error| XmlError::Document {
            at: error.valid_up_to() as u64,
            reason: "not UTF-8".into(),
        })?;
        let mut reader = Reader::from_str(text);
        build(&mut reader).map_err(|reason| XmlError::Document {
            at: reader.buffer_position(),
            reason,
        })
    }
}

/// Builds the tree. The error is the reason of an [`XmlError::Document`].
fn build(reader: &mut Reader<&[u8]>) -> Result<Element, String> {
    let mut tree = TreeBuilder::default();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Eof => return tree.finish(),
            event => tree.handle(&event)?,
        }
    }
}

impl TreeBuilder {
    fn handle(&mut self, event: &Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(tag) => self.start(tag.local_name().into_inner()),
            Event::Empty(tag) => {
                self.start(tag.local_name().into_inner())?;
                self.end()
            }
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(entity) => self.text(&resolve(entity)?),
            Event::DocType(_) => Err("a document type is not accepted".into()),
            Event::PI(_) => Err("a processing instruction is not accepted".into()),
            Event::Decl(_) | Event::Comment(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, name: &str) -> Result<(), String> {
        if self.root.is_some() {
            return Err("a second root element".into());
        }
        if self.open.len() == MAX_DEPTH {
            return Err(format!("elements nest deeper than {MAX_DEPTH} levels"));
        }
        if !is_name(name) {
            return Err("an element without a proper name".into());
        }
        self.open.push(Element::with_kind(name, NodeKind::Leaf));
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        if !text.chars().all(is_char) {
            return Err("a character that XML 1.0 excludes".into());
        }
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim_start_matches('\u{feff}').trim().is_empty() => {}
            None => return Err("text outside of the root element".into()),
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        let mut closed = self.open.pop().ok_or("an end without a start")?;
        if !closed.children.is_empty() {
            if !closed.text.trim().is_empty() {
                return Err(format!("text beside elements in <{}>", closed.name));
            }
            closed.text.clear();
            closed.kind = closed.kind_from_children();
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(closed),
            None => self.root = Some(closed),
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Element, String> {
        match self.open.last() {
            Some(open) => Err(format!("<{}> is not closed", open.name)),
            None => self.root.take().ok_or_else(|| "no root element".into()),
        }
    }
}

fn resolve(entity: &quick_xml::events::BytesRef<'_>) -> Result<Cow<'static, str>, String> {
    if let Some(c) = entity
        .resolve_char_ref()
        .map_err(|error| error.to_string())?
    {
        return Ok(Cow::Owned(c.to_string()));
    }
    escape::resolve_xml_entity(entity)
        .map(Cow::Borrowed)
        .ok_or_else(|| "an entity that XML does not predefine".into())
}
