//! Answers that a client must survive.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{error::ApiError, server::Reply};

const HUGE: usize = 64 * 1024 * 1024;
const DEEP: usize = 100_000;
const HTML: &str =
    "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1><hr><p>proxy&nbsp;error</body></html>";

/// A hostile answer; status and headers are those of success unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostileBody {
    /// A proxy's HTML error page with status 200.
    Html,
    /// A document type declaration with nested entities.
    Entities,
    /// 64 MiB of text.
    Huge,
    /// Elements nested 100,000 deep.
    Deep,
    /// No body at all.
    Empty,
    /// Another root element.
    WrongRoot,
    /// Another namespace.
    WrongNamespace,
    /// Every `Quantity` is 7.
    WrongQuantity,
    /// The first element is left out: an `Id`, a `Marker`, a `CallerReference`.
    MissingElement,
    /// The first element comes twice.
    DuplicateElement,
    /// Elements nobody has heard of.
    UnknownElement,
    /// No `ETag` header.
    MissingEtag,
    /// An error document with status 200.
    ErrorWithStatus200,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// Plain text that claims to be gzip.
    FalseGzip,
    /// The right answer, a few bytes at a time.
    Drip,
}

impl HostileBody {
    pub(crate) fn spoil(self, reply: &mut Reply) {
        match self {
            Self::Html => reply.set_header("content-type", "text/html"),
            Self::FalseGzip => reply.set_header("content-encoding", "gzip"),
            Self::MissingEtag => reply.headers.retain(|(name, _)| *name != "etag"),
            Self::Drip => reply.pace = Some(Duration::from_millis(5)),
            Self::ErrorWithStatus200 => reply.status = 200,
            _ => {}
        }
        reply.body = self.body(std::mem::take(&mut reply.body));
    }

    fn body(self, right: Vec<u8>) -> Vec<u8> {
        let text = String::from_utf8_lossy(&right);
        match self {
            Self::Html => HTML.into(),
            Self::Entities => entities().into(),
            Self::Huge => [
                b"<Distribution><Id>".as_slice(),
                &vec![b'A'; HUGE],
                b"</Id></Distribution>",
            ]
            .concat(),
            Self::Deep => "<Distribution>".repeat(DEEP).into(),
            Self::Empty => Vec::new(),
            Self::WrongRoot => "<?xml version=\"1.0\"?><Surprise><Id>E1</Id></Surprise>".into(),
            Self::WrongNamespace => text
                .replace("cloudfront.amazonaws.com/doc", "example.com/other")
                .into(),
            Self::WrongQuantity => replace_texts(&text, "Quantity", "7").into(),
            Self::MissingElement => without_first(&text).into(),
            Self::DuplicateElement => with_first(&text, "<Id>E0000000000000</Id>").into(),
            Self::UnknownElement => {
                with_first(&text, "<Future><Items><Thing>1</Thing></Items></Future>").into()
            }
            Self::ErrorWithStatus200 => ApiError::new("NoSuchDistribution", "hostile")
                .to_document("hostile")
                .into(),
            Self::NotUtf8 => [right.as_slice(), b"\xff\xfe\x80"].concat(),
            Self::FalseGzip | Self::MissingEtag | Self::Drip => right,
        }
    }
}

/// The billion laughs.
fn entities() -> String {
    let nest = |n: usize| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10));
    let nested: String = (1..10).map(nest).collect();
    format!(
        "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY l0 \"ha\">{nested}]><Distribution><Id>&l9;</Id></Distribution>"
    )
}

fn replace_texts(text: &str, element: &str, by: &str) -> String {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let mut parts = text.split(open.as_str());
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.split_once(&close).map_or("", |(_, rest)| rest);
        out.extend([open.as_str(), by, close.as_str(), rest]);
    }
    out
}

/// Where the root element's content starts.
fn inside_root(text: &str) -> usize {
    let root = text.find("?>").map_or(0, |at| at + 2);
    text[root..]
        .find('>')
        .map_or(text.len(), |at| root + at + 1)
}

fn with_first(text: &str, element: &str) -> String {
    let at = inside_root(text);
    format!("{}{element}{}", &text[..at], &text[at..])
}

fn without_first(text: &str) -> String {
    let at = inside_root(text);
    let rest = &text[at..];
    let name = rest
        .trim_start_matches('<')
        .split('>')
        .next()
        .unwrap_or_default();
    let close = format!("</{name}>");
    let end = rest.find(&close).map_or(0, |found| found + close.len());
    format!("{}{}", &text[..at], &rest[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str =
        "<?xml version=\"1.0\"?>\n<A xmlns=\"n\"><Id>1</Id><Quantity>2</Quantity></A>";

    #[test]
    fn elements_come_and_go_at_the_front() {
        assert_eq!(
            without_first(DOCUMENT),
            "<?xml version=\"1.0\"?>\n<A xmlns=\"n\"><Quantity>2</Quantity></A>"
        );
        assert!(with_first(DOCUMENT, "<B></B>").contains("<A xmlns=\"n\"><B></B><Id>"));
        assert!(replace_texts(DOCUMENT, "Quantity", "7").ends_with("<Quantity>7</Quantity></A>"));
    }
}
