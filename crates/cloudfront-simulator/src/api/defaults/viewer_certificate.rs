//! The viewer certificate in responses.

use crate::xml::Element;

/// Returns the viewer certificate as in responses: the deprecated members `Certificate` and `CertificateSource` repeat
/// the certificate, also if the request used the current members. The defaults of a multi-tenant distribution differ.
pub(super) fn normalize(certificate: &Element, is_standard: bool) -> Element {
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
        or_default(
            "SSLSupportMethod",
            if is_standard { "vip" } else { "sni-only" },
        ),
    ));
    normalized.children.push(Element::leaf(
        "MinimumProtocolVersion",
        or_default(
            "MinimumProtocolVersion",
            if is_standard || is_default {
                "TLSv1"
            } else {
                "TLSv1.2_2021"
            },
        ),
    ));
    normalized
        .children
        .extend((!is_default).then(|| Element::leaf("Certificate", id)));
    normalized.with(Element::leaf("CertificateSource", source))
}
