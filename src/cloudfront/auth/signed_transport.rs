//! One signed exchange, and what it teaches about the credentials and the clock.

use super::{Clock, CredentialsCache, SigningScope};
use crate::cloudfront::{
    CloudFrontError,
    error::redact_credentials,
    http::{Failure, RawResponse, Transport, failure},
};
use aws_credential_types::Credentials;
use bytes::Bytes;
use std::borrow::Cow;

/// Everything a signed call needs, whichever service it is for.
#[derive(Debug)]
pub(in crate::cloudfront) struct SignedTransport {
    pub(in crate::cloudfront) transport: Transport,
    pub(in crate::cloudfront) credentials: CredentialsCache,
    pub(in crate::cloudfront) clock: Clock,
}

/// A call that is complete but for its signature.
pub(in crate::cloudfront) struct UnsignedRequest<'a> {
    pub(in crate::cloudfront) operation: Cow<'static, str>,
    pub(in crate::cloudfront) write: bool,
    pub(in crate::cloudfront) scope: SigningScope<'a>,
    pub(in crate::cloudfront) request: http::Request<Bytes>,
}

/// A failure, and whether its cause was just removed, so that the same call may well succeed now.
///
/// Only refusals of the signature are ever repaired: those calls surely changed nothing.
pub(in crate::cloudfront) struct AttemptError {
    pub(in crate::cloudfront) error: CloudFrontError,
    pub(in crate::cloudfront) retry_now: bool,
}

impl SignedTransport {
    /// Signs and sends once. A reply is of status 2xx; all others are errors, and hold no credentials.
    pub(in crate::cloudfront) async fn exchange(
        &self,
        call: UnsignedRequest<'_>,
        credentials: &Credentials,
    ) -> Result<RawResponse, AttemptError> {
        let UnsignedRequest {
            operation,
            write,
            scope,
            mut request,
        } = call;
        scope.sign(&mut request, credentials, self.clock.now())?;
        let answered = self.transport.exchange(request, None).await;
        if let Ok(Some(date)) = answered.as_ref().map(|reply| reply.header("date")) {
            self.clock.hear(date);
        }
        let reply = match answered {
            Ok(reply) if (200..300).contains(&reply.status) => return Ok(reply),
            Ok(reply) => reply,
            Err(lost_answer) => return Err(lost(operation, write, lost_answer).into()),
        };
        let error = failure(operation, write, &reply);
        let retry_now = self.repair(&error, &reply, credentials).await;
        Err(AttemptError {
            error: hushed(error, credentials),
            retry_now,
        })
    }

    async fn repair(
        &self,
        error: &CloudFrontError,
        reply: &RawResponse,
        credentials: &Credentials,
    ) -> bool {
        match error.code() {
            Some("ExpiredToken" | "ExpiredTokenException") => {
                self.credentials.forget(credentials).await;
                true
            }
            // Renewed keys may help, but only if there are some: the next call will tell.
            Some("InvalidClientTokenId" | "UnrecognizedClientException") => {
                self.credentials.forget(credentials).await;
                false
            }
            Some(
                "RequestTimeTooSkewed"
                | "RequestExpired"
                | "SignatureDoesNotMatch"
                | "InvalidSignatureException",
            ) => reply
                .header("date")
                .is_some_and(|date| self.clock.follow(date)),
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

fn lost(operation: Cow<'static, str>, write: bool, failure: Failure) -> CloudFrontError {
    match failure {
        Failure::BadAnswer(detail) => CloudFrontError::InvalidResponse {
            operation,
            detail,
            request_id: None,
            outcome_unknown: write,
        },
        Failure::NotSent(detail) => CloudFrontError::Unreachable {
            operation,
            detail,
            code: None,
            request_id: None,
            outcome_unknown: false,
        },
        Failure::NoAnswer(detail) => CloudFrontError::Unreachable {
            operation,
            detail,
            code: None,
            request_id: None,
            outcome_unknown: write,
        },
    }
}

/// The server may repeat what it was sent.
fn hushed(mut error: CloudFrontError, credentials: &Credentials) -> CloudFrontError {
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
