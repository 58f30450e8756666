//! Mutual TLS with viewers.

use super::{context::ValidationContext, rules::ensure, targets};
use crate::{error::ApiError, seeds::ResourceType, xml::Element};

/// Rejects mutual TLS with HTTP, with HTTP/3, and without a trust store (developer guide, "Enable mutual TLS for
/// `CloudFront` distributions" and "Additional validation modes").
pub(super) fn check(context: &ValidationContext<'_>, config: &Element) -> Result<(), ApiError> {
    let Some(mutual_tls) = config.child("ViewerMtlsConfig") else {
        return Ok(());
    };
    let uses_https = targets::behaviors(config)
        .all(|behavior| behavior.text_of("ViewerProtocolPolicy") != "allow-all");
    let message = "The parameter ViewerMtlsConfig requires HTTPS in every cache behavior.";
    ensure(uses_https, "InvalidArgument", message)?;
    let has_http3 = matches!(config.text_of("HttpVersion"), "http3" | "http2and3");
    let message = "The parameter ViewerMtlsConfig is not supported with HTTP/3.";
    ensure(!has_http3, "InvalidArgument", message)?;
    let store = mutual_tls.child("TrustStoreConfig");
    let is_passthrough = mutual_tls.text_of("Mode") == "passthrough";
    let message = "The parameter TrustStoreConfig is required, except in the mode passthrough.";
    ensure(
        store.is_some() != is_passthrough,
        "InvalidArgument",
        message,
    )?;
    context.check_reference(
        ResourceType::TrustStore,
        store.map_or("", |store| store.text_of("TrustStoreId")),
        ("EntityNotFound", "The trust store does not exist."),
    )
}
