//! The `Authorization` header.

use hyper::HeaderMap;

use crate::error::ApiError;

/// How a signature is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// Signature Version 4, valid in one region.
    Hmac,
    /// Signature Version 4A, valid in a set of regions.
    Ecdsa,
}

impl Algorithm {
    const ALL: [Self; 2] = [Self::Hmac, Self::Ecdsa];

    /// The name in the header and in the text that is signed.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hmac => "AWS4-HMAC-SHA256",
            Self::Ecdsa => "AWS4-ECDSA-P256-SHA256",
        }
    }
}

/// The fields of an `Authorization` header.
pub(crate) struct Authorization<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) access_key: &'a str,
    /// The scope of the credential, which has no region for [`Algorithm::Ecdsa`].
    pub(super) scope: &'a str,
    pub(super) date: &'a str,
    /// The region; empty for [`Algorithm::Ecdsa`].
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) signed_headers: &'a str,
    pub(super) signature: &'a str,
}

impl<'a> Authorization<'a> {
    pub(crate) fn from_headers(headers: &'a HeaderMap) -> Result<Self, ApiError> {
        let text = header_text(headers, "authorization").ok_or_else(|| {
            ApiError::with_status(
                403,
                "MissingAuthenticationToken",
                "Request is missing Authentication Token",
            )
        })?;
        Self::parse(text).ok_or_else(incomplete)
    }

    fn parse(text: &'a str) -> Option<Self> {
        let (name, fields) = text.split_once(' ')?;
        let mut algorithms = Algorithm::ALL.into_iter();
        let algorithm = algorithms.find(|algorithm| algorithm.name() == name)?;
        let field = |name: &str| {
            let mut fields = fields
                .split(',')
                .filter_map(|field| field.trim().split_once('='));
            fields.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let (access_key, scope) = field("Credential")?.split_once('/')?;
        let parts: Vec<_> = scope.split('/').collect();
        let (date, region, service) = match (algorithm, parts.as_slice()) {
            (Algorithm::Hmac, &[date, region, service, "aws4_request"]) => (date, region, service),
            (Algorithm::Ecdsa, &[date, service, "aws4_request"]) => (date, "", service),
            _ => return None,
        };
        Some(Self {
            algorithm,
            access_key,
            scope,
            date,
            region,
            service,
            signed_headers: field("SignedHeaders")?,
            signature: field("Signature")?,
        })
    }
}

pub(super) fn incomplete() -> ApiError {
    let message =
        "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.";
    ApiError::with_status(400, "IncompleteSignature", message)
}

/// Returns the value of a header, if it is visible ASCII text.
pub(super) fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
