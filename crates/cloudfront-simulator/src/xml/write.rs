//! Serialization in the format of the service: no indentation, and two tags for an empty element.

use quick_xml::escape::partial_escape;

use super::element::Element;

const DECLARATION: &str = "<?xml version=\"1.0\"?>\n";

impl Element {
    pub(crate) fn to_xml(&self) -> String {
        let mut out = String::new();
        write(self, "", &mut out);
        out
    }

    /// Returns a document with this root element, an XML declaration and a namespace.
    pub(crate) fn to_document(&self, namespace: &str) -> String {
        let mut out = DECLARATION.to_owned();
        write(self, &format!(" xmlns=\"{namespace}\""), &mut out);
        out
    }
}

impl From<Element> for String {
    fn from(element: Element) -> Self {
        element.to_xml()
    }
}

fn write(element: &Element, attributes: &str, out: &mut String) {
    out.push('<');
    out.push_str(&element.name);
    out.push_str(attributes);
    out.push('>');
    // XML parsers convert a literal carriage return to a line feed.
    out.push_str(&partial_escape(element.text.as_str()).replace('\r', "&#13;"));
    for child in &element.children {
        write(child, "", out);
    }
    out.push_str("</");
    out.push_str(&element.name);
    out.push('>');
}
