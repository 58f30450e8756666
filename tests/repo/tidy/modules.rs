//! Reads the modules of a crate: the names that each defines, its imports, and the paths that its code mentions.

use super::lexer::{Token, TokenKind, tokens};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// What a name in a module stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Definition {
    /// An item of this module.
    Item,
    /// An item that a macro of this module may define, unless the name has another definition.
    Generated,
    /// The child module with this index.
    Module(usize),
    /// An import of this path.
    Import(Vec<String>),
}

/// A path that a module mentions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
}

/// A module: a file, or a block in a file.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) file: PathBuf,
    pub(crate) parent: Option<usize>,
    pub(crate) names: BTreeMap<String, Vec<Definition>>,
    /// The modules of which all names are imported.
    pub(crate) globs: Vec<Vec<String>>,
    /// Private imports, and paths of several segments in the code.
    pub(crate) mentions: Vec<Mention>,
    /// Single names in the code. They matter where a name is in scope through a glob or a re-export.
    pub(crate) words: Vec<Mention>,
}

/// Reads the text of a file. Returns `None` if the file does not exist.
pub(crate) type ReadFile<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// Reads all modules of the crate with this root file. Code behind `#[cfg(test)]` is left out.
pub(crate) fn modules(root: &Path, read: ReadFile<'_>) -> Vec<Module> {
    let mut modules = vec![];
    let folder = root.parent().unwrap_or(root);
    read_file(&mut modules, root, folder, None, read);
    modules
}

fn read_file(
    modules: &mut Vec<Module>,
    file: &Path,
    folder: &Path,
    parent: Option<usize>,
    read: ReadFile<'_>,
) -> usize {
    let text = read(file);
    assert!(text.is_some(), "{} cannot be read", file.display());
    let text = text.unwrap_or_default();
    let tokens: Vec<Token<'_>> = tokens(&text)
        .into_iter()
        .filter(|token| !token.is_comment())
        .collect();
    let own = add(modules, file, parent);
    let mut children = vec![];
    Reader {
        tokens: &tokens,
        at: 0,
        modules: &mut *modules,
        children: &mut children,
    }
    .block(own, folder);
    for (module, name, folder) in children {
        let flat = folder.join(format!("{name}.rs"));
        let nested = folder.join(&name).join("mod.rs");
        let path = if read(&flat).is_some() { flat } else { nested };
        let child = read_file(modules, &path, &folder.join(&name), Some(module), read);
        define(modules, module, &name, Definition::Module(child));
    }
    own
}

fn add(modules: &mut Vec<Module>, file: &Path, parent: Option<usize>) -> usize {
    modules.push(Module {
        file: file.to_owned(),
        parent,
        ..Module::default()
    });
    modules.len() - 1
}

fn define(modules: &mut [Module], module: usize, name: &str, definition: Definition) {
    let names = &mut modules[module].names;
    names.entry(name.to_owned()).or_default().push(definition);
}

/// An imported path, and the name that it gets; `*` for all names of a module.
struct Imported {
    path: Vec<String>,
    name: String,
    line: usize,
}

/// Reads the tokens of one file, comments left out.
struct Reader<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    modules: &'a mut Vec<Module>,
    /// The modules in files of their own: the parent, the name, and the folder.
    children: &'a mut Vec<(usize, String, PathBuf)>,
}

