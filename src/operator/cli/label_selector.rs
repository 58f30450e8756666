//! Validates label selectors and the names in them. `kube` does not parse selectors, and the API server would reject an invalid one
//! only when the operator starts to watch.

/// The characters that are tokens by themselves.
const SYMBOLS: [char; 7] = ['=', '!', '<', '>', '(', ')', ','];

/// Whether a text is a valid label selector. The empty text selects everything. Source: `labels.Parse` of Kubernetes.
pub(super) fn is_selector(text: &str) -> bool {
    let tokens = tokens(text);
    let mut is_in_parentheses = false;
    let mut requirements = tokens.split(|token| {
        is_in_parentheses = match *token {
            "(" => true,
            ")" => false,
            _ => is_in_parentheses,
        };
        *token == "," && !is_in_parentheses
    });
    tokens.is_empty() || requirements.all(is_requirement)
}

/// Whether a text is a DNS label (RFC 1123), as the name of a namespace has to be.
pub(super) fn is_dns_label(text: &str) -> bool {
    text.len() <= 63 && is_dns_label_of_any_length(text)
}

/// Whether a text is a DNS label, except for its length.
fn is_dns_label_of_any_length(text: &str) -> bool {
    is_alphanumeric_with(text, "-") && !text.contains(|c: char| c.is_ascii_uppercase())
}

/// Splits a selector into tokens. White space separates tokens and has no other meaning.
fn tokens(text: &str) -> Vec<&str> {
    let ends_token = |c: char| c.is_ascii_whitespace() || SYMBOLS.contains(&c);
    let mut tokens = vec![];
    let mut rest = text.trim_ascii_start();
    while !rest.is_empty() {
        let length = match rest.find(ends_token) {
            Some(0) if rest.starts_with("==") || rest.starts_with("!=") => 2,
            Some(0) => 1,
            Some(length) => length,
            None => rest.len(),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after.trim_ascii_start();
    }
    tokens
}

fn is_requirement(tokens: &[&str]) -> bool {
    match tokens {
        [key] | ["!", key] | [key, "=" | "==" | "!="] => is_key(key),
        [key, "=" | "==" | "!=", value] => is_key(key) && is_name(value),
        [key, "<" | ">", value] => is_key(key) && is_name(value) && value.parse::<i64>().is_ok(),
        [key, "in" | "notin", "(", values @ .., ")"] => {
            is_key(key) && values.split(|token| *token == ",").all(is_optional_value)
        }
        _ => false,
    }
}

/// Whether tokens are one of the values in parentheses. A value may be empty.
fn is_optional_value(tokens: &[&str]) -> bool {
    match tokens {
        [] => true,
        [value] => is_name(value),
        _ => false,
    }
}

/// Whether a text is the key of a label: a name with an optional domain and slash before it.
fn is_key(text: &str) -> bool {
    match text.split_once('/') {
        Some((domain, name)) => is_domain(domain) && is_name(name),
        None => is_name(text),
    }
}

/// Whether a text is the domain of a key. Kubernetes does not limit the length of its labels.
fn is_domain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_dns_label_of_any_length)
}

/// Whether a text is a name in a key, or a value that is not empty.
fn is_name(text: &str) -> bool {
    text.len() <= 63 && is_alphanumeric_with(text, "-_.")
}

/// Whether a text consists of ASCII letters and digits, with `separators` between them.
fn is_alphanumeric_with(text: &str, separators: &str) -> bool {
    let is_alphanumeric = |c: char| c.is_ascii_alphanumeric();
    text.starts_with(is_alphanumeric)
        && text.ends_with(is_alphanumeric)
        && text
            .chars()
            .all(|c| is_alphanumeric(c) || separators.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_the_api_server_parses_are_valid() {
        for valid in [
            "",
            " ",
            "tier",
            "!tier",
            "! tier",
            "tier=prod",
            "tier==prod",
            "tier = prod",
            "tier!=prod",
            "tier=",
            "tier=,team",
            "tier in (prod)",
            "tier in(prod,test)",
            "tier notin ( prod , test )",
            "tier in ()",
            "tier in (,prod)",
            "generation>4, generation < 9",
            "tier=prod,team in (web),!legacy",
            "app.kubernetes.io/part-of=Shop_1.x",
        ] {
            assert!(is_selector(valid), "{valid:?}");
        }
    }

    #[test]
    fn texts_that_the_api_server_rejects_are_invalid() {
        let long = format!("tier={}", "a".repeat(64));
        for invalid in [
            ",",
            "tier,",
            ",tier",
            "tier=prod,,team=web",
            "tier prod",
            "tier=prod team=web",
            "tier=a=b",
            "=prod",
            "tier in prod",
            "tier in (prod",
            "tier in prod)",
            "tier in (prod test)",
            "tier in (prod),(test)",
            "!tier=prod",
            "generation>many",
            "generation>-4",
            "-tier=prod",
            "tier=prod-",
            "tier=grün",
            "tier=\"prod\"",
            "a/b/c=d",
            "/tier=prod",
            "Example.com/tier=prod",
            &long,
        ] {
            assert!(!is_selector(invalid), "{invalid:?}");
        }
    }

    #[test]
    fn a_dns_label_has_at_most_63_lower_case_letters_digits_and_hyphens() {
        for valid in ["a", "0", "team-a", "a--b", &"a".repeat(63)] {
            assert!(is_dns_label(valid), "{valid:?}");
        }
        for invalid in [
            "",
            "-a",
            "a-",
            "a.b",
            "a_b",
            "Team",
            " a",
            "ä",
            &"a".repeat(64),
        ] {
            assert!(!is_dns_label(invalid), "{invalid:?}");
        }
    }
}
