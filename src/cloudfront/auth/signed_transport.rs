//! One signed exchange, and what it teaches about the credentials and the clock.

use super::{Cache, Clock, Scope};
use crate::cloudfront::{
    Error,
    error::scrub,
    http::{Failure, Reply, Transport, failure},
};
use aws_credential_types::Credentials;
use bytes::Bytes;
use std::borrow::Cow;

/// Everything a signed call needs, whichever service it is for.
#[derive(Debug)]
pub(in crate::cloudfront) struct Wire {
    pub(in crate::cloudfront) transport: Transport,
    pub(in crate::cloudfront) credentials: Cache,
    pub(in crate::cloudfront) clock: Clock,
}

/// A call that is complete but for its signature.
pub(in crate::cloudfront) struct Outgoing<'a> {
    pub(in crate::cloudfront) operation: Cow<'static, str>,
    pub(in crate::cloudfront) write: bool,
    pub(in crate::cloudfront) scope: Scope<'a>,
    pub(in crate::cloudfront) request: http::Request<Bytes>,
}

/// A failure, and whether its cause was just removed, so that the same call may well succeed now.
///
/// Only refusals of the signature are ever repaired: those calls surely changed nothing.
pub(in crate::cloudfront) struct Failed {
    pub(in crate::cloudfront) error: Error,
    pub(in crate::cloudfront) repaired: bool,
}

impl Wire {
    /// Signs and sends once. A reply is of status 2xx; all others are errors, and hold no credentials.
    pub(in crate::cloudfront) async fn exchange(
        &self,
        call: Outgoing<'_>,
        credentials: &Credentials,
    ) -> Result<Reply, Failed> {
        let Outgoing {
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
        let repaired = self.repair(&error, &reply, credentials).await;
        Err(Failed {
            error: hushed(error, credentials),
            repaired,
        })
    }

    async fn repair(&self, error: &Error, reply: &Reply, credentials: &Credentials) -> bool {
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

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self {
            error,
            repaired: false,
        }
    }
}

fn lost(operation: Cow<'static, str>, write: bool, failure: Failure) -> Error {
    match failure {
        Failure::BadAnswer(detail) => Error::Garbled {
            operation,
            detail,
            request_id: None,
            commit_unknown: write,
        },
        Failure::NotSent(detail) => Error::Unreachable {
            operation,
            detail,
            code: None,
            request_id: None,
            commit_unknown: false,
        },
        Failure::NoAnswer(detail) => Error::Unreachable {
            operation,
            detail,
            code: None,
            request_id: None,
            commit_unknown: write,
        },
    }
}

/// The server may repeat what it was sent.
fn hushed(mut error: Error, credentials: &Credentials) -> Error {
    match &mut error {
        Error::Refused { message: text, .. }
        | Error::Unreachable { detail: text, .. }
        | Error::Garbled { detail: text, .. } => {
            *text = scrub(text, credentials);
        }
        _ => {}
    }
    error
}
