//! What the server fills in when it is left out (FACTS.md, defaults names the evidence of each).

mod behavior;
mod certificate;

use crate::{
    switches::{Switch, Switches},
    xml::Element,
};

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
    let certificate = certificate::viewer(&config.remove("ViewerCertificate").unwrap_or_default());
    config.set(certificate);
    for item in items_mut(config, "Origins") {
        origin(item);
    }
    if let Some(default) = config.child_mut("DefaultCacheBehavior") {
        behavior::fill(default, account);
    }
    for item in items_mut(config, "CacheBehaviors") {
        behavior::fill(item, account);
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
