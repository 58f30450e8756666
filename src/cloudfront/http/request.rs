//! A call, described.

use crate::{cloudfront::CloudFrontError, xml::Element};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::{borrow::Cow, fmt};

/// What RFC 3986 leaves unreserved needs no encoding; signatures demand that all else is encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One call of the API, described. Nothing happens until [`Client::send`](super::Client::send) is given it.
#[derive(Clone, PartialEq)]
pub struct Request {
    /// The operation's name in AWS's service model, such as `CreateDistribution`: for messages, metrics and the meaning of a 404.
    pub operation: Cow<'static, str>,
    /// HTTP method. Everything but [`Method::Get`] is a write.
    pub method: Method,
    /// Path below `/2020-05-31/`, each variable part encoded by [`encode_segment`].
    pub path: String,
    /// Query parameters, not encoded yet; `None` is a bare flag such as `WithTags`.
    pub query: Vec<(Cow<'static, str>, Option<String>)>,
    /// Version that a write expects, as `ETag` gave it: without quotes.
    pub if_match: Option<String>,
    /// Root element; the namespace is added when it is sent.
    pub body: Option<Element>,
    /// Whose turn it is when calls have to wait.
    pub priority: Priority,
}

/// The methods that CloudFront's API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, and a few reads whose input is a document.
    Post,
    /// Replaces.
    Put,
    /// Deletes.
    Delete,
}

/// Who goes first when calls have to wait for the [`RateLimiter`](super::RateLimiter): what a person waits for, before what only keeps watch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Somebody changed a spec.
    #[default]
    Interactive,
    /// Somebody deleted an object.
    Deletion,
    /// Is it deployed yet?
    DeploymentPoll,
    /// Has anybody changed it behind our back?
    DriftCheck,
}

/// Percent-encodes one segment of a path, so that an ARN, or a hostile id such as `../x`, stays one segment.
///
/// `.` and `..` mean something even when encoded: [`Client::send`](super::Client::send) refuses them, and an empty segment.
pub fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

impl Request {
    /// A read.
    pub fn get(operation: impl Into<Cow<'static, str>>, path: impl Into<String>) -> Self {
        Self::new(Method::Get, operation.into(), path.into())
    }

    /// A create, or another call that carries a document.
    pub fn post(
        operation: impl Into<Cow<'static, str>>,
        path: impl Into<String>,
        body: Element,
    ) -> Self {
        Self {
            body: Some(body),
            ..Self::new(Method::Post, operation.into(), path.into())
        }
    }

    /// A replacement of the version `etag`.
    pub fn put(
        operation: impl Into<Cow<'static, str>>,
        path: impl Into<String>,
        etag: impl Into<String>,
        body: Element,
    ) -> Self {
        Self {
            if_match: Some(etag.into()),
            body: Some(body),
            ..Self::new(Method::Put, operation.into(), path.into())
        }
    }

    /// A deletion of the version `etag`.
    pub fn delete(
        operation: impl Into<Cow<'static, str>>,
        path: impl Into<String>,
        etag: impl Into<String>,
    ) -> Self {
        Self {
            if_match: Some(etag.into()),
            ..Self::new(Method::Delete, operation.into(), path.into())
        }
    }

    /// Adds a query parameter; `None` adds a bare flag.
    #[must_use]
    pub fn query(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Option<String>>,
    ) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds a bare flag, such as `WithTags`.
    #[must_use]
    pub fn flag(self, name: impl Into<Cow<'static, str>>) -> Self {
        self.query(name, None)
    }

    /// Sets whose turn it is when calls have to wait; [`Priority::Interactive`] unless set.
    #[must_use]
    pub fn priority(self, priority: Priority) -> Self {
        Self { priority, ..self }
    }

    /// Whether the call may change something. A few reads are POSTs; they are told by their operation's name.
    pub fn is_write(&self) -> bool {
        const READS: [&str; 5] = ["Get", "List", "Describe", "Verify", "Test"];
        self.method != Method::Get && !READS.iter().any(|verb| self.operation.starts_with(verb))
    }

    /// What the request line will say.
    ///
    /// Refuses a path with an empty, `.` or `..` segment, encoded or not: such an id would turn the call into another one.
    pub(in crate::cloudfront) fn target(&self) -> Result<String, CloudFrontError> {
        let escapes = |part: &str| {
            let dots = part.to_ascii_lowercase().replace("%2e", ".");
            matches!(dots.as_str(), "" | "." | "..")
        };
        let alien = |c: char| !(c.is_ascii_alphanumeric() || "-._~%/".contains(c));
        if self.path.split('/').any(escapes) || self.path.contains(alien) {
            return Err(CloudFrontError::Invalid {
                operation: self.operation.clone(),
                detail: format!("{:?} is no path of CloudFront's API", self.path),
            });
        }
        let query: Vec<_> = self.query.iter().map(parameter).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        Ok(format!(
            "/2020-05-31/{}{mark}{}",
            self.path,
            query.join("&")
        ))
    }

    fn new(method: Method, operation: Cow<'static, str>, path: String) -> Self {
        Self {
            operation,
            method,
            path,
            query: vec![],
            if_match: None,
            body: None,
            priority: Priority::default(),
        }
    }
}

/// A body may carry secrets, such as an origin's custom headers: only its root is shown.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("if_match", &self.if_match)
            .field("body", &self.body.as_ref().map(Element::name))
            .field("priority", &self.priority)
            .finish()
    }
}

fn parameter((name, value): &(Cow<'static, str>, Option<String>)) -> String {
    match value {
        Some(value) => format!("{}={}", encode_segment(name), encode_segment(value)),
        None => encode_segment(name),
    }
}
