use super::element::Form;
use super::names::{is_char, is_name};
use super::{Element, XmlError};
use quick_xml::{Reader, escape, events::Event};
use std::borrow::Cow;

/// The largest document that is read, in bytes.
pub const MAX_DOCUMENT: usize = 8 * 1024 * 1024;

/// The deepest nesting that is read. CloudFront's own documents have about ten levels.
pub const MAX_DEPTH: usize = 64;

pub(super) fn parse(document: &[u8]) -> Result<Element, XmlError> {
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
    let mut tree = Tree::default();
    read(&mut reader, &mut tree).map_err(|reason| XmlError::Document {
        at: reader.buffer_position(),
        reason,
    })
}

type Reason = String;

fn read(reader: &mut Reader<&[u8]>, tree: &mut Tree) -> Result<Element, Reason> {
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Eof => return tree.finish(),
            event => tree.take(&event)?,
        }
    }
}

/// The document so far: the elements that are still open, outermost first, and the root once it is closed.
#[derive(Default)]
struct Tree {
    open: Vec<Element>,
    root: Option<Element>,
}

impl Tree {
    fn take(&mut self, event: &Event<'_>) -> Result<(), Reason> {
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

    fn start(&mut self, name: &str) -> Result<(), Reason> {
        if self.root.is_some() {
            return Err("a second root element".into());
        }
        if self.open.len() == MAX_DEPTH {
            return Err(format!("elements nest deeper than {MAX_DEPTH} levels"));
        }
        if !is_name(name) {
            return Err("an element without a proper name".into());
        }
        self.open.push(Element::formed(name, Form::Leaf));
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Reason> {
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

    fn end(&mut self) -> Result<(), Reason> {
        let mut done = self.open.pop().ok_or("an end without a start")?;
        if !done.children.is_empty() {
            if !done.text.trim().is_empty() {
                return Err(format!("text beside elements in <{}>", done.name));
            }
            done.text.clear();
            done.form = done.form_by_children();
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(done),
            None => self.root = Some(done),
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Element, Reason> {
        match self.open.last() {
            Some(open) => Err(format!("<{}> is not closed", open.name)),
            None => self.root.take().ok_or_else(|| "no root element".into()),
        }
    }
}

fn resolve(entity: &quick_xml::events::BytesRef<'_>) -> Result<Cow<'static, str>, Reason> {
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
