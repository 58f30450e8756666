//! The tables have exactly the leaves and the lists of the schema.

use super::{
    leaf_case::{LeafCase, State},
    schema::{Schema, schema_path},
    tables::KindTables,
};
use cloudfront_operator::{engine::Kind, for_each_kind, kinds::distribution::Distribution};
use std::collections::BTreeSet;

fn tested<K: Kind>() -> BTreeSet<String> {
    let cases = LeafCase::all(&KindTables::of::<K>());
    cases.iter().map(|it| schema_path(&it.path)).collect()
}

#[track_caller]
fn assert_complete<K: Kind>() {
    let schema = Schema::of::<K>();
    let (tested, leaves) = (tested::<K>(), schema.leaves());
    let missing: Vec<&String> = leaves.difference(&tested).collect();
    assert!(missing.is_empty(), "no table has {missing:?}");
    let unknown: Vec<&String> = tested.difference(&leaves).collect();
    assert!(unknown.is_empty(), "no leaf of the schema is {unknown:?}");
    let lists = KindTables::of::<K>().lists();
    let lists: BTreeSet<String> = lists.iter().map(|it| schema_path(&it.path)).collect();
    let of_schema: BTreeSet<String> = schema.lists().into_keys().collect();
    assert_eq!(lists, of_schema, "the lists of structures");
}

#[test]
fn every_leaf_of_each_kind_is_tested() {
    for_each_kind!(assert_complete);
}

/// Fields of CloudFront's model that AWS's own controller does not know, so that its updates remove them.
#[test]
fn fields_that_other_controllers_do_not_know_are_tested() {
    let tested = tested::<Distribution>();
    for leaf in [
        "anycastIpListId",
        "cacheBehaviors[].grpcConfig.enabled",
        "defaultCacheBehavior.grpcConfig.enabled",
        "originGroups[].selectionCriteria",
    ] {
        assert!(tested.contains(leaf), "{leaf}");
    }
}

#[test]
fn the_defaults_of_the_schema_are_those_of_the_tables() {
    for_each_kind!(assert_equal_defaults);
}

#[track_caller]
fn assert_equal_defaults<K: Kind>() {
    let schema = Schema::of::<K>();
    for case in LeafCase::all(&KindTables::of::<K>()) {
        let default = &schema.at(&case.path)["default"];
        let is_removable = case.spec(State::Absent, &schema).is_some();
        let is_alone = case.leaf.always.is_empty() && case.leaf.without.is_empty();
        if !default.is_null() && is_removable && is_alone && case.leaf.default.is_some() {
            assert_eq!(case.leaf.default.as_ref(), Some(default), "{}", case.path);
        }
    }
}
