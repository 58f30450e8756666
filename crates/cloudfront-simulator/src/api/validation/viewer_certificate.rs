//! The viewer certificate.

use super::{context::ValidationContext, rules::ensure};
use crate::{error::ApiError, seeds::ResourceType, xml::Element};

const CODE: &str = "InvalidViewerCertificate";

pub(super) fn check(context: &ValidationContext<'_>, config: &Element) -> Result<(), ApiError> {
    let Some(certificate) = config.child("ViewerCertificate") else {
        return Ok(());
    };
    let specified =
        ["ACMCertificateArn", "IAMCertificateId"].map(|member| certificate.text_of(member));
    let deprecated = match certificate.text_of("CertificateSource") {
        "acm" | "iam" => certificate.text_of("Certificate"),
        _ => "",
    };
    let is_default = certificate.is_true("CloudFrontDefaultCertificate");
    let count = specified.iter().filter(|id| !id.is_empty()).count() + usize::from(is_default);
    let message =
        "Name one of CloudFrontDefaultCertificate, ACMCertificateArn and IAMCertificateId.";
    ensure(
        count == 1 || count == 0 && !deprecated.is_empty(),
        CODE,
        message,
    )?;
    if is_default {
        return Ok(());
    }
    let [acm, iam] = specified;
    let id = [acm, iam, deprecated]
        .into_iter()
        .find(|id| !id.is_empty())
        .unwrap_or_default();
    let message = "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't \
                   include a valid certificate chain.";
    let region = id
        .strip_prefix("arn:aws:acm:")
        .and_then(|rest| rest.split(':').next());
    ensure(
        region.is_none_or(|region| region == "us-east-1"),
        CODE,
        message,
    )?;
    context.check_reference(ResourceType::Certificate, id, (CODE, message))?;
    check_protocol(certificate)
}

fn check_protocol(certificate: &Element) -> Result<(), ApiError> {
    let method = certificate.text_of("SSLSupportMethod");
    ensure(
        !method.is_empty(),
        CODE,
        "SSLSupportMethod is required with a certificate of your own.",
    )?;
    let is_ssl_v3 = certificate.text_of("MinimumProtocolVersion") == "SSLv3";
    let message = "You cannot specify SSLv3 as the minimum protocol version if you only want to support clients that \
                   support Server Name Indication (SNI).";
    ensure(
        !(is_ssl_v3 && method == "sni-only"),
        "InvalidProtocolSettings",
        message,
    )
}
