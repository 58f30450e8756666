//! AWS Signature Version 4 and 4A.

use crate::cloudfront::CloudFrontError;
use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        SignableBody, SignableRequest, SigningInstructions, SigningParams, SigningSettings, sign,
    },
    sign::{v4, v4a},
};
use aws_smithy_runtime_api::client::identity::Identity;
use bytes::Bytes;
use std::time::SystemTime;
use tracing::subscriber::{NoSubscriber, with_default};

/// The service and region that a signature is valid for.
#[derive(Clone, Copy, Debug)]
pub(in crate::cloudfront) struct SigningScope<'a> {
    pub(in crate::cloudfront) service: &'a str,
    pub(in crate::cloudfront) region: Region<'a>,
}

/// Where a signature is valid, and with it the algorithm.
#[derive(Clone, Copy, Debug)]
pub(in crate::cloudfront) enum Region<'a> {
    /// In one region: Signature Version 4.
    One(&'a str),
    /// In all regions: Signature Version 4A, an elliptic-curve signature with a key that is derived from the credentials.
    All,
}

impl SigningScope<'_> {
    /// CloudFront is global. Its requests are signed for one region, regardless of the operator's.
    pub(in crate::cloudfront) const CLOUDFRONT: Self = Self {
        service: "cloudfront",
        region: Region::One("us-east-1"),
    };

    /// Source: `cloudfront-keyvaluestore` in botocore, whose only signature is `SigV4A` for the region set `*`.
    pub(in crate::cloudfront) const KEY_VALUE_STORE: Self = Self {
        service: "cloudfront-keyvaluestore",
        region: Region::All,
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
        let params = self.params(&identity, time)?;
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

    fn params<'b>(&'b self, identity: &'b Identity, time: SystemTime) -> Option<SigningParams<'b>> {
        let settings = SigningSettings::default();
        Some(match self.region {
            Region::One(region) => v4::SigningParams::builder()
                .identity(identity)
                .region(region)
                .name(self.service)
                .time(time)
                .settings(settings)
                .build()
                .ok()?
                .into(),
            Region::All => v4a::SigningParams::builder()
                .identity(identity)
                .region_set("*")
                .name(self.service)
                .time(time)
                .settings(settings)
                .build()
                .ok()?
                .into(),
        })
    }
}
