//! Words that have a standard term in this project, or that hide the subject of a sentence. Names and comments do without them.

use super::lexer::{Token, TokenKind, tokens};
use std::path::Path;

/// The words, as they stand in a name split into words or in a comment, in lower case.
pub(crate) const FORBIDDEN: &[&str] = &[
    // Pronouns that hide the component or the person that acts.
    "anybody",
    "everybody",
    "nobody",
    "somebody",
    "whatever",
    "whoever",
    // Metaphors and old-fashioned words for what Kubernetes, AWS and HTTP have nouns and verbs for.
    "abreast",
    "anew",
    "crowd",
    "diary",
    "doubt",
    "doubted",
    "errand",
    "estate",
    "gist",
    "heed",
    "hindered",
    "hush",
    "hushed",
    "in vain",
    "janitor",
    "judge",
    "knee",
    "leash",
    "ledger",
    "lesson",
    "let go",
    "let loose",
    "lets go",
    "lookout",
    "memo",
    "memos",
    "mended",
    "nought",
    "repertoire",
    "senseless",
    "shelf",
    "spoilt",
    "tally",
    "tell",
    "tells",
    "told",
    "untold",
    "wish",
    "wishes",
];

/// A forbidden word in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) line: usize,
    pub(crate) word: &'static str,
    /// The name or the line of the comment that contains the word.
    pub(crate) context: String,
}

/// Returns the forbidden words in the name of a file and in its text.
pub(crate) fn violations(path: &Path, text: &str) -> Vec<Violation> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut found = check(0, &name, &words_of_name(&name));
    match path.extension().unwrap_or_default().to_str() {
        Some("rs" | "go") => found.extend(in_tokens(&tokens(text))),
        _ => found.extend(in_hash_comments(text)),
    }
    found
}

fn in_tokens(tokens: &[Token<'_>]) -> Vec<Violation> {
    let mut found = vec![];
    let mut comment = Comment::default();
    for token in tokens {
        match token.kind {
            TokenKind::Ident => {
                found.extend(check(token.line, token.text, &words_of_name(token.text)));
            }
            TokenKind::Comment | TokenKind::DocComment => {
                comment.add(token, &mut found);
                continue;
            }
            _ => {}
        }
        comment.end(&mut found);
    }
    comment.end(&mut found);
    found
}

/// The lines of a comment that follow each other: a phrase may begin on one and end on the next.
#[derive(Default)]
struct Comment {
    lines: Vec<(usize, String)>,
}

impl Comment {
    fn add(&mut self, token: &Token<'_>, found: &mut Vec<Violation>) {
        if self
            .lines
            .last()
            .is_some_and(|(line, _)| line + 1 != token.line)
        {
            self.end(found);
        }
        for (at, text) in token.text.lines().enumerate() {
            self.lines.push((token.line + at, text.to_owned()));
        }
    }

    fn end(&mut self, found: &mut Vec<Violation>) {
        let mut words = vec![];
        for (line, text) in &self.lines {
            words.extend(words_of_comment(text).into_iter().map(|word| (*line, word)));
        }
        let mut text = String::from(" ");
        for (_, word) in &words {
            text.push_str(word);
            text.push(' ');
        }
        for word in FORBIDDEN {
            let needle = format!(" {word} ");
            let mut from = 0;
            while let Some(at) = text[from..].find(&needle).map(|at| from + at) {
                let before = text[..at].matches(' ').count();
                let line = words.get(before).map_or(0, |(line, _)| *line);
                let context = self.lines.iter().find(|(at, _)| *at == line);
                let context = context
                    .map(|(_, text)| text.trim().to_owned())
                    .unwrap_or_default();
                found.push(Violation {
                    line,
                    word,
                    context,
                });
                from = at + needle.len() - 1;
            }
        }
        self.lines.clear();
    }
}

/// Reads the comments of a language that begins them with `#`: TOML, YAML, Python, shell.
fn in_hash_comments(text: &str) -> Vec<Violation> {
    let mut found = vec![];
    let mut comment = Comment::default();
    for (at, line) in text.lines().enumerate() {
        let start = if line.trim_start().starts_with('#') {
            line.find('#')
        } else {
            line.find(" # ").map(|at| at + 1)
        };
        match start {
            Some(start) if !line.starts_with("#!") => {
                let token = Token {
                    kind: TokenKind::Comment,
                    text: &line[start..],
                    line: at + 1,
                };
                comment.add(&token, &mut found);
            }
            _ => comment.end(&mut found),
        }
    }
    comment.end(&mut found);
    found
}

/// Returns the phrases of a list that a text contains outside of code in backticks.
pub(crate) fn phrases_in<'a>(text: &str, phrases: &'a [&'a str]) -> Vec<&'a str> {
    contained(&format!(" {} ", words_of_comment(text).join(" ")), phrases)
}

/// Returns the phrases that stand among words, each of which has a space before and after.
fn contained<'a>(words: &str, phrases: &'a [&'a str]) -> Vec<&'a str> {
    let is_in = |phrase: &&&str| words.contains(&format!(" {phrase} "));
    phrases.iter().filter(is_in).copied().collect()
}

fn check(line: usize, context: &str, words: &str) -> Vec<Violation> {
    let found = contained(words, FORBIDDEN).into_iter();
    found
        .map(|word| Violation {
            line,
            word,
            context: context.to_owned(),
        })
        .collect()
}

/// Splits a name in snake case, camel case or kebab case into words, each with a space before and after.
fn words_of_name(name: &str) -> String {
    let mut words = String::from(" ");
    let mut previous = ' ';
    for c in name.chars() {
        if c.is_uppercase() && !previous.is_uppercase() {
            words.push(' ');
        }
        words.extend(
            c.to_lowercase()
                .map(|c| if c.is_alphanumeric() { c } else { ' ' }),
        );
        previous = c;
    }
    words.push(' ');
    words
}

/// Splits a line of a comment into words, without code in backticks.
fn words_of_comment(text: &str) -> Vec<String> {
    let prose: String = text.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    let words = prose.split(|c: char| !c.is_alphanumeric() && c != '\'');
    words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(usize, &'static str)> {
        let violations = violations(Path::new("src/sample.rs"), text);
        violations.iter().map(|it| (it.line, it.word)).collect()
    }

    #[test]
    fn names_comments_and_phrases_across_lines_are_found() {
        let sample = "//! Nobody is asked.\nfn is_told() {}\nstruct ReconcileMemo;\n// The object is let\n// go here.\n";
        assert_eq!(
            found(sample),
            [(1, "nobody"), (2, "told"), (3, "memo"), (4, "let go")]
        );
    }

    #[test]
    fn strings_code_in_backticks_and_longer_words_are_not_found() {
        assert_eq!(
            found("// `tell` is a call; the memory retold\nlet x = \"nobody\"; let estates = 1;"),
            []
        );
    }

    #[test]
    fn file_names_and_hash_comments_are_found() {
        let in_name = violations(Path::new("src/memo.rs"), "");
        assert_eq!(in_name[0].word, "memo");
        let in_toml = violations(Path::new("Cargo.toml"), "a = 1 # nobody uses it\n# told\n");
        assert_eq!(
            in_toml
                .iter()
                .map(|it| (it.line, it.word))
                .collect::<Vec<_>>(),
            [(1, "nobody"), (2, "told")]
        );
    }
}
