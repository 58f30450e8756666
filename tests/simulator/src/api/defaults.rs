//! What the server fills in when it is left out (cloudfront.md 3.3 names the evidence of each).

use crate::{
    switches::{Switch, Switches},
    xml::Element,
};

const DAY: i64 = 86_400;
const YEAR: i64 = 31_536_000;

pub(super) fn distribution(config: &mut Element, switches: &Switches, account: &str) {
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
        switches.on(Switch::Ipv6ByDefault),
    ));
    config.set_default(no_restrictions());
    logging(config);
    let certificate = viewer_certificate(&config.remove("ViewerCertificate").unwrap_or_default());
    config.set(certificate);
    for item in items_mut(config, "Origins") {
        origin(item);
    }
    if let Some(default) = config.child_mut("DefaultCacheBehavior") {
        behavior(default, account);
    }
    for item in items_mut(config, "CacheBehaviors") {
        behavior(item, account);
    }
}

pub(super) fn items_mut<'a>(parent: &'a mut Element, list: &str) -> &'a mut [Element] {
    let items = parent
        .child_mut(list)
        .and_then(|list| list.child_mut("Items"));
    items.map_or(&mut [], |items| &mut items.children)
}

/// The caller's own account number comes back as `self` (terraform#1112).
pub(super) fn signers(parent: &mut Element, account: &str) {
    parent.set_default(disabled_list("TrustedSigners"));
    for signer in items_mut(parent, "TrustedSigners")
        .iter_mut()
        .filter(|signer| signer.text == account)
    {
        "self".clone_into(&mut signer.text);
    }
}

/// Bucket and prefix of a logging that is off are erased; a bucket that is on is named by its domain.
pub(super) fn logging(config: &mut Element) {
    let given = config.remove("Logging").unwrap_or_default();
    let enabled = given.is_true("Enabled");
    let text = |name| {
        if enabled {
            given.text_of(name).to_owned()
        } else {
            String::new()
        }
    };
    let mut bucket = text("Bucket");
    if enabled && !bucket.ends_with(".amazonaws.com") {
        bucket += ".s3.amazonaws.com";
    }
    let mut logging = Element::new("Logging")
        .with(Element::leaf("Enabled", enabled))
        .with(Element::leaf(
            "IncludeCookies",
            given.is_true("IncludeCookies"),
        ))
        .with(Element::leaf("Bucket", bucket))
        .with(Element::leaf("Prefix", text("Prefix")));
    for unknown in given.children {
        logging.set_default(unknown);
    }
    config.set(logging);
}

fn no_restrictions() -> Element {
    let mut none = Element::list("GeoRestriction", Vec::new());
    none.children
        .insert(0, Element::leaf("RestrictionType", "none"));
    Element::new("Restrictions").with(none)
}

fn disabled_list(name: &str) -> Element {
    let mut list = Element::list(name, Vec::new());
    list.children.insert(0, Element::leaf("Enabled", false));
    list
}

/// The deprecated pair `Certificate` and `CertificateSource` echoes the certificate whichever way it was named.
fn viewer_certificate(given: &Element) -> Element {
    let legacy = |source: &str| given.text_of("CertificateSource") == source;
    let named = |member: &str, source: &str| match given.text_of(member) {
        "" if legacy(source) => given.text_of("Certificate").to_owned(),
        id => id.to_owned(),
    };
    let (acm, iam) = (
        named("ACMCertificateArn", "acm"),
        named("IAMCertificateId", "iam"),
    );
    let (member, id, source) = match (acm.as_str(), iam.as_str()) {
        ("", "") => ("", "", "cloudfront"),
        ("", id) => ("IAMCertificateId", id, "iam"),
        (arn, _) => ("ACMCertificateArn", arn, "acm"),
    };
    let own = member.is_empty();
    let or_default = |name, default: &str| match given.text_of(name) {
        text if own || text.is_empty() => default.to_owned(),
        text => text.to_owned(),
    };
    let mut certificate =
        Element::new("ViewerCertificate").with(Element::leaf("CloudFrontDefaultCertificate", own));
    certificate
        .children
        .extend((!own).then(|| Element::leaf(member, id)));
    certificate.children.push(Element::leaf(
        "SSLSupportMethod",
        or_default("SSLSupportMethod", "vip"),
    ));
    certificate.children.push(Element::leaf(
        "MinimumProtocolVersion",
        or_default("MinimumProtocolVersion", "TLSv1"),
    ));
    certificate
        .children
        .extend((!own).then(|| Element::leaf("Certificate", id)));
    certificate.with(Element::leaf("CertificateSource", source))
}

fn origin(origin: &mut Element) {
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

fn behavior(behavior: &mut Element, account: &str) {
    signers(behavior, account);
    behavior.set_default(disabled_list("TrustedKeyGroups"));
    behavior.set_default(methods("AllowedMethods"));
    if let Some(allowed) = behavior.child_mut("AllowedMethods") {
        allowed.set_default(methods("CachedMethods"));
    }
    for (name, value) in [
        ("SmoothStreaming", "false"),
        ("Compress", "false"),
        ("FieldLevelEncryptionId", ""),
    ] {
        behavior.set_default(Element::leaf(name, value));
    }
    for list in ["LambdaFunctionAssociations", "FunctionAssociations"] {
        behavior.set_default(Element::list(list, Vec::new()));
    }
    behavior.set_default(Element::new("GrpcConfig").with(Element::leaf("Enabled", false)));
    if let Some(forwarded) = behavior.child_mut("ForwardedValues") {
        forwarded.set_default(Element::list("Headers", Vec::new()));
        forwarded.set_default(Element::list("QueryStringCacheKeys", Vec::new()));
        times_to_live(behavior);
    }
}

fn methods(name: &str) -> Element {
    Element::list(
        name,
        ["HEAD", "GET"]
            .map(|method| Element::leaf("Method", method))
            .into(),
    )
}

/// The documented defaults, moved only as far as a given minimum or maximum demands.
fn times_to_live(behavior: &mut Element) {
    let min = behavior.number("MinTTL").unwrap_or(0);
    let max = behavior.number("MaxTTL").unwrap_or(
        YEAR.max(behavior.number("DefaultTTL").unwrap_or(0))
            .max(min),
    );
    let default = DAY.max(min).min(max);
    for (name, seconds) in [("MinTTL", min), ("DefaultTTL", default), ("MaxTTL", max)] {
        behavior.set_default(Element::leaf(name, seconds));
    }
}
