//! The viewer certificate, as it is echoed.

use crate::xml::Element;

/// The deprecated pair `Certificate` and `CertificateSource` echoes the certificate whichever way it was named.
pub(super) fn viewer(given: &Element) -> Element {
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
