//! The viewer certificate.

use super::{Context, ensure};
use crate::{error::ApiError, seeds::Family, xml::Element};

const CODE: &str = "InvalidViewerCertificate";

pub(super) fn check(context: &Context<'_>, config: &Element) -> Result<(), ApiError> {
    let Some(certificate) = config.child("ViewerCertificate") else {
        return Ok(());
    };
    let named = ["ACMCertificateArn", "IAMCertificateId"].map(|member| certificate.text_of(member));
    let legacy = match certificate.text_of("CertificateSource") {
        "acm" | "iam" => certificate.text_of("Certificate"),
        _ => "",
    };
    let own = certificate.is_true("CloudFrontDefaultCertificate");
    let count = named.iter().filter(|id| !id.is_empty()).count() + usize::from(own);
    let message =
        "Name one of CloudFrontDefaultCertificate, ACMCertificateArn and IAMCertificateId.";
    ensure(
        count == 1 || count == 0 && !legacy.is_empty(),
        CODE,
        message,
    )?;
    if own {
        return Ok(());
    }
    let [acm, iam] = named;
    let id = [acm, iam, legacy]
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
    context.known(Family::Certificate, id, (CODE, message))?;
    protocol(certificate)
}

fn protocol(certificate: &Element) -> Result<(), ApiError> {
    let method = certificate.text_of("SSLSupportMethod");
    ensure(
        !method.is_empty(),
        CODE,
        "SSLSupportMethod is required with a certificate of your own.",
    )?;
    let old = certificate.text_of("MinimumProtocolVersion") == "SSLv3";
    let message = "You cannot specify SSLv3 as the minimum protocol version if you only want to support clients that \
                   support Server Name Indication (SNI).";
    ensure(
        !(old && method == "sni-only"),
        "InvalidProtocolSettings",
        message,
    )
}
