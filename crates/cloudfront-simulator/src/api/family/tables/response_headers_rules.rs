//! The rules of response headers policies.

use super::policy_rules::ensure;
use crate::{error::ApiError, switches::Switches, xml::Element};

/// Developer guide, "Quotas on policies".
const MAX_NAME: usize = 256;
const MAX_VALUE: usize = 1_783;
const MAX_TOTAL: usize = 10_240;

const PARTS: [&str; 5] = [
    "CorsConfig",
    "SecurityHeadersConfig",
    "ServerTimingHeadersConfig",
    "CustomHeadersConfig",
    "RemoveHeadersConfig",
];

const SECURITY_HEADERS: [&str; 6] = [
    "content-security-policy",
    "referrer-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
    "x-xss-protection",
];

/// Headers that cannot be removed, beside `X-Amz-Cf-*` and `X-Edge-*` (developer guide, "Remove headers").
const PERMANENT_HEADERS: &str = "connection content-encoding content-length expect host keep-alive proxy-authenticate \
    proxy-authorization proxy-connection trailer transfer-encoding upgrade via warning x-accel-buffering \
    x-accel-charset x-accel-limit-rate x-accel-redirect x-amzn-auth x-amzn-cf-billing x-amzn-cf-id x-amzn-cf-xff \
    x-amzn-errortype x-amzn-fle-profile x-amzn-header-count x-amzn-header-order x-amzn-lambda-integration-tag \
    x-amzn-requestid x-cache x-forwarded-proto x-real-ip";

pub(super) fn check(config: &Element, _: &Switches) -> Result<(), ApiError> {
    let has_part = PARTS.iter().any(|part| config.child(part).is_some());
    ensure(
        has_part,
        "The response headers policy must contain at least one configuration.",
    )?;
    config.child("CorsConfig").map_or(Ok(()), check_cors)?;
    let security = config.child("SecurityHeadersConfig");
    security.map_or(Ok(()), check_security)?;
    check_custom_headers(config.items_of("CustomHeadersConfig"))?;
    for header in config.items_of("RemoveHeadersConfig") {
        check_removal(header.text_of("Header"))?;
    }
    let timing = config.child("ServerTimingHeadersConfig");
    timing.map_or(Ok(()), check_sampling_rate)
}

fn check_cors(cors: &Element) -> Result<(), ApiError> {
    let headers = cors.texts_at("AccessControlAllowHeaders/Items/*");
    ensure(
        !headers.is_empty(),
        "The parameter Access-Control-Allow-Headers cannot be empty.",
    )?;
    let allows_all = headers.contains(&"*") && cors.is_true("AccessControlAllowCredentials");
    ensure(
        !allows_all,
        "The parameter Access-Control-Allow-Headers cannot contain * when allowCredentials is true.",
    )?;
    for origin in cors.texts_at("AccessControlAllowOrigins/Items/*") {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        let rest = host.strip_prefix("*.").unwrap_or(host);
        ensure(
            origin == "*" || !rest.contains('*'),
            "The parameter Access-Control-Allow-Origin can contain * only as the leftmost label.",
        )?;
        check_value("Access-Control-Allow-Origin", origin)?;
    }
    Ok(())
}

fn check_security(security: &Element) -> Result<(), ApiError> {
    let policy = security.child("ContentSecurityPolicy");
    let policy = policy.map_or("", |policy| policy.text_of("ContentSecurityPolicy"));
    if policy.chars().count() > MAX_VALUE {
        return Err(ApiError::new(
            "TooLongCSPInResponseHeadersPolicy",
            "The length of the Content-Security-Policy header value exceeds the maximum.",
        ));
    }
    let Some(protection) = security.child("XSSProtection") else {
        return Ok(());
    };
    let has_uri = !protection.text_of("ReportUri").is_empty();
    let can_report = protection.is_true("Protection") && !protection.is_true("ModeBlock");
    ensure(
        can_report || !has_uri,
        "The parameter ReportUri requires Protection and excludes ModeBlock.",
    )
}

fn check_custom_headers(headers: &[Element]) -> Result<(), ApiError> {
    let mut total = 0;
    for header in headers {
        let (name, value) = (header.text_of("Header"), header.text_of("Value"));
        total += name.chars().count() + value.chars().count();
        let lower = name.to_ascii_lowercase();
        let kind = if lower.starts_with("access-control-") {
            Some("CORS")
        } else {
            SECURITY_HEADERS
                .contains(&lower.as_str())
                .then_some("security")
        };
        let message = format!(
            "The parameter CustomHeaders contains {name} that is a {} header and cannot be set as custom header.",
            kind.unwrap_or_default()
        );
        ensure(kind.is_none(), &message)?;
        let has_valid_length = (1..=MAX_NAME).contains(&name.chars().count());
        ensure(
            has_valid_length,
            "The parameter Header is empty or too long.",
        )?;
        check_value(name, value)?;
    }
    ensure(
        total <= MAX_TOTAL,
        "The parameter CustomHeaders is too long.",
    )
}

fn check_value(header: &str, value: &str) -> Result<(), ApiError> {
    ensure(
        value.chars().count() <= MAX_VALUE,
        &format!("The value of {header} is too long."),
    )
}

fn check_removal(header: &str) -> Result<(), ApiError> {
    let lower = header.to_ascii_lowercase();
    let is_permanent = PERMANENT_HEADERS.split(' ').any(|name| name == lower)
        || lower.starts_with("x-amz-cf-")
        || lower.starts_with("x-edge-");
    ensure(
        !is_permanent,
        &format!("The parameter RemoveHeaders contains {header} that cannot be removed."),
    )
}

/// Rejects a rate with more than four decimals, and a rate while the header is disabled.
fn check_sampling_rate(timing: &Element) -> Result<(), ApiError> {
    let rate = timing.text_of("SamplingRate");
    let decimals = rate.split_once('.').map_or("", |(_, decimals)| decimals);
    ensure(
        decimals.trim_end_matches('0').len() <= 4,
        "The parameter SamplingRate can have up to four decimal places.",
    )?;
    ensure(
        rate.is_empty() || timing.is_true("Enabled"),
        "The parameter SamplingRate requires Enabled.",
    )
}
