//! Requests as values.

use super::Service;
use crate::{
    cloudfront::{CloudFrontError, Priority, error::is_read},
    xml::Element,
};
use aws_smithy_types::base64;
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::{borrow::Cow, fmt};

/// All characters but the unreserved ones of RFC 3986: signatures require that they are encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One request to the API, as a value. [`Client::send`](crate::cloudfront::Client::send) sends it.
#[derive(Clone, PartialEq)]
pub struct Request {
    /// The operation's name in AWS's service model, such as `CreateDistribution`. Messages and metrics contain it, and it decides what a 404 means.
    pub operation: Cow<'static, str>,
    /// The HTTP method. Everything but [`Method::Get`] is a write.
    pub method: Method,
    /// The service.
    pub service: Service,
    /// The path below `/2020-05-31/`, or that of another service, with each variable part encoded by [`encode_segment`].
    pub path: String,
    /// The query parameters, not yet encoded. A `None` value is a flag without value, such as `WithTags`.
    pub query: Vec<(Cow<'static, str>, Option<String>)>,
    /// The version that a write replaces: the `ETag` without quotes.
    pub if_match: Option<String>,
    /// The root element. The client adds the namespace.
    pub body: Option<Element>,
    /// A document in JSON, which may be confidential.
    pub json: Option<Bytes>,
    /// Whether the response is bytes, such as the code of a function or JSON, and not a document.
    pub is_raw: bool,
    /// The order in which requests pass the rate limiter.
    pub priority: Priority,
}

/// The HTTP methods that CloudFront's API uses.
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

/// Percent-encodes one segment of a path, so that an ARN, or an id such as `../x`, stays one segment.
///
/// `.` and `..` change the path even when encoded: [`Client::send`](crate::cloudfront::Client::send) refuses them, and an empty segment.
pub fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Encodes bytes, such as the code of a function, in Base64.
pub fn encode_base64(bytes: impl AsRef<[u8]>) -> String {
    base64::encode(bytes)
}

/// Returns the number of bytes that a text in Base64 stands for. An invalid text stands for none.
pub(crate) fn size_of_base64(text: &str) -> usize {
    base64::decode(text).map_or(0, |bytes| bytes.len())
}

impl Request {
    /// Builds a read.
    pub fn get(operation: impl Into<Cow<'static, str>>, path: impl Into<String>) -> Self {
        Self::new(Method::Get, operation.into(), path.into())
    }

    /// Builds a create, or another request with a document.
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

    /// Builds an update of the version `etag`.
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

    /// Builds a deletion of the version `etag`.
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

    /// Adds a query parameter. `None` adds a flag without value.
    #[must_use]
    pub fn query(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Option<String>>,
    ) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds a flag without value, such as `WithTags`.
    #[must_use]
    pub fn flag(self, name: impl Into<Cow<'static, str>>) -> Self {
        self.query(name, None)
    }

    /// Sets the order in which requests pass the rate limiter. The default is [`Priority::Interactive`].
    #[must_use]
    pub fn priority(self, priority: Priority) -> Self {
        Self { priority, ..self }
    }

    /// Sends the request to the service with the pairs of the key-value stores of an account, whose responses are bytes.
    #[must_use]
    pub fn about_pairs(self, account: impl Into<String>) -> Self {
        let account = account.into();
        Self {
            service: Service::KeyValueStore { account },
            is_raw: true,
            ..self
        }
    }

    /// Expects bytes in the response.
    #[must_use]
    pub fn raw(self) -> Self {
        Self {
            is_raw: true,
            ..self
        }
    }

    /// Returns whether the request can change a resource. A few reads are POSTs, and the operation's name identifies them.
    pub fn is_write(&self) -> bool {
        self.method != Method::Get && !is_read(&self.operation)
    }

    /// Returns the target of the request line.
    ///
    /// Refuses a path with an empty, `.` or `..` segment, encoded or not: with such an id the request would reach another resource.
    pub(in crate::cloudfront) fn target(&self) -> Result<String, CloudFrontError> {
        let is_traversal = |part: &str| {
            let dots = part.to_ascii_lowercase().replace("%2e", ".");
            matches!(dots.as_str(), "" | "." | "..")
        };
        let is_invalid = |c: char| !(c.is_ascii_alphanumeric() || "-._~%/".contains(c));
        if self.path.split('/').any(is_traversal) || self.path.contains(is_invalid) {
            return Err(CloudFrontError::InvalidRequest {
                operation: self.operation.clone(),
                detail: format!("{:?} is not a path of CloudFront's API", self.path),
            });
        }
        let query: Vec<_> = self.query.iter().map(parameter).collect();
        let separator = if query.is_empty() { "" } else { "?" };
        let version = match self.service {
            Service::CloudFront => "2020-05-31/",
            Service::KeyValueStore { .. } => "",
        };
        let path = &self.path;
        Ok(format!("/{version}{path}{separator}{}", query.join("&")))
    }

    fn new(method: Method, operation: Cow<'static, str>, path: String) -> Self {
        Self {
            operation,
            method,
            service: Service::CloudFront,
            path,
            query: vec![],
            if_match: None,
            body: None,
            json: None,
            is_raw: false,
            priority: Priority::default(),
        }
    }
}

/// Shows only the root of the body, which may contain secrets such as an origin's custom headers, and the size of JSON.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("service", &self.service)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("if_match", &self.if_match)
            .field("body", &self.body.as_ref().map(Element::name))
            .field("json", &self.json.as_ref().map(Bytes::len))
            .field("is_raw", &self.is_raw)
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
