//! Reading XML into trees: strict, bounded, and without document types.

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};

use super::Element;

/// Deeper than any shape of the model; what is deeper is an attack on a recursive reader.
const MAX_DEPTH: usize = 64;

/// Why bytes are not a document this service reads.
#[derive(Debug, thiserror::Error)]
pub(crate) enum XmlError {
    #[error("the document is not UTF-8")]
    NotUtf8,
    #[error("the document is not well-formed: {0}")]
    Malformed(String),
    #[error("document type declarations are refused")]
    DocumentType,
    #[error("the entity '{0}' is not one of XML's five")]
    Entity(String),
    #[error("a document has one root element and nothing after it")]
    OneRoot,
    #[error("elements are nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

impl From<quick_xml::Error> for XmlError {
    fn from(error: quick_xml::Error) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// A document's root element and the namespace it declares.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) root: Element,
    pub(crate) namespace: Option<String>,
}

impl Document {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, XmlError> {
        let text = std::str::from_utf8(bytes).map_err(|_| XmlError::NotUtf8)?;
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        let mut builder = Builder::default();
        loop {
            match reader.read_event()? {
                Event::Start(start) => builder.open(&start)?,
                Event::End(_) => builder.close()?,
                Event::Text(text) => builder.text(&text.xml10_content())?,
                Event::CData(data) => builder.text(&data.xml10_content())?,
                Event::GeneralRef(entity) => {
                    let resolved = match entity.resolve_char_ref()? {
                        Some(character) => character.to_string(),
                        None => named_entity(&entity.xml10_content())?.to_owned(),
                    };
                    builder.text(&resolved)?;
                }
                Event::DocType(_) => return Err(XmlError::DocumentType),
                Event::Eof => return builder.finish(),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }
}

impl TryFrom<String> for Element {
    type Error = XmlError;

    fn try_from(text: String) -> Result<Self, XmlError> {
        Document::parse(text.as_bytes()).map(|document| document.root)
    }
}

fn named_entity(name: &str) -> Result<&'static str, XmlError> {
    resolve_predefined_entity(name).ok_or_else(|| XmlError::Entity(name.to_owned()))
}

#[derive(Default)]
struct Builder {
    open: Vec<Element>,
    done: Option<Element>,
    namespace: Option<String>,
}

impl Builder {
    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), XmlError> {
        if self.done.is_some() {
            return Err(XmlError::OneRoot);
        }
        if self.open.len() == MAX_DEPTH {
            return Err(XmlError::TooDeep);
        }
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| XmlError::Malformed(error.to_string()))?;
            if self.open.is_empty() && attribute.key.as_ref() == "xmlns" {
                self.namespace = Some(attribute.value.into_owned());
            }
        }
        self.open.push(Element::new(start.name().as_ref()));
        Ok(())
    }

    fn close(&mut self) -> Result<(), XmlError> {
        let mut element = self.open.pop().ok_or(XmlError::OneRoot)?;
        if !element.children.is_empty() && element.text.trim().is_empty() {
            element.text.clear();
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.done = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), XmlError> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(XmlError::OneRoot),
        }
        Ok(())
    }

    fn finish(self) -> Result<Document, XmlError> {
        if !self.open.is_empty() {
            return Err(XmlError::Malformed(
                "the document ends inside an element".to_owned(),
            ));
        }
        let root = self.done.ok_or(XmlError::OneRoot)?;
        Ok(Document {
            root,
            namespace: self.namespace,
        })
    }
}
