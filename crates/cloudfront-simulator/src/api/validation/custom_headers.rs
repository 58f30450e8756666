//! Headers that CloudFront adds to requests to an origin.

use super::rules::{ensure, is_http_token};
use crate::{error::ApiError, xml::Element};

/// The headers that CloudFront cannot add (developer guide, "Add custom headers to origin requests").
const EXCLUDED: [&str; 23] = [
    "cache-control",
    "connection",
    "content-length",
    "cookie",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "max-forwards",
    "pragma",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "request-range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-real-ip",
];
const EXCLUDED_PREFIXES: [&str; 2] = ["x-amz-", "x-edge-"];
/// Lengths in the developer guide, "Quotas on headers".
const MAX_NAME: usize = 256;
const MAX_VALUE: usize = 1_783;
const MAX_TOTAL: usize = 10_240;

pub(super) fn check(headers: &[Element]) -> Result<(), ApiError> {
    let mut total = 0;
    for header in headers {
        let (name, value) = (header.text_of("HeaderName"), header.text_of("HeaderValue"));
        let message = format!("The parameter HeaderName is not valid: '{name}'.");
        let is_name = is_http_token(name) && name.len() <= MAX_NAME;
        ensure(is_name, "InvalidArgument", &message)?;
        let message = format!("The parameter HeaderName contains {name} that is not allowed.");
        ensure(!is_excluded(name), "InvalidArgument", &message)?;
        let length = value.chars().count();
        let message = format!("The parameter HeaderValue of {name} is too long.");
        ensure(length <= MAX_VALUE, "InvalidArgument", &message)?;
        total += name.len() + length;
    }
    let message = "The parameter CustomHeaders is too long: the names and values have more than 10240 characters.";
    ensure(total <= MAX_TOTAL, "InvalidArgument", message)
}

fn is_excluded(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    EXCLUDED.contains(&name.as_str())
        || EXCLUDED_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix))
}
