//! Removes credentials and control characters from texts that users read.

use aws_credential_types::Credentials;
use std::{cmp::Reverse, error::Error};

/// Maximum length in characters of a text taken from a response.
const MAX_TEXT: usize = 1024;
/// The shortest value that is treated as a secret, in characters.
const MIN_SECRET: usize = 6;
/// The shortest value that is no part of a word by chance, in characters.
const MIN_UNMISTAKABLE: usize = 16;

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
    secrets.iter().fold(text.to_owned(), |text, secret| {
        redact_value(&text, secret, "[redacted]")
    })
}

/// Returns a text without these values, as far as they can be secrets.
pub(crate) fn redact_values<'a>(text: &str, values: impl IntoIterator<Item = &'a str>) -> String {
    let mut values: Vec<&str> = values.into_iter().collect();
    // One value may be the prefix of another.
    values.sort_by_key(|value| Reverse(value.len()));
    values.into_iter().fold(text.to_owned(), |text, value| {
        redact_value(&text, value, "(redacted)")
    })
}

/// Returns a text without a secret value.
///
/// A value of less than six characters is no secret, and its removal would make the text unreadable. One of less than 16 characters may
/// be a part of a word, so it is removed only where it is a whole word.
fn redact_value(text: &str, value: &str, replacement: &str) -> String {
    let length = value.chars().count();
    if length < MIN_SECRET {
        return text.to_owned();
    }
    let mut redacted = String::with_capacity(text.len());
    let mut end = 0;
    for (at, found) in text.match_indices(value) {
        let is_word = is_boundary(text, at) && is_boundary(text, at + found.len());
        if is_word || length >= MIN_UNMISTAKABLE {
            redacted += &text[end..at];
            redacted += replacement;
            end = at + found.len();
        }
    }
    redacted + &text[end..]
}

/// Whether no word continues at this place of a text.
fn is_boundary(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at(at);
    let is_inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !(is_inside(before.chars().next_back()) && is_inside(after.chars().next()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_removed_if_it_can_be_a_secret() {
        let text = "is there a proxy in between? proxies, x, hunter2, hunter2s, a=hunter2";
        for (value, expected) in [
            ("x", text.to_owned()),
            ("", text.to_owned()),
            ("proxy", text.to_owned()),
            (
                "hunter2",
                "is there a proxy in between? proxies, x, -, hunter2s, a=-".to_owned(),
            ),
        ] {
            assert_eq!(redact_value(text, value, "-"), expected, "{value}");
        }
        let long = "0123456789abcdef";
        assert_eq!(redact_value(&format!("x{long}y"), long, "-"), "x-y");
    }
}
