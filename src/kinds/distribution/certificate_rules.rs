//! Validation rules of the viewer certificate.

use crate::kinds::{shared::rules::is_set, validation::Rule};

/// An expression that is true if the viewer certificate is one in ACM.
macro_rules! has_acm_certificate {
    () => {
        concat!(
            "(",
            is_set!("self.acmCertificateArn"),
            " || has(self.acmCertificateArnFrom))"
        )
    };
}

/// An expression that is true if the viewer certificate is not CloudFront's.
macro_rules! is_own_certificate {
    () => {
        concat!(
            "(",
            has_acm_certificate!(),
            " || ",
            is_set!("self.iamCertificateId"),
            " || ",
            is_set!("self.certificate"),
            ")"
        )
    };
}

pub(super) const CERTIFICATE: [Rule; 6] = [
    Rule::text(
        concat!(
            "(has(self.cloudFrontDefaultCertificate) && self.cloudFrontDefaultCertificate ? 1 : 0) + (",
            has_acm_certificate!(),
            " ? 1 : 0) + (",
            is_set!("self.iamCertificateId"),
            " ? 1 : 0) <= 1"
        ),
        "viewerCertificate has more than one certificate: keep one of acmCertificateArn, acmCertificateArnFrom, \
         iamCertificateId and cloudFrontDefaultCertificate",
    )
    .forbidden(),
    Rule::expression(
        concat!("has(self.sslSupportMethod) || !", is_own_certificate!()),
        concat!(
            "'certificate \"%s\" requires sslSupportMethod: set it to sni-only, unless viewers do not support SNI'.format([\
             has(self.acmCertificateArnFrom) ? 'acmCertificateArnFrom' : ",
            is_set!("self.acmCertificateArn"),
            " ? self.acmCertificateArn : ",
            is_set!("self.iamCertificateId"),
            " ? self.iamCertificateId : self.certificate])"
        ),
    )
    .at(".sslSupportMethod")
    .required(),
    Rule::expression(
        concat!("!has(self.sslSupportMethod) || self.sslSupportMethod == 'vip' || ", is_own_certificate!()),
        "'sslSupportMethod \"%s\" is not possible with the certificate of CloudFront: remove it, or set acmCertificateArn or \
         acmCertificateArnFrom to your own certificate'.format([self.sslSupportMethod])",
    )
    .at(".sslSupportMethod")
    .forbidden(),
    // CloudFront ignores the version for its own certificate, and prints one of these two.
    Rule::expression(
        concat!(
            "!has(self.minimumProtocolVersion) || self.minimumProtocolVersion in ['SSLv3', 'TLSv1'] || ",
            is_own_certificate!()
        ),
        "'minimumProtocolVersion \"%s\" is not possible with the certificate of CloudFront: remove it, or set acmCertificateArn or \
         acmCertificateArnFrom to your own certificate'.format([self.minimumProtocolVersion])",
    )
    .at(".minimumProtocolVersion")
    .forbidden(),
    // AWS prints a certificate a second time, in the deprecated members `certificate` and `certificateSource`.
    Rule::expression(
        concat!(
            "!",
            is_set!("self.certificate"),
            " || !has(self.acmCertificateArnFrom) && (",
            is_set!("self.acmCertificateArn"),
            " ? self.certificate == self.acmCertificateArn : ",
            is_set!("self.iamCertificateId"),
            " ? self.certificate == self.iamCertificateId \
             : !has(self.cloudFrontDefaultCertificate) || !self.cloudFrontDefaultCertificate)"
        ),
        concat!(
            "'certificate \"%s\" differs from %s: remove certificate and certificateSource, which are deprecated'.format([self.certificate, \
             has(self.acmCertificateArnFrom) ? 'acmCertificateArnFrom' : ",
            is_set!("self.acmCertificateArn"),
            " ? 'acmCertificateArn' : ",
            is_set!("self.iamCertificateId"),
            " ? 'iamCertificateId' : 'cloudFrontDefaultCertificate'])"
        ),
    )
    .at(".certificate")
    .forbidden(),
    Rule::expression(
        concat!(
            "(has(self.certificateSource) ? self.certificateSource : '') in (",
            has_acm_certificate!(),
            " ? ['', 'acm'] : ",
            is_set!("self.iamCertificateId"),
            " ? ['', 'iam'] : ",
            is_set!("self.certificate"),
            " ? ['acm', 'iam'] : ['', 'cloudfront'])"
        ),
        "'certificateSource \"%s\" does not match the certificate: remove certificate and certificateSource, which are deprecated, and set \
         acmCertificateArn, acmCertificateArnFrom or iamCertificateId'.format([has(self.certificateSource) ? self.certificateSource : ''])",
    )
    .at(".certificateSource"),
];
