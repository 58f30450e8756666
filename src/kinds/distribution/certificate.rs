//! The viewer certificate.

use super::{certificate_rules::CERTIFICATE, member_rules, rules};
use crate::{
    engine::ValueSource,
    kinds::shared::types::{absent_if_empty, string_enum},
    xml::Element,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The certificate for viewers: one from ACM, one from IAM, or CloudFront's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [&CERTIFICATE[..], &member_rules::CERTIFICATE].concat()))]
pub struct ViewerCertificate {
    /// Uses CloudFront's own certificate, which covers only the `cloudfront.net` name. Default: true if no other certificate is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_front_default_certificate: Option<bool>,

    /// ID of a server certificate in IAM.
    #[serde(default, deserialize_with = "absent_if_empty")]
    #[schemars(length(max = 32))]
    pub iam_certificate_id: Option<String>,

    /// ARN of a certificate in AWS Certificate Manager (ACM). The certificate must be issued, and be in us-east-1.
    #[serde(default, deserialize_with = "absent_if_empty")]
    #[schemars(length(max = 2048), extend("x-kubernetes-validations" = rules::ACM_ARN))]
    pub acm_certificate_arn: Option<String>,

    /// Source of that ARN outside this object, such as a ConfigMap that an infrastructure tool writes. At most one of `acmCertificateArn` and
    /// `acmCertificateArnFrom` is allowed. The operator reads it in each reconciliation and at least every minute.
    pub acm_certificate_arn_from: Option<ValueSource>,

    /// Selection of the certificate for an HTTPS request. `sni-only` uses the server name (SNI), which all current browsers send. `vip`
    /// uses dedicated IP addresses and costs 600 USD a month per certificate. AWS enables `static-ip` on request. Required with a
    /// certificate of your own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ssl_support_method: Option<SslSupportMethod>,

    /// Security policy: the minimum TLS version and the cipher suites for viewers. The number at the end of a name is the year of its
    /// cipher suites. Default: `TLSv1`, the only value that is possible with CloudFront's own certificate. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html>.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_protocol_version: Option<MinimumProtocolVersion>,

    /// Deprecated: use `acmCertificateArn` or `iamCertificateId`. ARN or ID of a certificate in the service of `certificateSource`. The
    /// operator sends it as one of these two fields. Beside one of them it must have the same value, as in the output of AWS tools.
    #[serde(
        default,
        deserialize_with = "absent_if_empty",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(length(max = 2048))]
    pub certificate: Option<String>,

    /// Deprecated: use `acmCertificateArn` or `iamCertificateId`. Service that stores the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_source: Option<CertificateSource>,
}

string_enum! {
    /// The selection of the certificate for an HTTPS request.
    SslSupportMethod: "sni-only" | "vip" | "static-ip"
}

string_enum! {
    /// A minimum TLS version with a set of cipher suites.
    MinimumProtocolVersion:
        "SSLv3" | "TLSv1" | "TLSv1_2016" | "TLSv1.1_2016" | "TLSv1.2_2018" | "TLSv1.2_2019" | "TLSv1.2_2021" | "TLSv1.3_2025"
        | "TLSv1.2_2025" = "TLSv1"
}

string_enum! {
    /// The service that stores a certificate.
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
