//! Which file imports which: the imports and paths of all modules, resolved to the files that define the items.

use super::modules::{Definition, Mention, Module, ReadFile, modules};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Where a path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    /// To a module, by index.
    Module(usize),
    /// To an item that is defined in the module with this index.
    Item(usize),
}

/// One import of another file: the line and the path that was written there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) line: usize,
    pub(crate) path: String,
}

/// The files of a crate and the imports between them.
#[derive(Debug, Default)]
pub(crate) struct ImportGraph {
    /// For each file, the files that define what it imports, each with the first such import.
    pub(crate) imports: BTreeMap<PathBuf, BTreeMap<PathBuf, Import>>,
    /// The paths inside the crate that lead nowhere. Each would be a gap in the graph.
    pub(crate) unresolved: Vec<String>,
}

impl ImportGraph {
    /// Reads the crate with this root file. An import through a re-export is an import of the file that defines the item, so a
    /// module that only declares and re-exports others is never imported. Test modules are left out.
    pub(crate) fn read(root: &Path, read: ReadFile<'_>) -> Self {
        let modules = modules(root, read);
        let resolver = Resolver { modules: &modules };
        let mut graph = Self::default();
        for (own, module) in modules.iter().enumerate() {
            let imports = graph.imports.entry(module.file.clone()).or_default();
            for mention in module.mentions.iter().chain(resolver.borrowed(own)) {
                if resolver.is_unresolved(own, &mention.path) {
                    let path = mention.path.join("::");
                    let file = module.file.display();
                    graph
                        .unresolved
                        .push(format!("{file}:{}: {path}", mention.line));
                }
                for file in resolver.files(own, &mention.path) {
                    if *file != module.file {
                        imports.entry(file.clone()).or_insert_with(|| Import {
                            line: mention.line,
                            path: mention.path.join("::"),
                        });
                    }
                }
            }
        }
        graph
    }

    /// Returns the groups of files that import each other in cycles, largest first.
    pub(crate) fn cycles(&self) -> Vec<Vec<&Path>> {
        let reachable: BTreeMap<&Path, BTreeSet<&Path>> = self
            .imports
            .keys()
            .map(|file| (file.as_path(), self.reachable(file)))
            .collect();
        let mut groups: BTreeSet<Vec<&Path>> = BTreeSet::new();
        for (file, others) in &reachable {
            let mutual = others
                .iter()
                .filter(|other| reachable[*other].contains(file));
            let group: Vec<&Path> = mutual.copied().collect();
            if !group.is_empty() {
                groups.insert(group);
            }
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
        groups
    }

    /// Returns the imports against an order of folders and files inside one folder, and the files without a place in the order.
    /// The order names what lies directly in the folder, from the top down.
    pub(crate) fn upward_imports(&self, folder: &Path, order: &[&[&str]]) -> Vec<String> {
        let rank = |file: &Path| {
            let first = file.strip_prefix(folder).ok()?.components().next()?;
            let name = Path::new(&first).file_stem()?.to_str()?;
            order.iter().position(|names| names.contains(&name))
        };
        let own = folder.join("mod.rs");
        let mut found = vec![];
        for (file, imports) in &self.imports {
            if !file.starts_with(folder) || *file == own {
                continue;
            }
            let Some(from) = rank(file) else {
                found.push(format!("{} has no place in the order", file.display()));
                continue;
            };
            let upward = imports
                .iter()
                .filter(|(other, _)| rank(other).is_some_and(|to| to < from));
            found.extend(upward.map(|(_, import)| {
                format!("{}:{} imports {}", file.display(), import.line, import.path)
            }));
        }
        found
    }

    /// Returns the files that a file imports, directly or through others; the file itself only if it is in a cycle.
    fn reachable<'a>(&'a self, file: &Path) -> BTreeSet<&'a Path> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&Path> = self.imports[file].keys().map(PathBuf::as_path).collect();
        while let Some(file) = open.pop() {
            if found.insert(file) {
                open.extend(self.imports[file].keys().map(PathBuf::as_path));
            }
        }
        found
    }
}

struct Resolver<'a> {
    modules: &'a [Module],
}

