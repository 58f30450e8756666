//! Strict parsing of XML documents, without document types and with bounded depth.

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};

use super::element::Element;

/// The maximum depth, which is greater than in the service model. It bounds recursion over the tree.
const MAX_DEPTH: usize = 64;

/// The bytes are not a document that the service accepts.
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
    NotOneRoot,
    #[error("elements are nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

impl From<quick_xml::Error> for XmlError {
    fn from(error: quick_xml::Error) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// The root element of a document, and the namespace that it declares.
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
        let mut builder = TreeBuilder::default();
        loop {
            match reader.read_event()? {
                Event::Start(start) => builder.start_element(&start)?,
                Event::End(_) => builder.end_element()?,
                Event::Text(text) => builder.push_text(&text.xml10_content())?,
                Event::CData(data) => builder.push_text(&data.xml10_content())?,
                Event::GeneralRef(entity) => {
                    let resolved = match entity.resolve_char_ref()? {
                        Some(character) => character.to_string(),
                        None => named_entity(&entity.xml10_content())?.to_owned(),
                    };
                    builder.push_text(&resolved)?;
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

/// Builds the tree from the events of the parser.
#[derive(Default)]
struct TreeBuilder {
    open_elements: Vec<Element>,
    root: Option<Element>,
    namespace: Option<String>,
}

impl TreeBuilder {
    fn start_element(&mut self, start: &BytesStart<'_>) -> Result<(), XmlError> {
        if self.root.is_some() {
            return Err(XmlError::NotOneRoot);
        }
        if self.open_elements.len() == MAX_DEPTH {
            return Err(XmlError::TooDeep);
        }
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| XmlError::Malformed(error.to_string()))?;
            if self.open_elements.is_empty() && attribute.key.as_ref() == "xmlns" {
                self.namespace = Some(attribute.value.into_owned());
            }
        }
        self.open_elements.push(Element::new(start.name().as_ref()));
        Ok(())
    }

    fn end_element(&mut self) -> Result<(), XmlError> {
        let mut element = self.open_elements.pop().ok_or(XmlError::NotOneRoot)?;
        if !element.children.is_empty() && element.text.trim().is_empty() {
            element.text.clear();
        }
        match self.open_elements.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn push_text(&mut self, text: &str) -> Result<(), XmlError> {
        match self.open_elements.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(XmlError::NotOneRoot),
        }
        Ok(())
    }

    fn finish(self) -> Result<Document, XmlError> {
        if !self.open_elements.is_empty() {
            return Err(XmlError::Malformed(
                "the document ends inside an element".to_owned(),
            ));
        }
        let root = self.root.ok_or(XmlError::NotOneRoot)?;
        Ok(Document {
            root,
            namespace: self.namespace,
        })
    }
}
