//! Malformed and malicious responses that a client must handle.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{error::ApiError, http::HttpResponse};

const HUGE_LENGTH: usize = 64 * 1024 * 1024;
const NESTING_DEPTH: usize = 100_000;
const HTML_ERROR_PAGE: &str =
    "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1><hr><p>proxy&nbsp;error</body></html>";

/// A malformed or malicious response. Status and headers are those of the original response unless stated otherwise. A response
/// in JSON is replaced by JSON, or stays if only XML has such a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostileBody {
    /// The HTML error page of a proxy, with the original status.
    Html,
    /// A document type declaration with nested entities (the "billion laughs" attack).
    Entities,
    /// 64 MiB of text.
    Huge,
    /// Elements nested 100,000 levels deep.
    Deep,
    /// An empty body.
    Empty,
    /// An unexpected root element.
    WrongRoot,
    /// An unexpected namespace.
    WrongNamespace,
    /// Every `Quantity` has the value 7.
    WrongQuantity,
    /// The first element is removed: for example `Id`, `Marker` or `CallerReference`.
    MissingElement,
    /// An `Id` element is inserted before the first element.
    DuplicateElement,
    /// Elements that are not in the service model are inserted.
    UnknownElement,
    /// The header with the entity tag is removed.
    MissingEtag,
    /// An error document with status 200.
    ErrorWithStatus200,
    /// Bytes that are not valid UTF-8 are appended.
    NotUtf8,
    /// The `Content-Encoding` header is `gzip`, and the body is not compressed.
    FalseGzip,
    /// The original response, sent a few bytes at a time.
    Drip,
}

impl HostileBody {
    /// Replaces the response.
    pub(crate) fn apply_to(self, response: &mut HttpResponse) {
        match self {
            Self::Html => response.set_header("content-type", "text/html"),
            Self::FalseGzip => response.set_header("content-encoding", "gzip"),
            Self::MissingEtag => {
                // The second name is that of UpdateFunction (model).
                response
                    .headers
                    .retain(|(name, _)| !matches!(*name, "etag" | "ettag"));
            }
            Self::Drip => response.chunk_delay = Some(Duration::from_millis(5)),
            // A server that sends another document in place of code sends its type too.
            _ if response.is_binary() => {
                response.set_header("content-type", "text/xml");
            }
            _ => {}
        }
        if self == Self::ErrorWithStatus200 {
            response.status = 200;
        }
        response.body = match response.json_body() {
            Some(body) => self.replacement_json(body, std::mem::take(&mut response.body)),
            None => self.replacement_body(std::mem::take(&mut response.body)),
        };
    }

    /// Returns the replacement of a body in JSON. Replacements that only XML has keep it.
    fn replacement_json(self, mut body: Value, original: Vec<u8>) -> Vec<u8> {
        match (self, &mut body) {
            (Self::WrongRoot, _) => body = json!([body]),
            (Self::ErrorWithStatus200, _) => body = json!({ "Message": "hostile" }),
            (Self::WrongQuantity, Value::Object(members)) if members.contains_key("ItemCount") => {
                members.insert("ItemCount".to_owned(), json!(7));
            }
            (Self::UnknownElement, Value::Object(members)) => {
                members.insert("Future".to_owned(), json!({ "Things": [1] }));
            }
            (Self::MissingElement, Value::Object(members)) => {
                let first = members.keys().next().cloned();
                first.map(|name| members.remove(&name));
            }
            (Self::DuplicateElement, _) => {
                let text = String::from_utf8_lossy(&original);
                return text.replacen('{', "{\"ItemCount\":7,", 1).into();
            }
            (Self::Deep, _) => return "[".repeat(NESTING_DEPTH).into(),
            (Self::Huge, _) => {
                return [b"{\"Key\":\"".as_slice(), &vec![b'A'; HUGE_LENGTH], b"\"}"].concat();
            }
            (Self::Entities | Self::WrongNamespace | Self::WrongQuantity, _) => return original,
            _ => return self.replacement_body(original),
        }
        body.to_string().into()
    }

