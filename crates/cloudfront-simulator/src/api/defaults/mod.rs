//! Default values of absent members (FACTS.md, defaults lists the source of each).

mod behavior;
mod viewer_certificate;

pub(super) use behavior::apply_trusted_signers;

use super::validation::{is_tenant_only, without_aws_suffix};
use crate::{
    switches::{Switch, Switches},
    xml::Element,
};

/// Adds the defaults of a distribution, and normalizes members as CloudFront does.
pub(super) fn apply_to_distribution(config: &mut Element, switches: &Switches, account: &str) {
    let is_standard = !is_tenant_only(config);
    if is_standard {
        apply_to_standard_distribution(config, switches);
    }
    for list in ["OriginGroups", "CacheBehaviors", "CustomErrorResponses"] {
        config.set_default(Element::list(list, Vec::new()));
    }
    for (name, value) in [
        ("DefaultRootObject", ""),
        ("WebACLId", ""),
        ("HttpVersion", "http2"),
    ] {
        config.set_default(Element::leaf(name, value));
    }
    config.set_default(no_restrictions());
    normalize_logging(config);
    let certificate = viewer_certificate::normalize(
        &config.remove("ViewerCertificate").unwrap_or_default(),
        is_standard,
    );
    config.set(certificate);
    apply_to_viewer_mutual_tls(config);
    for response in config.items_of_mut("CustomErrorResponses") {
        apply_to_error_response(response);
    }
    for origin in config.items_of_mut("Origins") {
        apply_to_origin(origin);
    }
    if let Some(behavior) = config.child_mut("DefaultCacheBehavior") {
        behavior::apply(behavior, account, is_standard);
    }
    for behavior in config.items_of_mut("CacheBehaviors") {
        behavior::apply(behavior, account, is_standard);
    }
}

/// Adds the defaults of members that multi-tenant distributions do not have.
fn apply_to_standard_distribution(config: &mut Element, switches: &Switches) {
    config.set_default(Element::list("Aliases", Vec::new()));
    for (name, value) in [
        ("PriceClass", "PriceClass_All"),
        ("ContinuousDeploymentPolicyId", ""),
        ("Staging", "false"),
    ] {
        config.set_default(Element::leaf(name, value));
    }
    config.set_default(Element::leaf(
        "IsIPV6Enabled",
        switches.is_on(Switch::Ipv6ByDefault),
    ));
}

/// Clears bucket and prefix if logging is disabled. Otherwise expands the bucket name to its domain name.
fn normalize_logging(config: &mut Element) {
    let requested = config.remove("Logging").unwrap_or_default();
    let is_enabled = requested.is_true("Enabled");
    let text_if_enabled = |name| {
        if is_enabled {
            requested.text_of(name).to_owned()
        } else {
            String::new()
        }
    };
    let mut bucket = text_if_enabled("Bucket");
    if is_enabled {
        bucket = log_bucket_host(&bucket);
    }
    let mut logging = Element::new("Logging")
        .with(Element::leaf("Enabled", is_enabled))
        .with(Element::leaf(
            "IncludeCookies",
            requested.is_true("IncludeCookies"),
        ))
        .with(Element::leaf("Bucket", bucket))
        .with(Element::leaf("Prefix", text_if_enabled("Prefix")));
    for unknown_member in requested.children {
        logging.set_default(unknown_member);
    }
    config.set(logging);
}

/// Returns the host of a bucket for logs, which a request can name without its suffix.
pub(super) fn log_bucket_host(bucket: &str) -> String {
    match without_aws_suffix(bucket) {
        Some(_) => bucket.to_owned(),
        None => format!("{bucket}.s3.amazonaws.com"),
    }
}

fn no_restrictions() -> Element {
    let mut restriction = Element::list("GeoRestriction", Vec::new());
    restriction
        .children
        .insert(0, Element::leaf("RestrictionType", "none"));
    Element::new("Restrictions").with(restriction)
}

/// Adds the empty page and code of a custom error response, and the default duration of 10 seconds.
fn apply_to_error_response(response: &mut Element) {
    for (name, value) in [
        ("ResponsePagePath", ""),
        ("ResponseCode", ""),
        ("ErrorCachingMinTTL", "10"),
    ] {
        response.set_default(Element::leaf(name, value));
    }
}

fn apply_to_viewer_mutual_tls(config: &mut Element) {
    let Some(mutual_tls) = config.child_mut("ViewerMtlsConfig") else {
        return;
    };
    mutual_tls.set_default(Element::leaf("Mode", "required"));
    if let Some(store) = mutual_tls.child_mut("TrustStoreConfig") {
        for name in ["AdvertiseTrustStoreCaNames", "IgnoreCertificateExpiry"] {
            store.set_default(Element::leaf(name, false));
        }
    }
}

fn apply_to_origin(origin: &mut Element) {
    for (name, value) in [
        ("OriginPath", ""),
        ("ConnectionAttempts", "3"),
        ("ConnectionTimeout", "10"),
        ("OriginAccessControlId", ""),
    ] {
        origin.set_default(Element::leaf(name, value));
    }
    origin.set_default(Element::list("CustomHeaders", Vec::new()));
    origin.set_default(Element::new("OriginShield").with(Element::leaf("Enabled", false)));
    if let Some(s3) = origin.child_mut("S3OriginConfig") {
        s3.set_default(Element::leaf("OriginReadTimeout", 30));
    }
    for member in ["CustomOriginConfig", "VpcOriginConfig"] {
        if let Some(custom) = origin.child_mut(member) {
            custom.set_default(Element::leaf("OriginReadTimeout", 30));
            custom.set_default(Element::leaf("OriginKeepaliveTimeout", 5));
        }
    }
    if let Some(custom) = origin.child_mut("CustomOriginConfig") {
        let protocols = ["SSLv3", "TLSv1"].map(|protocol| Element::leaf("SslProtocol", protocol));
        custom.set_default(Element::list("OriginSslProtocols", protocols.into()));
    }
}
