//! Removes credentials and control characters from texts that users read.

use aws_credential_types::Credentials;
use std::error::Error;

/// Maximum length in characters of a text taken from a response.
const MAX_TEXT: usize = 1024;

/// Returns an external text on one line and with bounded length.
pub(in crate::cloudfront) fn sanitize(text: &str) -> String {
    let line = text
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c });
    let mut short: String = line.clone().take(MAX_TEXT).collect();
    if line.count() > MAX_TEXT {
        short.push('…');
    }
    short
}

/// Returns an external text without the credentials that signed the request.
///
/// The message of `SignatureDoesNotMatch` repeats the request, session token included.
pub(in crate::cloudfront) fn redact_credentials(text: &str, credentials: &Credentials) -> String {
    let secrets = [
        credentials.session_token().unwrap_or_default(),
        credentials.secret_access_key(),
        credentials.access_key_id(),
    ];
    let secrets = secrets.iter().filter(|secret| !secret.is_empty());
    secrets.fold(text.to_owned(), |text, secret| {
        text.replace(secret, "[redacted]")
    })
}

/// Returns the messages of an error and all its sources. The outermost message alone often names no cause.
pub(crate) fn error_chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