    fn replacement_body(self, original: Vec<u8>) -> Vec<u8> {
        let text = String::from_utf8_lossy(&original);
        match self {
            Self::Html => HTML_ERROR_PAGE.into(),
            Self::Entities => nested_entities().into(),
            Self::Huge => [
                b"<Distribution><Id>".as_slice(),
                &vec![b'A'; HUGE_LENGTH],
                b"</Id></Distribution>",
            ]
            .concat(),
            Self::Deep => "<Distribution>".repeat(NESTING_DEPTH).into(),
            Self::Empty => Vec::new(),
            Self::WrongRoot => "<?xml version=\"1.0\"?><Surprise><Id>E1</Id></Surprise>".into(),
            Self::WrongNamespace => text
                .replace("cloudfront.amazonaws.com/doc", "example.com/other")
                .into(),
            Self::WrongQuantity => replace_text(&text, "Quantity", "7").into(),
            Self::MissingElement => remove_first_child(&text).into(),
            Self::DuplicateElement => insert_first_child(&text, "<Id>E0000000000000</Id>").into(),
            Self::UnknownElement => {
                insert_first_child(&text, "<Future><Items><Thing>1</Thing></Items></Future>").into()
            }
            Self::ErrorWithStatus200 => ApiError::new("NoSuchDistribution", "hostile")
                .to_document("hostile")
                .into(),
            Self::NotUtf8 => [original.as_slice(), b"\xff\xfe\x80"].concat(),
            Self::FalseGzip | Self::MissingEtag | Self::Drip => original,
        }
    }
}

/// Returns a document with ten levels of nested entities.
fn nested_entities() -> String {
    let declaration =
        |n: usize| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10));
    let declarations: String = (1..10).map(declaration).collect();
    format!(
        "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY l0 \"ha\">{declarations}]><Distribution><Id>&l9;</Id></Distribution>"
    )
}

/// Replaces the text of all elements of a name.
fn replace_text(document: &str, element: &str, text: &str) -> String {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let mut parts = document.split(open.as_str());
    let mut replaced = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.split_once(&close).map_or("", |(_, rest)| rest);
        replaced.extend([open.as_str(), text, close.as_str(), rest]);
    }
    replaced
}

/// Returns the position after the start tag of the root element.
fn root_content_start(text: &str) -> usize {
    let root = text.find("?>").map_or(0, |at| at + 2);
    text[root..]
        .find('>')
        .map_or(text.len(), |at| root + at + 1)
}

fn insert_first_child(text: &str, element: &str) -> String {
    let at = root_content_start(text);
    format!("{}{element}{}", &text[..at], &text[at..])
}

fn remove_first_child(text: &str) -> String {
    let at = root_content_start(text);
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
    fn bodies_in_json_are_replaced_in_json() {
        let body = json!({ "ItemCount": 2, "Status": "READY" });
        let replaced = |hostile: HostileBody| {
            let original = body.to_string().into_bytes();
            let replaced = hostile.replacement_json(body.clone(), original);
            String::from_utf8_lossy(&replaced).into_owned()
        };
        assert_eq!(replaced(HostileBody::WrongRoot), json!([body]).to_string());
        assert!(replaced(HostileBody::WrongQuantity).contains('7'));
        assert!(replaced(HostileBody::UnknownElement).contains("Future"));
        assert!(!replaced(HostileBody::MissingElement).contains("ItemCount"));
        assert_eq!(
            replaced(HostileBody::DuplicateElement)
                .matches("ItemCount")
                .count(),
            2
        );
        assert_eq!(replaced(HostileBody::WrongNamespace), body.to_string());
    }

    #[test]
    fn children_are_removed_inserted_and_replaced() {
        assert_eq!(
            remove_first_child(DOCUMENT),
            "<?xml version=\"1.0\"?>\n<A xmlns=\"n\"><Quantity>2</Quantity></A>"
        );
        assert!(insert_first_child(DOCUMENT, "<B></B>").contains("<A xmlns=\"n\"><B></B><Id>"));
        assert!(replace_text(DOCUMENT, "Quantity", "7").ends_with("<Quantity>7</Quantity></A>"));
    }
}
