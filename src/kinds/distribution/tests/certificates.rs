//! CloudFront derives members of the viewer certificate from others, and answers them; not every time the same ones.

use super::{bucket, drift, read_back, sent, text};
use crate::{kinds::distribution::Distribution, xml::Element};
use serde_json::json;

const ARN: &str = "arn:aws:acm:us-east-1:123456789012:certificate/1";

const ACM: &str = "<ACMCertificateArn>arn:aws:acm:us-east-1:123456789012:certificate/1</ACMCertificateArn>\
    <SSLSupportMethod>sni-only</SSLSupportMethod><MinimumProtocolVersion>TLSv1.2_2021</MinimumProtocolVersion>";

const ECHO: &str = "<CloudFrontDefaultCertificate>false</CloudFrontDefaultCertificate>\
    <Certificate>arn:aws:acm:us-east-1:123456789012:certificate/1</Certificate><CertificateSource>acm</CertificateSource>";

fn of_acm(arn: &str) -> Distribution {
    bucket(&json!({"viewerCertificate": {
        "acmCertificateArn": arn,
        "sslSupportMethod": "sni-only",
        "minimumProtocolVersion": "TLSv1.2_2021",
    }}))
}

fn answer(certificate: &str) -> Element {
    let mut config = read_back::of_a_bucket();
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
fn a_certificate_is_in_sync_with_or_without_its_echo() {
    assert_eq!(drift(&of_acm(ARN), &answer(ACM)), []);
    assert_eq!(drift(&of_acm(ARN), &answer(&format!("{ACM}{ECHO}"))), []);
}

#[test]
fn a_certificate_named_the_deprecated_way_is_in_sync_too() {
    let deprecated = bucket(&json!({"viewerCertificate": {
        "certificate": ARN,
        "certificateSource": "acm",
        "sslSupportMethod": "sni-only",
        "minimumProtocolVersion": "TLSv1.2_2021",
    }}));
    assert_eq!(drift(&deprecated, &answer(&format!("{ACM}{ECHO}"))), []);
}

#[test]
fn an_echo_never_contradicts_another_certificate() {
    let other = of_acm("arn:aws:acm:us-east-1:123456789012:certificate/2");
    let sent = sent(&other, &answer(&format!("{ACM}{ECHO}")));
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
fn a_certificate_takes_the_place_of_the_default_one() {
    let sent = sent(&of_acm(ARN), &read_back::of_a_bucket());
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
fn without_a_certificate_the_default_one_returns() {
    for observed in [ACM.to_owned(), format!("{ACM}{ECHO}")] {
        let sent = sent(&bucket(&json!({})), &answer(&observed));
        assert_eq!(members(&sent), [("CloudFrontDefaultCertificate", "true")]);
    }
}

#[test]
fn one_source_of_certificates_takes_the_place_of_another() {
    let iam = bucket(
        &json!({"viewerCertificate": {"iamCertificateId": "ASCA", "sslSupportMethod": "vip"}}),
    );
    let sent = sent(&iam, &answer(&format!("{ACM}{ECHO}")));
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
fn what_the_default_certificate_cannot_choose_is_not_sent() {
    let spelled = bucket(&json!({"viewerCertificate": {
        "cloudFrontDefaultCertificate": true,
        "sslSupportMethod": "vip",
        "minimumProtocolVersion": "TLSv1",
    }}));
    assert_eq!(drift(&spelled, &read_back::of_a_bucket()), []);
}
