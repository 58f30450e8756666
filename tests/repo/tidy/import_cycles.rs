//! No files of `src` import each other in a cycle, and the folders of the engine import each other in one order.

use super::{
    import_graph::ImportGraph,
    sources::{relative, root},
};
use std::{collections::BTreeMap, fs, path::Path};

/// The folders and files of `src/engine` from the top down. Each may import itself and what stands below it.
pub(crate) const ENGINE_ORDER: [&[&str]; 13] = [
    &["controller"],
    &["reconcile"],
    &["context", "object_state"],
    &["poll"],
    &["cache"],
    &["plan", "spec_hash", "crd", "field_path"],
    &["remote"],
    &["kubernetes"],
    &["object"],
    &["kind", "typed_object"],
    &["definition"],
    &["resource_api"],
    &[
        "api",
        "columns",
        "config",
        "leadership",
        "panic",
        "recovery",
        "tags",
    ],
];

/// Reads a crate from texts by path.
fn sample(files: &[(&str, &str)]) -> ImportGraph {
    let texts: BTreeMap<&Path, &str> = files
        .iter()
        .map(|(path, text)| (Path::new(*path), *text))
        .collect();
    let read = |path: &Path| texts.get(path).map(|text| (*text).to_owned());
    ImportGraph::read(Path::new("src/lib.rs"), &read)
}

/// Returns the groups of files in cycles, by name.
fn cycles(graph: &ImportGraph) -> Vec<Vec<String>> {
    let mut found = vec![];
    for group in graph.cycles() {
        found.push(group.into_iter().map(relative).collect());
    }
    found
}

fn crate_graph() -> ImportGraph {
    let read = |path: &Path| fs::read_to_string(path).ok();
    ImportGraph::read(&root().join("src/lib.rs"), &read)
}

#[test]
fn no_files_import_each_other_in_a_cycle() {
    let cycles = cycles(&crate_graph());
    assert!(cycles.is_empty(), "import cycles: {cycles:#?}");
}

#[test]
fn the_folders_of_the_engine_import_downwards_only() {
    let found = crate_graph().upward_imports(&root().join("src/engine"), &ENGINE_ORDER);
    assert!(found.is_empty(), "imports against the order: {found:#?}");
}

#[test]
fn every_path_inside_the_crate_leads_to_a_file() {
    let unresolved = crate_graph().unresolved;
    assert!(unresolved.is_empty(), "{unresolved:#?}");
}

#[test]
fn a_cycle_through_plain_imports_and_paths_is_found() {
    let files = [
        ("src/lib.rs", "mod a;\nmod b;\nmod c;"),
        ("src/a.rs", "use crate::b::B;\npub struct A(B);"),
        ("src/b.rs", "pub struct B;\nfn f() { super::c::g(); }"),
        ("src/c.rs", "pub fn g() -> Option<crate::a::A> { None }"),
    ];
    assert_eq!(
        cycles(&sample(&files)),
        [["src/a.rs", "src/b.rs", "src/c.rs"]]
    );
}

#[test]
fn a_cycle_through_a_re_export_is_found_and_the_list_of_modules_is_not_in_it() {
    let files = [
        ("src/lib.rs", "pub mod x;"),
        (
            "src/x/mod.rs",
            "mod a;\nmod b;\npub use a::A;\npub(crate) use b::*;",
        ),
        (
            "src/x/a.rs",
            "use super::B as Renamed;\npub struct A(Renamed);",
        ),
        (
            "src/x/b.rs",
            "pub struct B;\nimpl B { fn a() -> crate::x::A { todo() } }",
        ),
    ];
    assert_eq!(cycles(&sample(&files)), [["src/x/a.rs", "src/x/b.rs"]]);
}

#[test]
fn a_cycle_through_a_brace_group_is_found() {
    let files = [
        ("src/lib.rs", "mod a;\nmod b;\nmod c;"),
        (
            "src/a.rs",
            "use std::{fmt, io};\nuse crate::{\n    b::{self, B},\n    c::C,\n};\npub struct A;",
        ),
        ("src/b.rs", "pub struct B;"),
        ("src/c.rs", "use super::{a::{A}, b};\npub struct C(A);"),
    ];
    assert_eq!(cycles(&sample(&files)), [["src/a.rs", "src/c.rs"]]);
}

#[test]
fn a_cycle_through_a_glob_and_an_attribute_is_found() {
    let files = [
        ("src/lib.rs", "mod a;\nmod b;"),
        ("src/a.rs", "use super::b::*;\npub fn f() { g() }"),
        (
            "src/b.rs",
            "pub fn g() {}\nstruct S {\n    #[serde(default = \"super::a::f\")]\n    field: u8,\n}",
        ),
    ];
    assert_eq!(cycles(&sample(&files)), [["src/a.rs", "src/b.rs"]]);
}

#[test]
fn a_cycle_through_generated_types_is_found() {
    let files = [
        ("src/lib.rs", "mod a;\nmod b;"),
        (
            "src/a.rs",
            "use super::b::Word;\n#[derive(CustomResource)]\n#[kube(group = \"g\", kind = \"Site\")]\npub struct Spec(Word);",
        ),
        (
            "src/b.rs",
            "use crate::a::Site;\nstring_enum! { Word: \"a\" | \"b\" }\nfn f(site: Site) {}",
        ),
    ];
    assert_eq!(cycles(&sample(&files)), [["src/a.rs", "src/b.rs"]]);
}

#[test]
fn a_path_that_leads_nowhere_is_reported() {
    let graph = sample(&[("src/lib.rs", "use crate::missing::Item;\nuse std::fmt;")]);
    assert_eq!(graph.unresolved, ["src/lib.rs:1: crate::missing::Item"]);
}

#[test]
fn a_module_with_items_is_in_a_cycle_with_the_child_that_imports_them() {
    let files = [
        ("src/lib.rs", "mod x;"),
        ("src/x/mod.rs", "mod a;\npub use a::A;\npub struct X(A);"),
        ("src/x/a.rs", "pub struct A;\nfn f(x: super::X) {}"),
    ];
    assert_eq!(cycles(&sample(&files)), [["src/x/a.rs", "src/x/mod.rs"]]);
}

#[test]
fn tests_strings_and_comments_are_not_imports() {
    let files = [
        ("src/lib.rs", "mod a;\nmod b;"),
        ("src/a.rs", "use crate::b::B;\npub struct A(B);"),
        (
            "src/b.rs",
            "//! See [`crate::a::A`].\n#[cfg(test)]\nuse super::a::A;\npub struct B;\nconst S: &str = \"crate::a::A\";\n#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}",
        ),
    ];
    assert_eq!(cycles(&sample(&files)), Vec::<Vec<String>>::new());
}

#[test]
fn an_import_against_the_order_and_a_file_without_a_place_are_found() {
    let graph = sample(&[
        ("src/lib.rs", "mod engine;"),
        ("src/engine/mod.rs", "mod cache;\nmod plan;\nmod other;"),
        (
            "src/engine/plan.rs",
            "use super::cache::C;\npub struct P(C);",
        ),
        ("src/engine/cache/mod.rs", "mod c;\npub use c::C;"),
        (
            "src/engine/cache/c.rs",
            "pub struct C;\nfn f() { crate::engine::plan::p() }",
        ),
        ("src/engine/other.rs", "struct Other;"),
    ]);
    assert_eq!(
        graph.upward_imports(Path::new("src/engine"), &ENGINE_ORDER),
        [
            "src/engine/other.rs has no place in the order",
            "src/engine/plan.rs:1 imports super::cache::C"
        ]
    );
}
