//! The `Authorization` header.

use hyper::HeaderMap;

use crate::error::ApiError;

pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The fields of an `Authorization` header.
pub(crate) struct Authorization<'a> {
    pub(crate) access_key: &'a str,
    pub(super) date: &'a str,
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
        Self::parse(text).ok_or_else(|| {
            ApiError::with_status(
                400,
                "IncompleteSignature",
                "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.",
            )
        })
    }

    fn parse(text: &'a str) -> Option<Self> {
        let fields = text.strip_prefix(ALGORITHM)?;
        let field = |name: &str| {
            let mut fields = fields
                .split(',')
                .filter_map(|field| field.trim().split_once('='));
            fields.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let mut scope = field("Credential")?.split('/');
        let [access_key, date, region, service, "aws4_request"] =
            std::array::from_fn(|_| scope.next().unwrap_or(""))
        else {
            return None;
        };
        let (signed_headers, signature) = (field("SignedHeaders")?, field("Signature")?);
        Some(Self {
            access_key,
            date,
            region,
            service,
            signed_headers,
            signature,
        })
    }
}

/// Returns the value of a header, if it is visible ASCII text.
pub(super) fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
