//! The viewer certificate.

use super::{context::ValidationContext, rules::ensure};
use crate::{error::ApiError, seeds::ResourceType, xml::Element};

const CODE: &str = "InvalidViewerCertificate";
const ACM_PREFIX: &str = "arn:aws:acm:";

pub(super) fn check(context: &ValidationContext<'_>, config: &Element) -> Result<(), ApiError> {
    let Some(certificate) = config.child("ViewerCertificate") else {
        return Ok(());
    };
    let [acm, iam] = ids(certificate);
    let is_default = certificate.is_true("CloudFrontDefaultCertificate");
    let count = [!acm.is_empty(), !iam.is_empty(), is_default]
        .into_iter()
        .filter(|is_given| *is_given)
        .count();
    let message =
        "Name one of CloudFrontDefaultCertificate, ACMCertificateArn and IAMCertificateId.";
    ensure(count == 1, CODE, message)?;
    check_repetition(certificate)?;
    if is_default {
        return Ok(());
    }
    let is_in_region = acm.is_empty() || acm.starts_with("arn:aws:acm:us-east-1:");
    let message = "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't \
                   include a valid certificate chain.";
    let is_iam = !iam.starts_with(ACM_PREFIX);
    ensure(is_in_region && is_iam, CODE, message)?;
    let id = if acm.is_empty() { iam } else { acm };
    context.check_reference(ResourceType::Certificate, id, (CODE, message))?;
    check_protocol(certificate)
}

/// Returns the ACM ARN and the IAM ID. The deprecated members stand for them if they are absent.
fn ids(certificate: &Element) -> [&str; 2] {
    [("ACMCertificateArn", "acm"), ("IAMCertificateId", "iam")].map(|(member, source)| {
        match certificate.text_of(member) {
            "" if certificate.text_of("CertificateSource") == source => {
                certificate.text_of("Certificate")
            }
            id => id,
        }
    })
}

/// Rejects deprecated members that name another certificate than the current ones.
fn check_repetition(certificate: &Element) -> Result<(), ApiError> {
    let [acm, iam] = ids(certificate);
    let source = match (acm, iam) {
        ("", "") => "cloudfront",
        ("", _) => "iam",
        _ => "acm",
    };
    let agrees = |member: &str, expected: &str| {
        let text = certificate.text_of(member);
        text.is_empty() || text == expected
    };
    let expected = if acm.is_empty() { iam } else { acm };
    let message = "Certificate and CertificateSource do not agree with the certificate that the other members name.";
    ensure(
        agrees("Certificate", expected) && agrees("CertificateSource", source),
        CODE,
        message,
    )
}

fn check_protocol(certificate: &Element) -> Result<(), ApiError> {
    let method = certificate.text_of("SSLSupportMethod");
    ensure(
        !method.is_empty(),
        CODE,
        "SSLSupportMethod is required with a certificate of your own.",
    )?;
    let version = certificate.text_of("MinimumProtocolVersion");
    let message = "You cannot specify SSLv3 as the minimum protocol version if you only want to support clients that \
                   support Server Name Indication (SNI).";
    ensure(
        !(version == "SSLv3" && method == "sni-only"),
        "InvalidProtocolSettings",
        message,
    )?;
    // code-dot-org/code-dot-org#60886 and aws/aws-cdk#28940 quote this message.
    let message =
        "The specified MinimumProtocolVersion cannot be used with the specified SSLSupportMethod";
    let is_available = method != "vip" || matches!(version, "" | "SSLv3" | "TLSv1");
    ensure(is_available, "InvalidMinimumProtocolVersion", message)
}

/// Rejects an alias that is not in the old configuration without a certificate of one's own. Several issues quote the
/// message, for example winglang/wing#2440.
pub(super) fn check_new_aliases(old: Option<&Element>, config: &Element) -> Result<(), ApiError> {
    let is_known = |alias: &Element| {
        let mut known = old.into_iter().flat_map(|old| old.items_of("Aliases"));
        known.any(|other| other.text.eq_ignore_ascii_case(&alias.text))
    };
    let certificate = config.child("ViewerCertificate");
    let has_certificate = certificate.is_some_and(|certificate| ids(certificate) != ["", ""]);
    let has_new = config
        .items_of("Aliases")
        .iter()
        .any(|alias| !is_known(alias));
    let message = "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted \
                   certificate that validates your authorization to use the domain name.";
    ensure(has_certificate || !has_new, CODE, message)
}
