//! Forwarded headers, cookies and query strings, which a cache policy replaces.

use super::{
    context::ValidationContext,
    rules::{ensure, is_http_token},
};
use crate::{error::ApiError, xml::Element};

/// The headers that CloudFront does not cache by (developer guide, "Request and response behavior for custom origins").
const NOT_CACHED: [&str; 17] = [
    "cache-control",
    "connection",
    "content-length",
    "cookie",
    "max-forwards",
    "pragma",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "request-range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-amz-cf-id",
    "x-forwarded-proto",
    "x-real-ip",
];
/// Lengths in the developer guide, "Quotas on cookies" and "Quotas on query strings".
const MAX_COOKIE_BYTES: usize = 512;
const MAX_KEY: usize = 128;
const MAX_KEYS: usize = 512;

pub(super) fn check(context: &ValidationContext<'_>, forwarded: &Element) -> Result<(), ApiError> {
    let headers = forwarded.items_of("Headers");
    context.check_quota("TooManyHeadersInForwardedValues", headers.len())?;
    check_headers(headers)?;
    check_keys(context, forwarded)?;
    let Some(cookies) = forwarded.child("Cookies") else {
        return Ok(());
    };
    check_cookies(context, cookies)
}

fn check_headers(headers: &[Element]) -> Result<(), ApiError> {
    let has_all = headers.iter().any(|header| header.text == "*");
    let message = "The parameter Headers must have no other item than * to forward all headers.";
    ensure(!has_all || headers.len() == 1, "InvalidArgument", message)?;
    match headers
        .iter()
        .find(|header| !is_http_token(&header.text) || is_not_cached(&header.text))
    {
        None => Ok(()),
        Some(header) => Err(ApiError::invalid_argument(format!(
            "The parameter Headers contains {} that is not allowed.",
            header.text
        ))),
    }
}

fn is_not_cached(header: &str) -> bool {
    let header = header.to_ascii_lowercase();
    NOT_CACHED.contains(&header.as_str()) || header.starts_with("x-edge-")
}

fn check_keys(context: &ValidationContext<'_>, forwarded: &Element) -> Result<(), ApiError> {
    let keys = forwarded.items_of("QueryStringCacheKeys");
    context.check_quota("TooManyQueryStringParameters", keys.len())?;
    let lengths = || keys.iter().map(|key| key.text.chars().count());
    let is_valid = (keys.is_empty() || forwarded.is_true("QueryString"))
        && lengths().all(|length| (1..=MAX_KEY).contains(&length))
        && lengths().sum::<usize>() <= MAX_KEYS;
    let message = "The query string parameters specified are not valid.";
    ensure(is_valid, "InvalidQueryStringParameters", message)
}

fn check_cookies(context: &ValidationContext<'_>, cookies: &Element) -> Result<(), ApiError> {
    let names = cookies.items_of("WhitelistedNames");
    context.check_quota("TooManyCookieNamesInWhiteList", names.len())?;
    let message = "Your request contains forward cookies option which doesn't match with the expectation for the \
                   whitelisted list of cookie names.";
    ensure(
        (cookies.text_of("Forward") == "whitelist") != names.is_empty(),
        "InvalidForwardCookies",
        message,
    )?;
    let length = names.iter().map(|name| name.text.len() + 1).sum::<usize>();
    let message = "The parameter WhitelistedNames is too long.";
    ensure(length <= MAX_COOKIE_BYTES, "InvalidArgument", message)
}
