//! What a call's answer says.

use super::{RawResponse, Request};
use crate::cloudfront::{
    CloudFrontError, ErrorClass,
    error::{self, sanitize},
};
use crate::xml::Element;
use std::borrow::Cow;

/// What CloudFront answered to a call that succeeded.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The version that the next write must name. Bare, without quotes. `UpdateFunction` calls the header `ETtag`: so it is in AWS's model.
    pub etag: Option<String>,
    /// AWS's id of the call, for its support.
    pub request_id: Option<String>,
    /// The document; `None` where there is none, as after a deletion.
    pub document: Option<Element>,
}

impl Response {
    /// Reads a reply of status 2xx. A success that does not say what it should is an [`CloudFrontError::InvalidResponse`].
    pub(in crate::cloudfront) fn read(
        request: &Request,
        reply: &RawResponse,
    ) -> Result<Self, CloudFrontError> {
        let document =
            document(request, reply).map_err(|detail| CloudFrontError::InvalidResponse {
                operation: request.operation.clone(),
                detail,
                request_id: request_id(reply),
                outcome_unknown: request.is_write(),
            })?;
        Ok(Self {
            etag: token(reply, "etag").or_else(|| token(reply, "ettag")),
            request_id: request_id(reply),
            document,
        })
    }
}

fn document(request: &Request, reply: &RawResponse) -> Result<Option<Element>, String> {
    if reply.body.is_empty() {
        let silent = reply.status == 204
            || request.is_write()
                && (request.body.is_none() || request.operation.starts_with("Delete"));
        return if silent {
            Ok(None)
        } else {
            Err(describe(reply))
        };
    }
    let document =
        Element::parse(&reply.body).map_err(|error| format!("{}: {error}", describe(reply)))?;
    match document.name() {
        "ErrorResponse" => Err(format!("HTTP {} with an error in it", reply.status)),
        name if name.eq_ignore_ascii_case("html") => Err(describe(reply)),
        _ => Ok(Some(document)),
    }
}

/// What a reply of any other status than 2xx means.
pub(in crate::cloudfront) fn failure(
    operation: Cow<'static, str>,
    write: bool,
    reply: &RawResponse,
) -> CloudFrontError {
    let request_id = request_id(reply);
    let unreachable = |code, detail| CloudFrontError::Unreachable {
        operation: operation.clone(),
        detail,
        code,
        request_id: request_id.clone(),
        outcome_unknown: write,
    };
    let Some((code, message)) = refusal(reply).filter(|_| reply.status >= 400) else {
        return match reply.status {
            500.. => unreachable(None, format!("HTTP {}", reply.status)),
            429 => {
                CloudFrontError::refused(operation, 429, "TooManyRequests", "the rate was exceeded")
            }
            _ => CloudFrontError::InvalidResponse {
                operation,
                detail: describe(reply),
                request_id,
                outcome_unknown: write,
            },
        };
    };
    if error::refusal(&operation, reply.status, &code, &message) == ErrorClass::Unreachable {
        let detail = format!("HTTP {}: {code}: {message}", reply.status);
        return unreachable(Some(code), detail);
    }
    CloudFrontError::Refused {
        operation,
        status: reply.status,
        code,
        message,
        request_id,
    }
}

/// Code and message of `ErrorResponse/Error`, if that is what the body is.
///
/// Anything else is not CloudFront's: a proxy's page with status 404 must never pass for "it is gone".
fn refusal(reply: &RawResponse) -> Option<(String, String)> {
    let document = Element::parse(&reply.body).ok()?;
    let error = document
        .child("Error")
        .filter(|_| document.name() == "ErrorResponse")?;
    let code = error.text_of("Code")?.trim();
    let valid = (1..=128).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    let message = sanitize(error.text_of("Message").unwrap_or_default());
    valid.then(|| (code.to_owned(), message))
}

/// What came instead of an answer. Its text is not repeated: it is not known whose it is.
pub(in crate::cloudfront) fn describe(reply: &RawResponse) -> String {
    let status = reply.status;
    match (status, reply.body.len()) {
        (300..=399, _) => format!(
            "HTTP {status}, a redirect, which is never followed; is the endpoint right, or is there a proxy in between?"
        ),
        (_, 0) => format!("HTTP {status} with nothing in it"),
        (_, size) => format!(
            "HTTP {status} with {size} bytes that are no document of CloudFront's; is there a proxy in between?"
        ),
    }
}

pub(in crate::cloudfront) fn request_id(reply: &RawResponse) -> Option<String> {
    token(reply, "x-amzn-requestid")
}

/// A header that is one word of reasonable length.
fn token(reply: &RawResponse, name: &str) -> Option<String> {
    let text = reply.header(name)?.trim();
    let valid = (1..=256).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    valid.then(|| text.to_owned())
}