impl<'a> Resolver<'a> {
    /// Returns the mentions of single names that are in scope through a glob or a re-export. A private import or a definition
    /// of the module itself needs no second look.
    fn borrowed(&self, own: usize) -> impl Iterator<Item = &'a Mention> {
        let module = &self.modules[own];
        module.words.iter().filter(|mention| {
            let name = &mention.path[0];
            let definitions = module.names.get(name).map_or(&[][..], Vec::as_slice);
            let is_import = definitions
                .iter()
                .any(|it| matches!(it, Definition::Import(_)));
            is_import || definitions.is_empty() && !module.globs.is_empty()
        })
    }

    /// Returns the files that define the items to which a path leads.
    fn files(&self, own: usize, path: &[String]) -> BTreeSet<&'a PathBuf> {
        let targets = self.resolve(own, path, &mut vec![]);
        let items = targets.into_iter().filter_map(|target| match target {
            Target::Item(module) => Some(&self.modules[module].file),
            Target::Module(_) => None,
        });
        items.collect()
    }

    /// Whether a path begins in this crate and leads nowhere.
    fn is_unresolved(&self, own: usize, path: &[String]) -> bool {
        let is_inside = ["crate", "self", "super"].contains(&path[0].as_str());
        is_inside && self.resolve(own, path, &mut vec![]).is_empty()
    }

    /// Follows a path from a module. The names that are being looked up are remembered, so that a name that leads back to itself
    /// ends the search.
    fn resolve(
        &self,
        own: usize,
        path: &[String],
        open: &mut Vec<(usize, String)>,
    ) -> BTreeSet<Target> {
        let mut targets = BTreeSet::new();
        for (at, segment) in path.iter().enumerate() {
            targets = match segment.as_str() {
                "crate" if at == 0 => [Target::Module(0)].into(),
                "self" if at == 0 => [Target::Module(own)].into(),
                "super" if at == 0 => self.parents(&[Target::Module(own)].into()),
                "super" => self.parents(&targets),
                name if at == 0 => self.lookup(own, name, open),
                name => self.descend(&targets, name, open),
            };
        }
        targets
    }

    fn parents(&self, targets: &BTreeSet<Target>) -> BTreeSet<Target> {
        let parents = targets.iter().filter_map(|target| match target {
            Target::Module(module) => self.modules[*module].parent.map(Target::Module),
            Target::Item(_) => None,
        });
        parents.collect()
    }

    /// Follows one more segment of a path. What follows an item, such as a variant, is defined where the item is.
    fn descend(
        &self,
        targets: &BTreeSet<Target>,
        name: &str,
        open: &mut Vec<(usize, String)>,
    ) -> BTreeSet<Target> {
        let mut found = BTreeSet::new();
        for target in targets {
            match target {
                Target::Item(_) => found.extend([*target]),
                Target::Module(module) => found.extend(self.lookup(*module, name, open)),
            }
        }
        found
    }

    /// Returns everything that a name stands for in a module.
    fn lookup(
        &self,
        module: usize,
        name: &str,
        open: &mut Vec<(usize, String)>,
    ) -> BTreeSet<Target> {
        let key = (module, name.to_owned());
        if open.contains(&key) {
            return BTreeSet::new();
        }
        open.push(key);
        let mut found = BTreeSet::new();
        let definitions = self.modules[module].names.get(name);
        let is_generated =
            definitions.is_some_and(|all| all.iter().all(|it| matches!(it, Definition::Generated)));
        for definition in definitions.into_iter().flatten() {
            match definition {
                Definition::Generated if is_generated => found.extend([Target::Item(module)]),
                Definition::Generated => {}
                Definition::Item => found.extend([Target::Item(module)]),
                Definition::Module(child) => found.extend([Target::Module(*child)]),
                Definition::Import(path) => found.extend(self.resolve(module, path, open)),
            }
        }
        if definitions.is_none() {
            for glob in &self.modules[module].globs {
                for target in self.resolve(module, glob, open) {
                    if let Target::Module(other) = target {
                        found.extend(self.lookup(other, name, open));
                    }
                }
            }
        }
        open.pop();
        found
    }
}
