//! Custom error responses.

use super::rules::{ensure, ensure_unique};
use crate::{error::ApiError, xml::Element};

/// The status codes of an origin that a custom error response can replace.
const ERROR_CODES: [i64; 11] = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];
/// Graphic characters that a URL-encoded path does not contain.
const UNSAFE_CHARACTERS: &[u8] = b"\"<>\\^`{|}";

pub(super) fn check(config: &Element) -> Result<(), ApiError> {
    let responses = config.items_of("CustomErrorResponses");
    ensure_unique(
        responses
            .iter()
            .map(|response| response.text_of("ErrorCode").to_owned()),
        "custom error response",
    )?;
    responses.iter().try_for_each(check_response)
}

fn check_response(response: &Element) -> Result<(), ApiError> {
    let code = response.number("ErrorCode").unwrap_or(0);
    let message = format!("An invalid error code was specified: {code}.");
    ensure(ERROR_CODES.contains(&code), "InvalidErrorCode", &message)?;
    let ttl = response.number("ErrorCachingMinTTL").unwrap_or(0);
    let message = "The parameter ErrorCachingMinTTL must not be negative.";
    ensure(ttl >= 0, "InvalidArgument", message)?;
    let (page_path, response_code) = (
        response.text_of("ResponsePagePath"),
        response.text_of("ResponseCode"),
    );
    let message = "ResponsePagePath and ResponseCode must be given together.";
    ensure(
        page_path.is_empty() == response_code.is_empty(),
        "InvalidArgument",
        message,
    )?;
    if response_code.is_empty() {
        return Ok(());
    }
    let is_known = response_code == "200"
        || response_code
            .parse()
            .is_ok_and(|code| ERROR_CODES.contains(&code));
    ensure(
        is_known,
        "InvalidResponseCode",
        &format!("A response code is not valid: {response_code}."),
    )?;
    check_page_path(page_path)
}

fn check_page_path(path: &str) -> Result<(), ApiError> {
    let is_safe = |byte: u8| byte.is_ascii_graphic() && !UNSAFE_CHARACTERS.contains(&byte);
    let is_valid = path.starts_with('/') && path.len() <= 4096 && path.bytes().all(is_safe);
    let message =
        "The relative path is too big, is not URL-encoded, or does not begin with a slash (/).";
    ensure(is_valid, "InvalidRelativePath", message)
}
