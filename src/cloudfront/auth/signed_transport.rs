//! Sends one signed request, and recovers from expired credentials and a wrong clock.

use super::{CredentialsCache, SigningClock, SigningScope};
use crate::cloudfront::{
    CloudFrontError,
    error::redact_credentials,
    http::{MaySend, Method, RawResponse, Request, Service, Transport, TransportError, read_error},
};
use aws_credential_types::Credentials;
use bytes::Bytes;
use std::{borrow::Cow, sync::Arc};

const NAMESPACE: &str = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

/// A transport with credentials and a clock, for requests to any AWS service.
#[derive(Debug)]
pub(in crate::cloudfront) struct SignedTransport {
    pub(in crate::cloudfront) transport: Transport,
    pub(in crate::cloudfront) credentials: CredentialsCache,
    pub(in crate::cloudfront) clock: Arc<SigningClock>,
}

/// A request that is complete except for its signature.
pub(in crate::cloudfront) struct UnsignedRequest<'a> {
    pub(in crate::cloudfront) operation: Cow<'static, str>,
    pub(in crate::cloudfront) is_write: bool,
    /// Asked right before the body is sent.
    pub(in crate::cloudfront) may_send: Option<MaySend>,
    pub(in crate::cloudfront) scope: SigningScope<'a>,
    pub(in crate::cloudfront) request: http::Request<Bytes>,
}

/// The error of one attempt, and whether its cause was removed, so that an immediate retry can succeed.
///
/// Only a refused signature sets `retry_now`: such a request changed nothing.
pub(in crate::cloudfront) struct AttemptError {
    pub(in crate::cloudfront) error: CloudFrontError,
    pub(in crate::cloudfront) retry_now: bool,
}

impl UnsignedRequest<'_> {
    /// Builds a request to CloudFront. A write asks `may_send`.
    pub(in crate::cloudfront) fn new(
        request: &Request,
        url: &str,
        may_send: &MaySend,
    ) -> Result<Self, CloudFrontError> {
        let method = match request.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
            Method::Delete => http::Method::DELETE,
        };
        let body = request
            .body
            .as_ref()
            .map(|body| body.to_document(NAMESPACE));
        let mut builder = http::Request::builder().method(method).uri(url);
        if body.is_some() {
            // According to AWS's model, the error MissingBody can mean that this header is missing.
            builder = builder.header("content-type", "application/xml");
        } else if request.json.is_some() {
            builder = builder.header("content-type", "application/json");
        }
        if let Some(etag) = &request.if_match {
            builder = builder.header("if-match", etag);
        }
        let body = body.map(Bytes::from).or_else(|| request.json.clone());
        let built = builder.body(body.unwrap_or_default());
        Ok(Self {
            operation: request.operation.clone(),
            is_write: request.is_write(),
            may_send: request.is_write().then(|| may_send.clone()),
            scope: match request.service {
                Service::CloudFront => SigningScope::CLOUDFRONT,
                Service::KeyValueStore { .. } => SigningScope::KEY_VALUE_STORE,
            },
            request: built.map_err(|error| CloudFrontError::InvalidRequest {
                operation: request.operation.clone(),
                detail: format!("it cannot be put into HTTP: {error}"),
            })?,
        })
    }
}

impl SignedTransport {
    /// Signs a request and sends it once. Every status other than 2xx is an error. Errors contain no credentials.
    pub(in crate::cloudfront) async fn exchange(
        &self,
        unsigned: UnsignedRequest<'_>,
        credentials: &Credentials,
    ) -> Result<RawResponse, AttemptError> {
        let UnsignedRequest {
            operation,
            is_write,
            may_send,
            scope,
            mut request,
        } = unsigned;
        scope.sign(&mut request, credentials, self.clock.now())?;
        let result = self.transport.exchange(request, None, may_send).await;
        if let Ok(Some(date)) = result.as_ref().map(|raw| raw.header("date")) {
            self.clock.record_skew(date);
        }
        let raw = match result {
            Ok(raw) if (200..300).contains(&raw.status) => return Ok(raw),
            Ok(raw) => raw,
            Err(error) => return Err(transport_error(operation, is_write, error).into()),
        };
        let error = read_error(operation, is_write, &raw);
        let retry_now = self.recover_auth(&error, &raw, credentials);
        Err(AttemptError {
            error: redacted(error, credentials),
            retry_now,
        })
    }

    /// Drops refused credentials or corrects the clock. Returns whether an immediate retry can succeed.
    fn recover_auth(
        &self,
        error: &CloudFrontError,
        raw: &RawResponse,
        credentials: &Credentials,
    ) -> bool {
        match error.code() {
            Some("ExpiredToken" | "ExpiredTokenException") => {
                self.credentials.invalidate(credentials);
                true
            }
            // The source may have no newer credentials, so the retry waits for the next request.
            Some("InvalidClientTokenId" | "UnrecognizedClientException") => {
                self.credentials.invalidate(credentials);
                false
            }
            Some(
                "RequestTimeTooSkewed"
                | "RequestExpired"
                | "SignatureDoesNotMatch"
                | "InvalidSignatureException",
            ) => raw
                .header("date")
                .is_some_and(|date| self.clock.correct(date)),
            _ => false,
        }
    }
}

impl From<CloudFrontError> for AttemptError {
    fn from(error: CloudFrontError) -> Self {
        Self {
            error,
            retry_now: false,
        }
    }
}

fn transport_error(
    operation: Cow<'static, str>,
    is_write: bool,
    error: TransportError,
) -> CloudFrontError {
    let is_too_large = matches!(error, TransportError::TooLarge(_));
    match error {
        TransportError::InvalidResponse(detail) | TransportError::TooLarge(detail) => {
            CloudFrontError::InvalidResponse {
                is_too_large,
                operation,
                detail,
                request_id: None,
                outcome_unknown: is_write,
            }
        }
        TransportError::Withheld => CloudFrontError::NotLeader { operation },
        TransportError::NotSent(detail) => CloudFrontError::Unreachable {
            operation,
            detail,
            code: None,
            request_id: None,
            outcome_unknown: false,
        },
        TransportError::NoResponse(detail) => CloudFrontError::Unreachable {
            operation,
            detail,
            code: None,
            request_id: None,
            outcome_unknown: is_write,
        },
    }
}

/// Removes the credentials from the texts of an error: the server may repeat the request.
fn redacted(mut error: CloudFrontError, credentials: &Credentials) -> CloudFrontError {
    match &mut error {
        CloudFrontError::Refused { message: text, .. }
        | CloudFrontError::Unreachable { detail: text, .. }
        | CloudFrontError::InvalidResponse { detail: text, .. } => {
            *text = redact_credentials(text, credentials);
        }
        _ => {}
    }
    error
}
