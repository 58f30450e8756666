//! Label selectors, and the names in them. `kube` has types for selectors and leaves their text to the API server, which would refuse
//! it only once the operator watches.

/// The characters that are a word of a selector by themselves.
const SYMBOLS: [char; 7] = ['=', '!', '<', '>', '(', ')', ','];

/// Whether the API server can read a text as a label selector. The empty one selects everything. Source: Kubernetes' `labels.Parse`.
pub(super) fn is_selector(text: &str) -> bool {
    let words = words(text);
    let mut inside = false;
    let mut requirements = words.split(|word| {
        inside = match *word {
            "(" => true,
            ")" => false,
            _ => inside,
        };
        *word == "," && !inside
    });
    words.is_empty() || requirements.all(is_requirement)
}

/// Whether a text is a label of DNS (RFC 1123), as names of namespaces are.
pub(super) fn is_dns_label(text: &str) -> bool {
    text.len() <= 63 && is_part(text)
}

/// A label of DNS, however long.
fn is_part(text: &str) -> bool {
    is_word(text, "-") && !text.contains(|c: char| c.is_ascii_uppercase())
}

/// The words of a selector. Space separates them, and says nothing else.
fn words(text: &str) -> Vec<&str> {
    let ends = |c: char| c.is_ascii_whitespace() || SYMBOLS.contains(&c);
    let mut words = vec![];
    let mut rest = text.trim_ascii_start();
    while !rest.is_empty() {
        let length = match rest.find(ends) {
            Some(0) if rest.starts_with("==") || rest.starts_with("!=") => 2,
            Some(0) => 1,
            Some(length) => length,
            None => rest.len(),
        };
        let (word, after) = rest.split_at(length);
        words.push(word);
        rest = after.trim_ascii_start();
    }
    words
}

fn is_requirement(words: &[&str]) -> bool {
    match words {
        [key] | ["!", key] | [key, "=" | "==" | "!="] => is_key(key),
        [key, "=" | "==" | "!=", value] => is_key(key) && is_name(value),
        [key, "<" | ">", value] => is_key(key) && is_name(value) && value.parse::<i64>().is_ok(),
        [key, "in" | "notin", "(", values @ .., ")"] => {
            is_key(key) && values.split(|word| *word == ",").all(is_choice)
        }
        _ => false,
    }
}

/// One of the values in parentheses, each of which may be empty.
fn is_choice(words: &[&str]) -> bool {
    match words {
        [] => true,
        [value] => is_name(value),
        _ => false,
    }
}

/// The key of a label: a name, and perhaps a domain and a slash before it.
fn is_key(text: &str) -> bool {
    match text.split_once('/') {
        Some((domain, name)) => is_domain(domain) && is_name(name),
        None => is_name(text),
    }
}

/// Here Kubernetes does not ask how long each part is.
fn is_domain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_part)
}

/// A name in a key, or a value that is not empty.
fn is_name(text: &str) -> bool {
    text.len() <= 63 && is_word(text, "-_.")
}

/// Letters and digits of ASCII, with `others` between them.
fn is_word(text: &str, others: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric();
    text.starts_with(plain)
        && text.ends_with(plain)
        && text.chars().all(|c| plain(c) || others.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_api_server_reads_is_a_selector() {
        for good in [
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
            assert!(is_selector(good), "{good:?}");
        }
    }

    #[test]
    fn what_the_api_server_cannot_read_is_none() {
        let long = format!("tier={}", "a".repeat(64));
        for bad in [
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
            assert!(!is_selector(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_label_of_dns_is_short_and_of_lower_case_letters_digits_and_hyphens() {
        for good in ["a", "0", "team-a", "a--b", &"a".repeat(63)] {
            assert!(is_dns_label(good), "{good:?}");
        }
        for bad in [
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
            assert!(!is_dns_label(bad), "{bad:?}");
        }
    }
}
