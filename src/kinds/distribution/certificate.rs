//! The viewer certificate.

use super::rules;
use crate::{kinds::shared::types::string_enum, xml::Element};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The certificate that viewers see: one from ACM, one from IAM, or CloudFront's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::CERTIFICATE))]
pub struct ViewerCertificate {
    /// Whether viewers see CloudFront's own certificate, which covers only the `cloudfront.net` name. Default: true when no other
    /// certificate is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_front_default_certificate: Option<bool>,

    /// Id of a certificate uploaded to IAM.
    #[schemars(length(min = 1, max = 32))]
    pub iam_certificate_id: Option<String>,

    /// ARN of a certificate in ACM, which has to be in us-east-1 and issued.
    #[schemars(length(min = 1, max = 2048))]
    pub acm_certificate_arn: Option<String>,

    /// How HTTPS requests find the certificate: `sni-only` by the name the viewer asks for, which all current browsers send; `vip` by
    /// addresses of the distribution's own, which is charged for. Needed beside a certificate of your own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ssl_support_method: Option<SslSupportMethod>,

    /// Oldest version of TLS that viewers can use, with the ciphers of a year. Default: `TLSv1`; with CloudFront's own certificate
    /// nothing else is possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_protocol_version: Option<MinimumProtocolVersion>,

    /// Deprecated, use `acmCertificateArn` or `iamCertificateId`, as which it is sent: the ARN or id of a certificate, by
    /// `certificateSource`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048))]
    pub certificate: Option<String>,

    /// Deprecated, use `acmCertificateArn` or `iamCertificateId`: where `certificate` is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_source: Option<CertificateSource>,
}

string_enum! {
    /// How HTTPS requests find the certificate.
    SslSupportMethod: "sni-only" | "vip" | "static-ip"
}

string_enum! {
    /// A version of TLS with a set of ciphers.
    MinimumProtocolVersion:
        "SSLv3" | "TLSv1" | "TLSv1_2016" | "TLSv1.1_2016" | "TLSv1.2_2018" | "TLSv1.2_2019" | "TLSv1.2_2021" | "TLSv1.3_2025"
        | "TLSv1.2_2025" = "TLSv1"
}

string_enum! {
    /// Where a certificate is kept.
    CertificateSource: "cloudfront" | "iam" | "acm"
}

impl ViewerCertificate {
    /// Moves values of deprecated fields to the current fields, and adds the defaults for the kind of certificate.
    ///
    /// CloudFront chooses the support method and the protocol version for its own certificate, and returns fields that are not in the
    /// request. This leaves such fields out, and [`drop_derived_fields`] removes them before an update.
    pub(super) fn apply_defaults(&mut self) {
        let source = self.certificate_source.take();
        match (
            self.certificate.take(),
            source.as_ref().map(|it| it.0.as_str()),
        ) {
            (Some(arn), Some("acm")) => self.acm_certificate_arn = Some(arn),
            (Some(id), Some("iam")) => self.iam_certificate_id = Some(id),
            _ => {}
        }
        if self.acm_certificate_arn.is_some() || self.iam_certificate_id.is_some() {
            self.cloud_front_default_certificate = None;
            self.minimum_protocol_version.get_or_insert_default();
        } else {
            self.cloud_front_default_certificate = Some(true);
            self.ssl_support_method = None;
            self.minimum_protocol_version = None;
        }
    }
}

/// Removes fields that CloudFront derived from the previous certificate. In an update they would contradict a new certificate.
pub(super) fn drop_derived_fields(config: &mut Element) {
    const CONFLICTS_WITH_OWN: [&str; 3] = [
        "CloudFrontDefaultCertificate",
        "Certificate",
        "CertificateSource",
    ];
    const CONFLICTS_WITH_DEFAULT: [&str; 4] = [
        "SSLSupportMethod",
        "MinimumProtocolVersion",
        "Certificate",
        "CertificateSource",
    ];
    let Some(certificate) = config.child_mut("ViewerCertificate") else {
        return;
    };
    let is_set = |member| {
        certificate
            .text_of(member)
            .is_some_and(|text| !text.is_empty())
    };
    let derived: &[&str] = if is_set("ACMCertificateArn") || is_set("IAMCertificateId") {
        &CONFLICTS_WITH_OWN
    } else if certificate.text_of("CloudFrontDefaultCertificate") == Some("true") {
        &CONFLICTS_WITH_DEFAULT
    } else {
        &[]
    };
    for member in derived {
        certificate.remove(member);
    }
}
