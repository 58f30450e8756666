//! Serializes elements.

use super::Element;
use super::drift::{REDACTED, is_secret};
use super::names::is_char;
use std::fmt::{self, Write};

impl Element {
    /// Serializes the document for CloudFront: with `xmlns` on the root, without a declaration, and without white space between elements.
    pub fn to_document(&self, namespace: &str) -> String {
        let mut document = String::new();
        self.write(&mut document, Some(namespace))
            .expect("writing to a string never fails");
        document
    }

    fn write(&self, out: &mut impl Write, namespace: Option<&str>) -> fmt::Result {
        if self.is_absent() {
            return Ok(());
        }
        write!(out, "<{}", self.name)?;
        if let Some(namespace) = namespace {
            write!(out, " xmlns=\"")?;
            escape(namespace, out)?;
            out.write_char('"')?;
        }
        out.write_char('>')?;
        escape(&self.text, out)?;
        self.children
            .iter()
            .try_for_each(|child| child.write(out, None))?;
        write!(out, "</{}>", self.name)
    }
}

/// Writes the document without a namespace.
impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, None)
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_absent() {
            return write!(f, "<{} absent/>", self.name);
        }
        let text = if is_secret(self) {
            REDACTED
        } else {
            &self.text
        };
        write!(f, "<{}>{text}", self.name)?;
        self.children.iter().try_for_each(|child| child.fmt(f))?;
        write!(f, "</{}>", self.name)
    }
}

/// Escapes text. A carriage return becomes a character reference, because XML parsers read a literal one as a line feed.
fn escape(text: &str, out: &mut impl Write) -> fmt::Result {
    text.chars().try_for_each(|c| match c {
        '&' => out.write_str("&amp;"),
        '<' => out.write_str("&lt;"),
        '>' => out.write_str("&gt;"),
        '"' => out.write_str("&quot;"),
        '\r' => out.write_str("&#13;"),
        c if is_char(c) => out.write_char(c),
        _ => out.write_char(char::REPLACEMENT_CHARACTER),
    })
}
