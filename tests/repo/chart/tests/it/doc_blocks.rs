//! The code blocks of the user documentation.

use super::helm::repository;
use std::{fs, path::Path};

/// A fenced code block of a page.
#[derive(Debug)]
pub(crate) struct CodeBlock {
    pub(crate) page: String,
    pub(crate) language: String,
    pub(crate) text: String,
}

impl CodeBlock {
    /// Returns the commands of a `console` block with their continuation lines, and without their output.
    pub(crate) fn commands(&self) -> Vec<String> {
        let mut commands: Vec<String> = vec![];
        for line in self.text.lines() {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => commands.push(command.to_owned()),
                (None, Some(last)) if line.starts_with("  ") => {
                    last.push('\n');
                    last.push_str(line);
                }
                _ => {}
            }
        }
        commands
    }

    /// Returns the name of the file that a YAML block represents, from the comment in its first line.
    pub(crate) fn file_name(&self) -> Option<&str> {
        let name = self.text.lines().next()?.strip_prefix("# ")?;
        let yaml = Path::new(name).extension().is_some_and(|end| end == "yaml");
        (yaml && !name.contains([' ', '/'])).then_some(name)
    }
}

/// The directories with tested pages. All pages in them are tested.
const DIRECTORIES: [&str; 4] = ["docs", "docs/operations", "docs/reference", "docs/runbooks"];

/// The tested pages in other directories.
const OTHER_PAGES: [&str; 6] = [
    "README.md",
    "SECURITY.md",
    "charts/cloudfront-operator-crds/README.md",
    "charts/cloudfront-operator/README.md",
    "examples/README.md",
    "crates/cloudfront-simulator/README.md",
];

/// Returns the paths of the tested pages, sorted.
pub(crate) fn pages() -> Vec<String> {
    let mut pages = Vec::from(OTHER_PAGES.map(str::to_owned));
    for directory in DIRECTORIES {
        for entry in fs::read_dir(repository(directory)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if Path::new(&name).extension().is_some_and(|end| end == "md") {
                pages.push(format!("{directory}/{name}"));
            }
        }
    }
    pages.sort();
    pages
}

/// Returns the code blocks of a page in their order.
pub(crate) fn blocks(page: &str) -> Vec<CodeBlock> {
    let text = fs::read_to_string(repository(page)).unwrap();
    let (mut blocks, mut open) = (vec![], None);
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(language), None) => {
                let block = CodeBlock {
                    page: page.to_owned(),
                    language: language.to_owned(),
                    text: String::new(),
                };
                open = Some((indent, block));
            }
            (Some(_), Some(_)) => blocks.extend(open.take().map(|(_, block)| block)),
            (None, Some((indent, block))) => {
                block.text.push_str(line.get(*indent..).unwrap_or_default());
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{page}: a code block has no end");
    blocks
}
