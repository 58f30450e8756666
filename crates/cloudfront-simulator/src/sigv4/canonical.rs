//! The canonical request of Signature Version 4.

use std::borrow::Cow;

use hyper::HeaderMap;
use percent_encoding::{
    AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode, utf8_percent_encode,
};
use sha2::{Digest, Sha256};

use crate::error::ApiError;

const ENCODED_IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const ENCODED_IN_PATH: &AsciiSet = &ENCODED_IN_QUERY.remove(b'/');

/// The parts of a request that a signature covers.
pub(crate) struct SignedRequest<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

/// Returns the canonical request.
pub(super) fn canonical_request(
    request: &SignedRequest<'_>,
    signed_headers: &str,
) -> Result<String, ApiError> {
    // All services except S3 encode the path a second time.
    let path = utf8_percent_encode(request.path, ENCODED_IN_PATH);
    let headers = canonical_headers(request.headers, signed_headers)?;
    let payload = hex(&Sha256::digest(request.body));
    Ok(format!(
        "{}\n{path}\n{}\n{headers}\n{signed_headers}\n{payload}",
        request.method,
        canonical_query(request.query)
    ))
}

fn canonical_query(query: &str) -> String {
    let reencode = |text: &str| {
        percent_encode(&Cow::from(percent_decode_str(text)), ENCODED_IN_QUERY).to_string()
    };
    let mut pairs: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (reencode(name), reencode(value)))
        .collect();
    pairs.sort();
    pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>()
        .join("&")
}

fn canonical_headers(headers: &HeaderMap, signed_headers: &str) -> Result<String, ApiError> {
    if !signed_headers.split(';').any(|name| name == "host") {
        return Err(ApiError::signature_mismatch(
            "'Host' must be a 'SignedHeader' in the AWS Authorization.",
        ));
    }
    let mut lines = String::new();
    for name in signed_headers.split(';') {
        let values: Vec<_> = headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .map(collapse_spaces)
            .collect();
        if values.is_empty() {
            return Err(ApiError::signature_mismatch(&format!(
                "the signed header '{name}' is not in the request"
            )));
        }
        lines.extend([name, ":", &values.join(","), "\n"]);
    }
    Ok(lines)
}

fn collapse_spaces(value: &str) -> String {
    value
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Encodes bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
