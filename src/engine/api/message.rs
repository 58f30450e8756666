//! The length of messages in conditions and events.

/// What precedes the link to the fix at the end of a message of CloudFront's.
const FIX: &str = " Fix: ";

/// Shortens a message to a size, and keeps the link to its fix. `size_of` returns the size of one character.
pub(crate) fn shorten(message: String, limit: usize, size_of: impl Fn(char) -> usize) -> String {
    let total = |text: &str| text.chars().map(&size_of).sum::<usize>();
    if total(&message) <= limit {
        return message;
    }
    let end = format!("…{}", fix(&message));
    let mut rest = limit.saturating_sub(total(&end));
    let mut is_kept = |c: &char| {
        let fits = size_of(*c) <= rest;
        rest = rest.saturating_sub(size_of(*c));
        fits
    };
    let start: String = message.chars().take_while(&mut is_kept).collect();
    start + &end
}

/// Returns the link to the fix of a message with the words before it. Empty: there is none.
fn fix(message: &str) -> &str {
    let Some(at) = message.rfind(FIX) else {
        return "";
    };
    let rest = &message[at..];
    let link = rest[FIX.len()..].find(char::is_whitespace);
    &rest[..link.map_or(rest.len(), |length| FIX.len() + length)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_fits_stays_as_it_is() {
        assert_eq!(shorten("é".repeat(4), 8, char::len_utf8), "é".repeat(4));
    }

    #[test]
    fn a_long_message_is_cut_between_characters_and_keeps_its_fix() {
        let link = " Fix: https://example.com/errors.md#throttling";
        for suffix in ["", " (and more)"] {
            let message = format!("{}{link}{suffix}", "é".repeat(1_000));
            let short = shorten(message, 1_024, char::len_utf8);
            assert!((1_023..=1_024).contains(&short.len()), "{}", short.len());
            assert!(short.ends_with(&format!("é…{link}")), "{short}");
        }
        let short = shorten("x".repeat(3_000), 2_000, |_| 1);
        assert_eq!(short, format!("{}…", "x".repeat(1_999)));
    }
}
