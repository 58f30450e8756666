//! The canonical form of a request.

use std::borrow::Cow;

use hyper::HeaderMap;
use percent_encoding::{
    AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode, utf8_percent_encode,
};
use sha2::{Digest, Sha256};

use super::{Request, hex, mismatch};
use crate::error::ApiError;

const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const PATH: &AsciiSet = &QUERY.remove(b'/');

pub(super) fn request(request: &Request<'_>, signed_headers: &str) -> Result<String, ApiError> {
    // Every service but S3 encodes the path a second time.
    let path = utf8_percent_encode(request.path, PATH);
    let headers = headers(request.headers, signed_headers)?;
    let payload = hex(&Sha256::digest(request.body));
    Ok(format!(
        "{}\n{path}\n{}\n{headers}\n{signed_headers}\n{payload}",
        request.method,
        query(request.query)
    ))
}

fn query(query: &str) -> String {
    let recode =
        |text: &str| percent_encode(&Cow::from(percent_decode_str(text)), QUERY).to_string();
    let mut pairs: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (recode(name), recode(value)))
        .collect();
    pairs.sort();
    pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>()
        .join("&")
}

fn headers(given: &HeaderMap, signed: &str) -> Result<String, ApiError> {
    if !signed.split(';').any(|name| name == "host") {
        return Err(mismatch(
            "'Host' must be a 'SignedHeader' in the AWS Authorization.",
        ));
    }
    let mut lines = String::new();
    for name in signed.split(';') {
        let values: Vec<_> = given
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .map(squeeze)
            .collect();
        if values.is_empty() {
            return Err(mismatch(&format!(
                "the signed header '{name}' is not in the request"
            )));
        }
        lines.extend([name, ":", &values.join(","), "\n"]);
    }
    Ok(lines)
}

fn squeeze(value: &str) -> String {
    value
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
