//! The viewer certificate in responses.

use crate::xml::Element;

/// Returns the viewer certificate as in responses: the deprecated members `Certificate` and `CertificateSource` repeat
/// the certificate, also if the request used the current members.
pub(super) fn normalize(certificate: &Element) -> Element {
    let has_source = |source: &str| certificate.text_of("CertificateSource") == source;
    let certificate_id = |member: &str, source: &str| match certificate.text_of(member) {
        "" if has_source(source) => certificate.text_of("Certificate").to_owned(),
        id => id.to_owned(),
    };
    let (acm, iam) = (
        certificate_id("ACMCertificateArn", "acm"),
        certificate_id("IAMCertificateId", "iam"),
    );
    let (member, id, source) = match (acm.as_str(), iam.as_str()) {
        ("", "") => ("", "", "cloudfront"),
        ("", id) => ("IAMCertificateId", id, "iam"),
        (arn, _) => ("ACMCertificateArn", arn, "acm"),
    };
    let is_default = member.is_empty();
    let or_default = |name, default: &str| match certificate.text_of(name) {
        text if is_default || text.is_empty() => default.to_owned(),
        text => text.to_owned(),
    };
    let mut normalized = Element::new("ViewerCertificate")
        .with(Element::leaf("CloudFrontDefaultCertificate", is_default));
    normalized
        .children
        .extend((!is_default).then(|| Element::leaf(member, id)));
    normalized.children.push(Element::leaf(
        "SSLSupportMethod",
        or_default("SSLSupportMethod", "vip"),
    ));
    normalized.children.push(Element::leaf(
        "MinimumProtocolVersion",
        or_default("MinimumProtocolVersion", "TLSv1"),
    ));
    normalized
        .children
        .extend((!is_default).then(|| Element::leaf("Certificate", id)));
    normalized.with(Element::leaf("CertificateSource", source))
}
