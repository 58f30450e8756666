//! XML documents as trees.
//!
//! The simulator stores configurations as trees instead of types, so that unknown elements are preserved.

mod element;
mod read;
mod write;

pub(crate) use element::Element;
pub(crate) use read::Document;

#[cfg(test)]
mod tests {
    use super::{Document, Element, read::XmlError};

    #[test]
    fn an_empty_list_has_quantity_and_no_items() {
        assert_eq!(
            Element::list("Aliases", Vec::new()).to_xml(),
            "<Aliases><Quantity>0</Quantity></Aliases>"
        );
    }

    #[test]
    fn a_document_is_unchanged_after_a_round_trip() {
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
    fn a_document_type_declaration_is_rejected() {
        let bomb = b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>";
        assert!(matches!(Document::parse(bomb), Err(XmlError::DocumentType)));
    }

    #[test]
    fn content_after_the_root_element_is_rejected() {
        assert!(matches!(
            Document::parse(b"<a/><b/>"),
            Err(XmlError::NotOneRoot)
        ));
        assert!(matches!(Document::parse(b""), Err(XmlError::NotOneRoot)));
        assert!(Document::parse(b"<a><b></a>").is_err());
    }
}
