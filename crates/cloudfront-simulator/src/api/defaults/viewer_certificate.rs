//! The viewer certificate in responses.

use crate::xml::Element;

/// Returns the viewer certificate as in responses: the deprecated members `Certificate` and `CertificateSource` repeat
/// the certificate, also if the request used the current members.
pub(super) fn normalize(given: &Element) -> Element {
    let has_source = |source: &str| given.text_of("CertificateSource") == source;
    let certificate_id = |member: &str, source: &str| match given.text_of(member) {
        "" if has_source(source) => given.text_of("Certificate").to_owned(),
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
    let or_default = |name, default: &str| match given.text_of(name) {
        text if is_default || text.is_empty() => default.to_owned(),
        text => text.to_owned(),
    };
    let mut certificate = Element::new("ViewerCertificate")
        .with(Element::leaf("CloudFrontDefaultCertificate", is_default));
    certificate
        .children
        .extend((!is_default).then(|| Element::leaf(member, id)));
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
        .extend((!is_default).then(|| Element::leaf("Certificate", id)));
    certificate.with(Element::leaf("CertificateSource", source))
}
