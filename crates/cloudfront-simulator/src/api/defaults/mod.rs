//! Default values of absent members (FACTS.md, defaults lists the source of each).

mod behavior;
mod viewer_certificate;

pub(super) use behavior::apply_trusted_signers;

use crate::{
    switches::{Switch, Switches},
    xml::Element,
};

/// Adds the defaults of a distribution, and normalizes members as CloudFront does.
pub(super) fn apply_to_distribution(config: &mut Element, switches: &Switches, account: &str) {
    for list in [
        "Aliases",
        "OriginGroups",
        "CacheBehaviors",
        "CustomErrorResponses",
    ] {
        config.set_default(Element::list(list, Vec::new()));
    }
    for (name, value) in [
        ("DefaultRootObject", ""),
        ("PriceClass", "PriceClass_All"),
        ("WebACLId", ""),
        ("HttpVersion", "http2"),
        ("ContinuousDeploymentPolicyId", ""),
        ("Staging", "false"),
    ] {
        config.set_default(Element::leaf(name, value));
    }
    config.set_default(Element::leaf(
        "IsIPV6Enabled",
        switches.is_on(Switch::Ipv6ByDefault),
    ));
    config.set_default(no_restrictions());
    normalize_logging(config);
    let certificate =
        viewer_certificate::normalize(&config.remove("ViewerCertificate").unwrap_or_default());
    config.set(certificate);
    for origin in config.items_of_mut("Origins") {
        apply_to_origin(origin);
    }
    if let Some(behavior) = config.child_mut("DefaultCacheBehavior") {
        behavior::apply(behavior, account);
    }
    for behavior in config.items_of_mut("CacheBehaviors") {
        behavior::apply(behavior, account);
    }
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
    if is_enabled && !bucket.ends_with(".amazonaws.com") {
        bucket += ".s3.amazonaws.com";
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

fn no_restrictions() -> Element {
    let mut restriction = Element::list("GeoRestriction", Vec::new());
    restriction
        .children
        .insert(0, Element::leaf("RestrictionType", "none"));
    Element::new("Restrictions").with(restriction)
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
