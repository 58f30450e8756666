//! Keeps secrets, and what terminals choke on, out of texts that people read.

use aws_credential_types::Credentials;
use std::error::Error;

/// Longest text that is taken over from an answer.
const LIMIT: usize = 1024;

/// A text from outside, on one line and of bounded length.
pub(in crate::cloudfront) fn sanitize(text: &str) -> String {
    let line = text
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c });
    let mut short: String = line.clone().take(LIMIT).collect();
    if line.count() > LIMIT {
        short.push('…');
    }
    short
}

/// A text from outside without the credentials that the call was signed with.
///
/// `SignatureDoesNotMatch` explains itself by repeating the request, session token included.
pub(in crate::cloudfront) fn redact_credentials(text: &str, credentials: &Credentials) -> String {
    let secrets = [
        credentials.session_token().unwrap_or_default(),
        credentials.secret_access_key(),
        credentials.access_key_id(),
    ];
    let hidden = secrets.iter().filter(|secret| !secret.is_empty());
    hidden.fold(text.to_owned(), |text, secret| {
        text.replace(secret, "[redacted]")
    })
}

/// The error and all its causes: the outermost one says only that something failed.
pub(crate) fn error_chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
