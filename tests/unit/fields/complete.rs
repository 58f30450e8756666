//! The tables have every leaf and every list of the schema, and nothing else.

use super::{
    entry::{Entry, State},
    schema::{Schema, of_any_item},
    table::Folder,
};
use cloudfront_operator::{
    engine::Kind,
    kinds::{
        distribution::Distribution, invalidation::Invalidation,
        origin_access_identity::OriginAccessIdentity,
        streaming_distribution::StreamingDistribution,
    },
};
use std::collections::BTreeSet;

fn tried(folder: &str) -> BTreeSet<String> {
    let entries = Entry::all(&Folder::of(folder));
    entries.iter().map(|it| of_any_item(&it.path)).collect()
}

#[track_caller]
fn is_complete<K: Kind>(folder: &str) {
    let schema = Schema::of::<K>();
    let (tried, leaves) = (tried(folder), schema.leaves());
    let missing: Vec<&String> = leaves.difference(&tried).collect();
    assert!(missing.is_empty(), "no table has {missing:?}");
    let unknown: Vec<&String> = tried.difference(&leaves).collect();
    assert!(unknown.is_empty(), "no leaf of the schema is {unknown:?}");
    let lists = Folder::of(folder).lists();
    let lists: BTreeSet<String> = lists.iter().map(|it| of_any_item(&it.path)).collect();
    let of_schema: BTreeSet<String> = schema.lists().into_keys().collect();
    assert_eq!(lists, of_schema, "the lists of structures");
}

#[test]
fn every_leaf_of_a_distribution_is_tried() {
    is_complete::<Distribution>("distribution");
}

#[test]
fn every_leaf_of_a_streaming_distribution_is_tried() {
    is_complete::<StreamingDistribution>("streaming_distribution");
}

#[test]
fn every_leaf_of_an_identity_is_tried() {
    is_complete::<OriginAccessIdentity>("origin_access_identity");
}

#[test]
fn every_leaf_of_an_invalidation_is_tried() {
    is_complete::<Invalidation>("invalidation");
}

/// Members of CloudFront's model that AWS's own controller cannot send at all, so that its updates take them away.
#[test]
fn what_other_controllers_cannot_send_is_tried() {
    let tried = tried("distribution");
    for leaf in [
        "anycastIpListId",
        "cacheBehaviors[].grpcConfig.enabled",
        "defaultCacheBehavior.grpcConfig.enabled",
        "originGroups[].selectionCriteria",
    ] {
        assert!(tried.contains(leaf), "{leaf}");
    }
}

/// What the schema says is the default, the table says too.
#[test]
fn the_defaults_of_the_schema_are_those_of_the_tables() {
    defaults_agree::<Distribution>("distribution");
    defaults_agree::<StreamingDistribution>("streaming_distribution");
    defaults_agree::<OriginAccessIdentity>("origin_access_identity");
}

#[track_caller]
fn defaults_agree<K: Kind>(folder: &str) {
    let schema = Schema::of::<K>();
    for entry in Entry::all(&Folder::of(folder)) {
        let default = &schema.at(&entry.path)["default"];
        let is_removable = entry.spec(State::Absent, &schema).is_some();
        let is_alone = entry.leaf.beside.is_empty() && entry.leaf.without.is_empty();
        if !default.is_null() && is_removable && is_alone && entry.leaf.default.is_some() {
            assert_eq!(entry.leaf.default.as_ref(), Some(default), "{}", entry.path);
        }
    }
}
