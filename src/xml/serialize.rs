use super::Element;
use super::drift::{REDACTED, is_secret};
use super::names::is_char;
use std::fmt::{self, Write};

impl Element {
    /// The document as CloudFront takes it: `xmlns` on the root, no declaration, nothing between the elements.
    pub fn to_document(&self, namespace: &str) -> String {
        let mut document = String::new();
        self.write(&mut document, Some(namespace))
            .expect("a string takes all that is written to it");
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

/// The document without a namespace.
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

/// A carriage return goes out as a reference, because a reader turns a bare one into a line feed.
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