impl<'a> Reader<'a> {
    fn peek(&self, ahead: usize) -> Option<Token<'a>> {
        self.tokens.get(self.at + ahead).copied()
    }

    fn is(&self, ahead: usize, text: &str) -> bool {
        self.peek(ahead).is_some_and(|token| token.is(text))
    }

    /// Reads the code of a module, up to the end of the file or the brace that closes the module.
    fn block(&mut self, module: usize, folder: &Path) {
        let mut depth = 0_usize;
        let mut is_public = false;
        while let Some(token) = self.tokens.get(self.at).copied() {
            if token.is("#") && (self.is(1, "[") || self.is(1, "!") && self.is(2, "[")) {
                self.attribute(module);
                continue;
            }
            match token.text {
                "use" if token.kind == TokenKind::Ident && !self.is(1, "<") => {
                    self.import(module, is_public, depth == 0);
                    is_public = false;
                    continue;
                }
                "mod" if token.kind == TokenKind::Ident && self.is(2, "{") => {
                    self.inline_module(module, folder);
                    continue;
                }
                "}" if token.kind == TokenKind::Punct && depth == 0 => return,
                _ if token.kind == TokenKind::Ident => {
                    is_public = is_public && depth > 0 || token.is("pub");
                    if depth == 0 {
                        self.definition(module, folder);
                    }
                    self.path(module);
                    continue;
                }
                "{" | "(" | "[" if token.kind == TokenKind::Punct => depth += 1,
                "}" | ")" | "]" if token.kind == TokenKind::Punct => {
                    depth = depth.saturating_sub(1);
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Reads `mod name { … }`.
    fn inline_module(&mut self, parent: usize, folder: &Path) {
        let name = self.tokens[self.at + 1].text;
        let file = self.modules[parent].file.clone();
        let child = add(self.modules, &file, Some(parent));
        define(self.modules, parent, name, Definition::Module(child));
        self.at += 3;
        self.block(child, &folder.join(name));
        self.at += 1;
    }

    /// Notes the name that an item at the top of a module defines. Leaves the position as it is. A macro may define every type that
    /// is named in its braces.
    fn definition(&mut self, module: usize, folder: &Path) {
        const ITEMS: [&str; 8] = [
            "struct", "enum", "union", "trait", "fn", "type", "const", "static",
        ];
        let keyword = self.tokens[self.at];
        let Some(name) = self.peek(1) else { return };
        if keyword.is("macro_rules") {
            if let Some(name) = self.tokens.get(self.at + 2) {
                define(self.modules, module, name.text, Definition::Item);
            }
        } else if keyword.is("mod") && self.is(2, ";") {
            let child = (module, name.text.to_owned(), folder.to_owned());
            self.children.push(child);
        } else if name.is("!") && self.is(2, "{") {
            for token in &self.tokens[self.at + 2..][..self.group_length_at(self.at + 2)] {
                if token.kind == TokenKind::Ident && token.text.starts_with(char::is_uppercase) {
                    define(self.modules, module, token.text, Definition::Generated);
                }
            }
        } else if ITEMS.contains(&keyword.text) && name.kind == TokenKind::Ident {
            let text = self.tokens[self.at + 1].text;
            define(self.modules, module, text, Definition::Item);
        }
    }

    /// Reads an attribute. Skips the item that follows if it only exists in tests.
    fn attribute(&mut self, module: usize) {
        while !self.is(0, "[") {
            self.at += 1;
        }
        let open = self.at;
        let close = open + self.group_length();
        let inside = &self.tokens[open + 1..close - 1];
        let text: String = inside.iter().map(|token| token.text).collect();
        if text == "cfg(test)" {
            self.at = close;
            self.skip_item();
            return;
        }
        for literal in inside.iter().filter(|it| it.kind == TokenKind::Literal) {
            self.path_in_literal(module, *literal);
        }
        self.kube_kind(module, inside);
        while self.at < close {
            if self.tokens[self.at].kind == TokenKind::Ident {
                self.path(module);
            } else {
                self.at += 1;
            }
        }
    }

    /// Notes the type that `#[kube(kind = "Name")]` generates.
    fn kube_kind(&mut self, module: usize, attribute: &[Token<'_>]) {
        if !attribute.first().is_some_and(|it| it.is("kube")) {
            return;
        }
        for window in attribute.windows(3) {
            if window[0].is("kind") && window[1].is("=") {
                let name = window[2].text.trim_matches('"');
                define(self.modules, module, name, Definition::Item);
            }
        }
    }

    /// Notes the path in the value of an attribute such as `#[serde(default = "module::function")]`.
    fn path_in_literal(&mut self, module: usize, literal: Token<'_>) {
        let text = literal.text.trim_matches('"');
        let is_path = |c: char| c.is_alphanumeric() || "_:<>".contains(c);
        if text.contains("::") && text.chars().all(is_path) {
            let path = text.split("::").map(str::to_owned).collect();
            let line = literal.line;
            self.modules[module].mentions.push(Mention { path, line });
        }
    }

    /// Skips attributes and the item that follows, up to its semicolon or the end of its block.
    fn skip_item(&mut self) {
        while self.is(0, "#") {
            self.at += 1;
            self.at += self.group_length();
        }
        let is_import = (0..5).any(|ahead| self.is(ahead, "use"));
        while let Some(token) = self.tokens.get(self.at) {
            if token.is(";") {
                self.at += 1;
                return;
            }
            let is_group = ["{", "(", "["].iter().any(|open| token.is(open));
            let ends_item = token.is("{") && !is_import;
            self.at += if is_group { self.group_length() } else { 1 };
            if ends_item {
                return;
            }
        }
    }

    /// Returns the number of tokens of the group in brackets at the position, brackets included.
    fn group_length(&self) -> usize {
        self.group_length_at(self.at)
    }

    fn group_length_at(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for (at, token) in self.tokens[open..].iter().enumerate() {
            if ["{", "(", "["].iter().any(|open| token.is(open)) {
                depth += 1;
            } else if ["}", ")", "]"].iter().any(|close| token.is(close)) {
                depth -= 1;
            }
            if depth == 0 {
                return at + 1;
            }
        }
        self.tokens.len() - open
    }

    /// Reads a path in the code, from its first segment on.
    fn path(&mut self, module: usize) {
        let line = self.tokens[self.at].line;
        let before = self.at.checked_sub(1).map(|at| self.tokens[at]);
        let continues = before.is_some_and(|it| it.is(".") || it.is("::"));
        let mut path = vec![self.tokens[self.at].text.to_owned()];
        self.at += 1;
        while self.is(0, "::") && self.peek(1).is_some_and(|it| it.kind == TokenKind::Ident) {
            path.push(self.tokens[self.at + 1].text.to_owned());
            self.at += 2;
        }
        if continues {
            return;
        }
        let module = &mut self.modules[module];
        let mentions = match path.len() {
            1 => &mut module.words,
            _ => &mut module.mentions,
        };
        mentions.push(Mention { path, line });
    }

    /// Reads a `use` declaration. A public one only gives a name to what another module defines.
    fn import(&mut self, module: usize, is_public: bool, is_at_top: bool) {
        self.at += 1;
        let mut imports = vec![];
        self.tree(&[], &mut imports);
        for Imported { path, name, line } in imports {
            if !(is_public && is_at_top) {
                let path = path.clone();
                self.modules[module].mentions.push(Mention { path, line });
            }
            match name.as_str() {
                "*" => self.modules[module].globs.push(path),
                "_" => {}
                name => define(self.modules, module, name, Definition::Import(path)),
            }
        }
    }

    /// Reads one tree of a `use` declaration.
    fn tree(&mut self, prefix: &[String], imports: &mut Vec<Imported>) {
        let mut path = prefix.to_vec();
        let mut line = 0;
        while let Some(token) = self.peek(0) {
            self.at += 1;
            line = token.line;
            match token.text {
                "::" => continue,
                "{" => return self.group(&path, imports),
                "*" => {
                    let name = "*".to_owned();
                    imports.push(Imported { path, name, line });
                    return;
                }
                "self" if !path.is_empty() => {}
                name => path.push(name.to_owned()),
            }
            if !self.is(0, "::") {
                break;
            }
        }
        let alias = self.peek(1).filter(|_| self.is(0, "as"));
        if alias.is_some() {
            self.at += 2;
        }
        let alias = alias.map(|alias| alias.text.to_owned());
        let name = alias.or(path.last().cloned()).unwrap_or_default();
        imports.push(Imported { path, name, line });
    }

    /// Reads the trees in the braces of a `use` declaration, behind the opening brace.
    fn group(&mut self, prefix: &[String], imports: &mut Vec<Imported>) {
        while !self.is(0, "}") {
            self.tree(prefix, imports);
            if self.is(0, ",") {
                self.at += 1;
            }
        }
        self.at += 1;
    }
}
