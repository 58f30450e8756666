//! The API server accepts all specs of the tables.

use super::{
    combinations::Combination,
    leaf_case::{LeafCase, State},
    referenced::STAGING_DISTRIBUTIONS,
    schema::Schema,
    tables::KindTables,
};
use cloudfront_operator::{
    engine::{Kind, crd},
    for_each_kind,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    io::Write,
    process::{Output, Stdio},
};

fn kubectl(arguments: &[&str], document: &str) -> Output {
    let mut command = cluster::shared().unwrap().kubectl();
    let mut child = command
        .args(arguments)
        .arg("--filename=-")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(document.as_bytes()).unwrap();
    drop(input);
    child.wait_with_output().unwrap()
}

#[track_caller]
fn assert_success(output: &Output) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
}

/// All different specs of a kind's tables.
fn specs<K: Kind>() -> BTreeSet<String> {
    let (schema, tables) = (Schema::of::<K>(), KindTables::of::<K>());
    let mut specs: BTreeSet<String> = BTreeSet::new();
    for case in LeafCase::all(&tables) {
        let states = case.states(&schema);
        let own = states.iter().filter_map(|state| case.spec(*state, &schema));
        specs.extend(own.map(|spec| spec.to_string()));
        assert!(case.spec(State::First, &schema).is_some());
    }
    for combination in Combination::several::<K>(50) {
        let own = combination.specs(&schema).into_iter();
        specs.extend(own.map(|spec| spec.to_string()));
    }
    specs
}

/// Installs a kind's definition, and creates a namespace.
#[track_caller]
pub(super) fn create_namespace<K: Kind>() -> String {
    let definition = serde_json::to_string(&crd::<K>()).unwrap();
    assert_success(&kubectl(
        &["apply", "--server-side", "--force-conflicts"],
        &definition,
    ));
    assert_success(&kubectl(
        &["wait", "--for=condition=Established", "--timeout=60s"],
        &definition,
    ));
    let cluster = cluster::shared().unwrap();
    cluster.create_namespace("fields").unwrap()
}

#[track_caller]
fn assert_accepted<K: Kind>() {
    let namespace = create_namespace::<K>();
    let specs = specs::<K>().into_iter().enumerate();
    let manifests = specs.map(|(number, spec)| {
        let spec: Value = serde_json::from_str(&with_ids(&spec)).unwrap();
        json!({
            "apiVersion": "cloudfront-operator.dev/v1alpha1",
            "kind": K::KIND,
            "metadata": {"name": format!("spec-{number}")},
            "spec": spec,
        })
    });
    let manifests: Vec<Value> = manifests.collect();
    println!("{}: {} manifests", K::KIND, manifests.len());
    let list = json!({"apiVersion": "v1", "kind": "List", "items": manifests});
    let arguments = [
        "create",
        "--dry-run=server",
        "--validate=strict",
        "--namespace",
        &namespace,
    ];
    assert_success(&kubectl(&arguments, &list.to_string()));
}

/// Replaces `${name}` by an id or a domain name, and `${unique}`, which is a part of host names, by a text in lower case.
pub(super) fn with_ids(spec: &str) -> String {
    let spec = spec.replace("${unique}", "unique");
    let ids =
        ["site", "other", "first", "second"].map(|it| (it, format!("E{}", it.to_uppercase())));
    let hosts = STAGING_DISTRIBUTIONS.map(|it| (it, format!("d{it}.cloudfront.net")));
    let values = ids.iter().chain(&hosts);
    values.fold(spec, |spec, (name, value)| {
        spec.replace(&format!("${{{name}}}"), value)
    })
}

#[test]
fn the_specs_of_each_kind_are_accepted() {
    for_each_kind!(assert_accepted);
}
