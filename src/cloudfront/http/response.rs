//! Responses: their document, or the error they mean.

use super::{RawResponse, Request, Service};
use crate::{
    cloudfront::{
        CloudFrontError, ErrorClass,
        error::{classify, sanitize},
    },
    xml::Element,
};
use serde_json::Value;
use std::{borrow::Cow, fmt};

/// CloudFront's response to a request that succeeded.
#[derive(Clone, PartialEq)]
pub struct Response {
    /// The version that the next write names in `If-Match`, without quotes. `UpdateFunction` names the header `ETtag`, as in AWS's model.
    pub etag: Option<String>,
    /// AWS's request ID, for its support.
    pub request_id: Option<String>,
    /// The document. `None` if the body is empty, for example after a deletion, or if it is bytes.
    pub document: Option<Element>,
    /// The bytes, if the request expects bytes instead of a document.
    pub bytes: Option<Vec<u8>>,
}

impl Response {
    /// Reads a response with status 2xx. A success without the expected document is [`CloudFrontError::InvalidResponse`].
    pub(in crate::cloudfront) fn read(
        request: &Request,
        raw: &RawResponse,
    ) -> Result<Self, CloudFrontError> {
        let read = if request.is_raw {
            read_bytes(request, raw).map(|bytes| (None, Some(bytes)))
        } else {
            read_document(request, raw).map(|document| (document, None))
        };
        let (document, bytes) = read.map_err(|detail| CloudFrontError::InvalidResponse {
            is_too_large: false,
            operation: request.operation.clone(),
            detail,
            request_id: request_id(raw),
            outcome_unknown: request.is_write(),
        })?;
        Ok(Self {
            etag: token(raw, "etag").or_else(|| token(raw, "ettag")),
            request_id: request_id(raw),
            document,
            bytes,
        })
    }
}

/// Returns the error that a response with a status other than 2xx means.
pub(in crate::cloudfront) fn read_error(
    operation: Cow<'static, str>,
    is_write: bool,
    raw: &RawResponse,
) -> CloudFrontError {
    let request_id = request_id(raw);
    let unreachable = |code, detail| CloudFrontError::Unreachable {
        operation: operation.clone(),
        detail,
        code,
        request_id: request_id.clone(),
        outcome_unknown: is_write,
    };
    let Some((code, message)) = error_document(raw).filter(|_| raw.status >= 400) else {
        return match raw.status {
            500.. => unreachable(None, format!("HTTP {}", raw.status)),
            429 => {
                CloudFrontError::refused(operation, 429, "TooManyRequests", "the rate was exceeded")
            }
            _ => CloudFrontError::InvalidResponse {
                is_too_large: false,
                operation,
                detail: describe(raw),
                request_id,
                outcome_unknown: is_write,
            },
        };
    };
    if classify(&operation, raw.status, &code, &message) == ErrorClass::Unreachable {
        let detail = format!("HTTP {}: {code}: {message}", raw.status);
        return unreachable(Some(code), detail);
    }
    CloudFrontError::Refused {
        operation,
        status: raw.status,
        code,
        message,
        request_id,
    }
}

/// Describes an invalid response without its text, which may come from another server.
pub(in crate::cloudfront) fn describe(raw: &RawResponse) -> String {
    let status = raw.status;
    match (status, raw.body.len()) {
        (300..=399, _) => format!(
            "HTTP {status}, a redirect, which is never followed; check the endpoint and the proxies on the path"
        ),
        (_, 0) => format!("HTTP {status} without a body"),
        (_, size) => format!(
            "HTTP {status} with {size} bytes that are not a CloudFront document; check the proxies on the path"
        ),
    }
}

pub(in crate::cloudfront) fn request_id(raw: &RawResponse) -> Option<String> {
    token(raw, "x-amzn-requestid")
}

/// Returns the bytes of the body. Another content type is the page of a proxy.
fn read_bytes(request: &Request, raw: &RawResponse) -> Result<Vec<u8>, String> {
    let expected = match request.service {
        Service::CloudFront => "application/octet-stream",
        Service::KeyValueStore { .. } => "application/json",
    };
    if token(raw, "content-type").as_deref() == Some(expected) {
        Ok(raw.body.to_vec())
    } else {
        Err(describe(raw))
    }
}

fn read_document(request: &Request, raw: &RawResponse) -> Result<Option<Element>, String> {
    if raw.body.is_empty() {
        let may_be_empty = raw.status == 204
            || request.is_write()
                && (request.body.is_none() || request.operation.starts_with("Delete"));
        return if may_be_empty {
            Ok(None)
        } else {
            Err(describe(raw))
        };
    }
    let document =
        Element::parse(&raw.body).map_err(|error| format!("{}: {error}", describe(raw)))?;
    match document.name() {
        "ErrorResponse" => Err(format!("HTTP {} with an error in it", raw.status)),
        name if name.eq_ignore_ascii_case("html") => Err(describe(raw)),
        _ => Ok(Some(document)),
    }
}

/// Returns the code and message of `ErrorResponse/Error`, or `None` if the body is another document.
///
/// Only CloudFront sends that document: the 404 page of a proxy must not be read as "the resource does not exist".
fn error_document(raw: &RawResponse) -> Option<(String, String)> {
    if let Some(error) = json_error(raw) {
        return Some(error);
    }
    let document = Element::parse(&raw.body).ok()?;
    let error = document
        .child("Error")
        .filter(|_| document.name() == "ErrorResponse")?;
    let code = error.text_of("Code")?.trim();
    let message = sanitize(error.text_of("Message").unwrap_or_default());
    is_code(code).then(|| (code.to_owned(), message))
}

/// Returns the code and message of an error in JSON. A header has the code, which may have a namespace after it. Only AWS sends that header.
fn json_error(raw: &RawResponse) -> Option<(String, String)> {
    let header = token(raw, "x-amzn-errortype")?;
    let code = header.split(':').next().filter(|it| is_code(it))?;
    let body: Value = serde_json::from_slice(&raw.body).unwrap_or_default();
    let mut messages = ["Message", "message"]
        .iter()
        .filter_map(|it| body[it].as_str());
    let message = sanitize(messages.next().unwrap_or_default());
    Some((code.to_owned(), message))
}

fn is_code(text: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b == b'.';
    (1..=128).contains(&text.len()) && text.bytes().all(is_part)
}

/// Shows only the size of bytes, which may be confidential.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("etag", &self.etag)
            .field("request_id", &self.request_id)
            .field("document", &self.document)
            .field("bytes", &self.bytes.as_ref().map(Vec::len))
            .finish()
    }
}

/// Returns a header whose value is one word of bounded length.
fn token(raw: &RawResponse, name: &str) -> Option<String> {
    let text = raw.header(name)?.trim();
    let is_valid = (1..=256).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    is_valid.then(|| text.to_owned())
}
