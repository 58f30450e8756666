//! AWS Signature Version 4.

use crate::cloudfront::CloudFrontError;
use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningInstructions, SigningSettings, sign},
    sign::v4::SigningParams,
};
use bytes::Bytes;
use std::time::SystemTime;
use tracing::subscriber::{NoSubscriber, with_default};

/// The service and region that a signature is valid for.
#[derive(Clone, Copy, Debug)]
pub(in crate::cloudfront) struct SigningScope<'a> {
    pub(in crate::cloudfront) service: &'a str,
    pub(in crate::cloudfront) region: &'a str,
}

impl SigningScope<'_> {
    /// CloudFront is global. Its requests are signed for one region, regardless of the operator's.
    pub(in crate::cloudfront) const CLOUDFRONT: Self = Self {
        service: "cloudfront",
        region: "us-east-1",
    };

    /// Signs a complete request: the signature covers all its headers, and its path must be encoded.
    pub(in crate::cloudfront) fn sign(
        self,
        request: &mut http::Request<Bytes>,
        credentials: &Credentials,
        time: SystemTime,
    ) -> Result<(), CloudFrontError> {
        // The signer traces the canonical request, which contains the session token.
        let instructions = with_default(NoSubscriber::default(), || {
            self.instructions(request, credentials, time)
        });
        let instructions = instructions.ok_or_else(|| CloudFrontError::NoCredentials {
            // The signer's message is left out: it may quote a credential.
            detail: "those found cannot be put into a header; does the token end in a line break?"
                .into(),
        })?;
        instructions.apply_to_request_http1x(request);
        for name in ["authorization", "x-amz-security-token"] {
            if let Some(value) = request.headers_mut().get_mut(name) {
                value.set_sensitive(true);
            }
        }
        Ok(())
    }

    fn instructions(
        self,
        request: &http::Request<Bytes>,
        credentials: &Credentials,
        time: SystemTime,
    ) -> Option<SigningInstructions> {
        let identity = credentials.clone().into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(time)
            .settings(SigningSettings::default())
            .build()
            .ok()?
            .into();
        let headers: Option<Vec<_>> = request
            .headers()
            .iter()
            .map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
            .collect();
        let signable = SignableRequest::new(
            request.method().as_str(),
            request.uri().to_string(),
            headers?.into_iter(),
            SignableBody::Bytes(request.body()),
        );
        let (instructions, _) = sign(signable.ok()?, &params).ok()?.into_parts();
        Some(instructions)
    }
}
