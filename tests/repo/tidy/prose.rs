//! The text that users read is plain technical English: pages, chart, examples, and the messages of the programs.

use super::{
    forbidden_words::{FORBIDDEN, phrases_in},
    lexer::{TokenKind, tokens},
    markdown::{prose, sentences},
    sources::{code_text, files, relative, root, text},
};

/// The maximum number of words in a sentence of a page.
const MAX_WORDS: usize = 30;

/// Phrases of pages and messages that have a standard term, beside the forbidden words.
const PHRASES: &[&str] = &[
    "a look",
    "a pass",
    "behind its back",
    "behind the operator's back",
    "behind your back",
    "budget of calls",
    "custom resource definition",
    "custom resource definitions",
    "each pass",
    "every pass",
    "fresh look",
    "look again",
    "looks again",
    "next pass",
    "one pass",
    "passes over",
    "put it right",
    "put right",
    "says no",
    "the pass",
];

/// Returns the Markdown pages of the repository.
fn pages() -> Vec<std::path::PathBuf> {
    files(&root(), &["md"])
}

/// Returns a line for each forbidden word or phrase in a text.
fn forbidden_in(name: &str, text: &str) -> Vec<String> {
    let found = [FORBIDDEN, PHRASES]
        .into_iter()
        .flat_map(|words| phrases_in(text, words));
    found
        .map(|word| format!("{name}: \"{word}\" in: {}", text.trim()))
        .collect()
}

#[test]
fn pages_have_no_forbidden_words() {
    let mut found = vec![];
    for path in pages() {
        for block in prose(&text(&path)) {
            found.extend(forbidden_in(&relative(&path), &block));
        }
    }
    assert!(found.is_empty(), "{} found: {found:#?}", found.len());
}

#[test]
fn a_sentence_of_a_page_has_at_most_thirty_words() {
    let mut long = vec![];
    for path in pages() {
        for block in prose(&text(&path)) {
            for sentence in sentences(&block) {
                let count = sentence.split_whitespace().count();
                if count > MAX_WORDS {
                    long.push(format!("{}: {count} words: {sentence}", relative(&path)));
                }
            }
        }
    }
    assert!(long.is_empty(), "{} found: {long:#?}", long.len());
}

#[test]
fn manifests_and_the_chart_have_no_forbidden_words() {
    let mut found = vec![];
    for folder in ["charts", "examples", "policies"] {
        for path in files(&root().join(folder), &["yaml", "tpl", "txt"]) {
            for line in text(&path).lines() {
                found.extend(forbidden_in(&relative(&path), line));
            }
        }
    }
    assert!(found.is_empty(), "{} found: {found:#?}", found.len());
}

#[test]
fn messages_have_no_forbidden_words() {
    let mut found = vec![];
    for folder in ["src", "crates"] {
        for path in files(&root().join(folder), &["rs"]) {
            if path.components().any(|part| part.as_os_str() == "tests") {
                continue;
            }
            let code = code_text(&path);
            let literals = tokens(&code)
                .into_iter()
                .filter(|token| token.kind == TokenKind::Literal && token.text.contains(' '));
            for literal in literals {
                let name = format!("{}:{}", relative(&path), literal.line);
                found.extend(forbidden_in(&name, literal.text));
            }
        }
    }
    assert!(found.is_empty(), "{} found: {found:#?}", found.len());
}
