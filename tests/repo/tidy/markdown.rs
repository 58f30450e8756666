//! Reads the prose of Markdown pages: paragraphs, list items, table cells and headings, without code, links and markup.

/// Returns the blocks of prose of a page. Code blocks are left out, and code within a line counts as one word.
pub(super) fn prose(page: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    let mut fence = None;
    for line in page.lines() {
        let trimmed = line.trim_start();
        let marker = ["```", "~~~"]
            .into_iter()
            .find(|it| trimmed.starts_with(it));
        match (fence, marker) {
            (None, Some(marker)) => {
                fence = Some(marker);
                blocks.push(String::new());
            }
            (Some(open), Some(marker)) if open == marker => fence = None,
            (Some(_), _) => {}
            (None, None) => add_line(trimmed, &mut blocks),
        }
    }
    blocks.retain(|block| !block.trim().is_empty());
    blocks.iter().map(|block| without_markup(block)).collect()
}

/// Adds a line to the block that it continues, or begins a new one.
fn add_line(line: &str, blocks: &mut Vec<String>) {
    if line.starts_with('|') {
        let cells = line.trim_matches('|').split(" | ");
        blocks.extend(cells.map(str::to_owned));
        blocks.push(String::new());
        return;
    }
    let is_heading = line.starts_with('#');
    if line.is_empty() || is_heading || is_list_item(line) {
        blocks.push(String::new());
    }
    if let Some(block) = blocks.last_mut() {
        block.push(' ');
        block.push_str(line);
    }
    if is_heading {
        blocks.push(String::new());
    }
}

fn is_list_item(line: &str) -> bool {
    let after_number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with("- ")
        || line.starts_with("* ")
        || (after_number.len() < line.len() && after_number.starts_with(". "))
}

/// Replaces code in backticks by one word, links by their text, and drops HTML and emphasis.
fn without_markup(block: &str) -> String {
    let mut text = String::new();
    for (at, part) in block.split('`').enumerate() {
        text.push_str(if at % 2 == 0 { part } else { "Code" });
    }
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("](") {
        plain.push_str(&rest[..at]);
        let target = &rest[at..];
        rest = target.find(')').map_or("", |end| &target[end + 1..]);
    }
    plain.push_str(rest);
    without_tags(&plain).replace(['[', '*'], " ")
}

fn without_tags(text: &str) -> String {
    let mut pieces = text.split('<');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        text + " " + piece.split_once('>').map_or(piece, |(_, after)| after)
    })
}

/// Splits a block into sentences. An abbreviation such as "e.g." does not end one, so that the count errs on the strict side only.
pub(super) fn sentences(block: &str) -> Vec<String> {
    let mut found = vec![];
    let mut sentence: Vec<&str> = vec![];
    for word in block.split_whitespace() {
        // An enumeration of codes counts as one word.
        let is_next_code = is_code(word) && sentence.last().is_some_and(|it| is_code(it));
        if word.chars().any(char::is_alphanumeric) && !is_next_code {
            sentence.push(word);
        }
        let ends = word
            .trim_end_matches([')', '"', '”', '\''])
            .ends_with(['.', '!', '?', '…']);
        if ends && !["e.g.", "i.e.", "etc.", "vs."].contains(&word) {
            found.push(sentence.join(" "));
            sentence.clear();
        }
    }
    found.push(sentence.join(" "));
    found.retain(|sentence| !sentence.is_empty());
    found
}

fn is_code(word: &str) -> bool {
    word.trim_end_matches([',', ';']) == "Code"
}

#[test]
fn prose_has_neither_code_nor_targets_of_links() {
    let page = "# A title\n\nSee [the page](docs/x.md) about `kubectl get`.\nIt goes on.\n\n```sh\nnobody\n```\n\n- one\n- two\n\n| a cell | b |\n| --- | --- |\n";
    assert_eq!(
        prose(page).iter().map(|it| it.trim()).collect::<Vec<_>>(),
        [
            "#  A title",
            "See  the page about Code. It goes on.",
            "- one",
            "- two",
            "a cell",
            "b",
            "---",
            "---"
        ]
        .map(|it| it.replace("#  ", "# "))
    );
}

#[test]
fn a_sentence_ends_at_its_full_stop() {
    assert_eq!(
        sentences("It is one, e.g. this. It is (two.) Three"),
        ["It is one, e.g. this.", "It is (two.)", "Three"]
    );
}
