//! Splits Rust and Go source text into tokens, so that checks can distinguish names, comments, and string literals.

/// The class of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name or a keyword, without the prefix `r#`.
    Ident,
    /// The separator `::`.
    PathSep,
    /// Any other single character of punctuation.
    Punct,
    /// A number, character, lifetime, or a string, as written.
    Literal,
    /// A comment that documents nothing.
    Comment,
    /// A comment that documents the item that follows or contains it.
    DocComment,
}

/// A piece of source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind,
    pub(crate) text: &'a str,
    /// The line on which the token begins, counted from one.
    pub(crate) line: usize,
}

impl Token<'_> {
    /// Whether the token is this keyword, name, or character.
    pub(crate) fn is(&self, text: &str) -> bool {
        !matches!(
            self.kind,
            TokenKind::Literal | TokenKind::Comment | TokenKind::DocComment
        ) && self.text == text
    }

    /// Whether the token is a comment of either class.
    pub(crate) fn is_comment(&self) -> bool {
        matches!(self.kind, TokenKind::Comment | TokenKind::DocComment)
    }
}

/// Splits source text into tokens. White space is dropped.
pub(crate) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut found = vec![];
    let mut line = 1;
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = next(rest, first);
        let text = &rest[..length];
        if let Some(kind) = kind {
            let text = match kind {
                TokenKind::Ident => text.trim_start_matches("r#"),
                _ => text,
            };
            found.push(Token { kind, text, line });
        }
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// Returns the class and the length of the token that `rest` begins with. White space has no class.
fn next(rest: &str, first: char) -> (Option<TokenKind>, usize) {
    let some = |kind, length| (Some(kind), length);
    if first.is_whitespace() {
        return (None, first.len_utf8());
    }
    if rest.starts_with("//") {
        return some(line_comment(rest), rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return some(TokenKind::Comment, block_comment(rest));
    }
    if let Some(length) = string(rest) {
        return some(TokenKind::Literal, length);
    }
    if first.is_alphabetic() || first == '_' || rest.starts_with("r#") {
        let prefix = if rest.starts_with("r#") { 2 } else { 0 };
        return some(TokenKind::Ident, prefix + word(&rest[prefix..]));
    }
    if first.is_ascii_digit() {
        return some(TokenKind::Literal, number(rest));
    }
    if first == '\'' {
        return some(TokenKind::Literal, character(rest));
    }
    if rest.starts_with("::") {
        return some(TokenKind::PathSep, 2);
    }
    some(TokenKind::Punct, first.len_utf8())
}

fn line_comment(rest: &str) -> TokenKind {
    let is_doc = rest.starts_with("//!") || rest.starts_with("///") && !rest.starts_with("////");
    if is_doc {
        TokenKind::DocComment
    } else {
        TokenKind::Comment
    }
}

/// Returns the length of a block comment. Block comments nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Returns the length of a string literal with its prefix and quotes, if `rest` begins with one.
fn string(rest: &str) -> Option<usize> {
    if let Some(inside) = rest.strip_prefix('`') {
        return Some(inside.find('`').map_or(rest.len(), |end| end + 2));
    }
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
        let after = rest.strip_prefix(prefix);
        after.is_some_and(|after| after.trim_start_matches('#').starts_with('"'))
    })?;
    let after = &rest[prefix.len()..];
    let hashes = after.len() - after.trim_start_matches('#').len();
    let open = prefix.len() + hashes + 1;
    if prefix.ends_with('r') {
        let close = format!("\"{}", "#".repeat(hashes));
        let length = rest[open..]
            .find(&close)
            .map(|end| open + end + close.len());
        return Some(length.unwrap_or(rest.len()));
    }
    if hashes > 0 {
        return None;
    }
    let mut escaped = false;
    for (at, c) in rest[open..].char_indices() {
        match c {
            '"' if !escaped => return Some(open + at + 1),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    Some(rest.len())
}

/// Returns the length of a character literal or of a lifetime.
fn character(rest: &str) -> usize {
    let mut after = rest[1..].chars();
    match (after.next(), after.next()) {
        (Some('\\'), Some(escaped)) => {
            let open = 2 + escaped.len_utf8();
            rest[open..]
                .find('\'')
                .map_or(rest.len(), |end| open + end + 1)
        }
        (Some(c), Some('\'')) => c.len_utf8() + 2,
        _ => 1 + word(&rest[1..]),
    }
}

fn number(rest: &str) -> usize {
    let length = word(rest);
    let fraction = rest[length..].strip_prefix('.');
    match fraction.filter(|digits| digits.starts_with(|c: char| c.is_ascii_digit())) {
        Some(digits) => length + 1 + word(digits),
        None => length,
    }
}

fn word(rest: &str) -> usize {
    rest.find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_comments_and_literals_are_distinguished() {
        let source = "use a::r#type; // note\n/// Doc.\nlet x = \"// \\\" no\" + 'b' + r#\"q\"\"#;\n/* a /* b */ */ fn f<'a>(y: 1.5) {}";
        let of = |wanted: TokenKind| -> Vec<(&str, usize)> {
            tokens(source)
                .iter()
                .filter(|token| token.kind == wanted)
                .map(|token| (token.text, token.line))
                .collect()
        };
        assert_eq!(
            of(TokenKind::Ident),
            [
                ("use", 1),
                ("a", 1),
                ("type", 1),
                ("let", 3),
                ("x", 3),
                ("fn", 4),
                ("f", 4),
                ("y", 4)
            ]
        );
        assert_eq!(
            of(TokenKind::Comment),
            [("// note", 1), ("/* a /* b */ */", 4)]
        );
        assert_eq!(of(TokenKind::DocComment), [("/// Doc.", 2)]);
        assert_eq!(
            of(TokenKind::Literal),
            [
                ("\"// \\\" no\"", 3),
                ("'b'", 3),
                ("r#\"q\"\"#", 3),
                ("'a", 4),
                ("1.5", 4)
            ]
        );
    }

    #[test]
    fn go_strings_in_backticks_are_literals() {
        let found = tokens("x := `no // comment`\n");
        assert_eq!(
            found.last().map(|token| token.text),
            Some("`no // comment`")
        );
    }
}
