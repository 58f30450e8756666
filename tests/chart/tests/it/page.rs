//! The blocks of the pages for users.

use super::helm::repository;
use std::fs;

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
}

/// The pages whose blocks are tried: those for operations, and those that tell how to use objects.
pub(crate) fn pages() -> Vec<String> {
    let folder = fs::read_dir(repository("docs/operations")).unwrap();
    let mut pages: Vec<String> = folder
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| format!("docs/operations/{name}"))
        .collect();
    pages.sort();
    let more = [
        "docs/adopt.md",
        "docs/concepts.md",
        "docs/errors.md",
        "docs/iam.md",
        "charts/cloudfront-operator/README.md",
    ];
    pages.extend(more.map(str::to_owned));
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
