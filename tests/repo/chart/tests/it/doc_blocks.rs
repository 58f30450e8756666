//! The blocks of the pages for users.

use super::helm::repository;
use std::{fs, path::Path};

/// What stands between two fences of a page.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) page: String,
    pub(crate) language: String,
    pub(crate) text: String,
}

impl Block {
    /// The commands of a console block, each with the lines that continue it, without what they print.
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

    /// The file that a block of YAML is to be saved as, which its first line names.
    pub(crate) fn file(&self) -> Option<&str> {
        let name = self.text.lines().next()?.strip_prefix("# ")?;
        let yaml = Path::new(name).extension().is_some_and(|end| end == "yaml");
        (yaml && !name.contains([' ', '/'])).then_some(name)
    }
}

/// The folders all of whose pages are tried.
const FOLDERS: [&str; 4] = ["docs", "docs/operations", "docs/reference", "docs/runbooks"];

/// The other pages.
const PAGES: [&str; 6] = [
    "README.md",
    "SECURITY.md",
    "charts/cloudfront-operator-crds/README.md",
    "charts/cloudfront-operator/README.md",
    "examples/README.md",
    "crates/cloudfront-simulator/README.md",
];

/// The pages whose blocks are tried.
pub(crate) fn pages() -> Vec<String> {
    let mut pages = Vec::from(PAGES.map(str::to_owned));
    for folder in FOLDERS {
        for entry in fs::read_dir(repository(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if Path::new(&name).extension().is_some_and(|end| end == "md") {
                pages.push(format!("{folder}/{name}"));
            }
        }
    }
    pages.sort();
    pages
}

/// The blocks of a page, in its order.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let text = fs::read_to_string(repository(page)).unwrap();
    let (mut blocks, mut open) = (vec![], None);
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(language), None) => {
                let block = Block {
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
    assert!(open.is_none(), "{page}: a block does not end");
    blocks
}
