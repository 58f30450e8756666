//! Public keys in PEM format.

use crate::kinds::validation::Rule;

macro_rules! not_public_key {
    () => {
        "is not a public key in PEM format: use the output of openssl rsa -pubout, which begins with -----BEGIN PUBLIC KEY-----"
    };
}

/// What a message says of a field with another text.
pub(in crate::kinds) const NOT_PUBLIC_KEY: &str = not_public_key!();

/// Source: "Specify signers that can create signed URLs and signed cookies" in the Amazon CloudFront Developer Guide. The value may be a
/// private key, which the API server prints for an invalid value but not for a forbidden one.
pub(in crate::kinds) const PUBLIC_KEY: [Rule; 1] = [Rule::text(
    "self.matches('^-----BEGIN PUBLIC KEY-----\\r?\\n([A-Za-z0-9+/=]+\\r?\\n)+-----END PUBLIC KEY-----\\\\s*$')",
    concat!("the value ", not_public_key!()),
)
.forbidden()];

/// Returns a public key as CloudFront stores it: with one newline after each line. `None`: the text has another form. So a private key is
/// never sent.
pub(in crate::kinds) fn normalized(key: &str) -> Option<String> {
    let key = key.replace("\r\n", "\n");
    let key = key.trim_end();
    let lines = key.strip_prefix("-----BEGIN PUBLIC KEY-----\n")?;
    let lines = lines.strip_suffix("\n-----END PUBLIC KEY-----")?;
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let is_line = |line: &str| !line.is_empty() && line.chars().all(is_base64);
    lines.split('\n').all(is_line).then(|| format!("{key}\n"))
}

#[cfg(test)]
mod tests {
    use super::normalized;

    const KEY: &str = "-----BEGIN PUBLIC KEY-----\nMFkw\nAQAB\n-----END PUBLIC KEY-----\n";

    #[test]
    fn the_end_of_each_line_is_one_newline() {
        let lines = KEY.trim_end();
        for text in [
            lines,
            KEY,
            &format!("{KEY}\n \n"),
            &KEY.replace('\n', "\r\n"),
        ] {
            assert_eq!(normalized(text).as_deref(), Some(KEY), "{text:?}");
        }
    }

    #[test]
    fn only_a_whole_public_key_is_one() {
        for text in [
            &KEY.replace("PUBLIC", "PRIVATE"),
            &format!("{}\n{KEY}", KEY.replace("PUBLIC", "PRIVATE")),
            &format!("{KEY}{KEY}"),
            &KEY.replace("AQAB", ""),
            &KEY.replace("AQAB", "A Q"),
            "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
            "",
        ] {
            assert_eq!(normalized(text), None, "{text:?}");
        }
    }
}
