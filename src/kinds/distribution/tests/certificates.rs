//! CloudFront derives fields of the viewer certificate from other fields. Its responses do not always have the same ones.

use super::{bucket, drift, read_back, sent, text};
use crate::{kinds::distribution::Distribution, xml::Element};
use serde_json::json;

const ARN: &str = "arn:aws:acm:us-east-1:123456789012:certificate/1";

const ACM: &str = "<ACMCertificateArn>arn:aws:acm:us-east-1:123456789012:certificate/1</ACMCertificateArn>\
    <SSLSupportMethod>sni-only</SSLSupportMethod><MinimumProtocolVersion>TLSv1.2_2021</MinimumProtocolVersion>";

const DERIVED: &str = "<CloudFrontDefaultCertificate>false</CloudFrontDefaultCertificate>\
    <Certificate>arn:aws:acm:us-east-1:123456789012:certificate/1</Certificate><CertificateSource>acm</CertificateSource>";

fn with_acm(arn: &str) -> Distribution {
    bucket(&json!({"viewerCertificate": {
        "acmCertificateArn": arn,
        "sslSupportMethod": "sni-only",
        "minimumProtocolVersion": "TLSv1.2_2021",
    }}))
}

fn observed(certificate: &str) -> Element {
    let mut config = read_back::with_bucket();
    config.remove("ViewerCertificate");
    let document = format!("<ViewerCertificate>{certificate}</ViewerCertificate>");
    config.with(Element::parse(document.as_bytes()).unwrap())
}

fn members(config: &Element) -> Vec<(&str, &str)> {
    let certificate = config.child("ViewerCertificate").unwrap().children();
    let present = certificate.iter().filter(|member| !member.is_absent());
    present
        .map(|member| (member.name(), member.text()))
        .collect()
}

#[test]
fn a_certificate_is_in_sync_with_and_without_derived_fields() {
    assert_eq!(drift(&with_acm(ARN), &observed(ACM)), []);
    assert_eq!(
        drift(&with_acm(ARN), &observed(&format!("{ACM}{DERIVED}"))),
        []
    );
}

#[test]
fn a_certificate_in_a_deprecated_field_is_in_sync() {
    let deprecated = bucket(&json!({"viewerCertificate": {
        "certificate": ARN,
        "certificateSource": "acm",
        "sslSupportMethod": "sni-only",
        "minimumProtocolVersion": "TLSv1.2_2021",
    }}));
    assert_eq!(
        drift(&deprecated, &observed(&format!("{ACM}{DERIVED}"))),
        []
    );
}

#[test]
fn an_update_to_another_certificate_has_no_derived_fields() {
    let other = with_acm("arn:aws:acm:us-east-1:123456789012:certificate/2");
    let sent = sent(&other, &observed(&format!("{ACM}{DERIVED}")));
    assert_eq!(
        members(&sent),
        [
            (
                "ACMCertificateArn",
                "arn:aws:acm:us-east-1:123456789012:certificate/2"
            ),
            ("SSLSupportMethod", "sni-only"),
            ("MinimumProtocolVersion", "TLSv1.2_2021"),
        ]
    );
}

#[test]
fn a_certificate_replaces_the_default_certificate() {
    let sent = sent(&with_acm(ARN), &read_back::with_bucket());
    assert_eq!(
        text(&sent, "ViewerCertificate/ACMCertificateArn"),
        Some(ARN)
    );
    assert_eq!(
        text(&sent, "ViewerCertificate/CloudFrontDefaultCertificate"),
        None
    );
    assert_eq!(text(&sent, "ViewerCertificate/CertificateSource"), None);
}

#[test]
fn removing_the_certificate_restores_the_default_certificate() {
    for certificate in [ACM.to_owned(), format!("{ACM}{DERIVED}")] {
        let sent = sent(&bucket(&json!({})), &observed(&certificate));
        assert_eq!(members(&sent), [("CloudFrontDefaultCertificate", "true")]);
    }
}

#[test]
fn an_iam_certificate_replaces_an_acm_certificate() {
    let iam = bucket(
        &json!({"viewerCertificate": {"iamCertificateId": "ASCA", "sslSupportMethod": "vip"}}),
    );
    let sent = sent(&iam, &observed(&format!("{ACM}{DERIVED}")));
    assert_eq!(
        members(&sent),
        [
            ("SSLSupportMethod", "vip"),
            ("MinimumProtocolVersion", "TLSv1"),
            ("IAMCertificateId", "ASCA")
        ]
    );
}

#[test]
fn fields_that_the_default_certificate_determines_are_not_sent() {
    let explicit = bucket(&json!({"viewerCertificate": {
        "cloudFrontDefaultCertificate": true,
        "sslSupportMethod": "vip",
        "minimumProtocolVersion": "TLSv1",
    }}));
    assert_eq!(drift(&explicit, &read_back::with_bucket()), []);
}
