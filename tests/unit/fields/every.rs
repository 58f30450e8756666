//! Each leaf of each kind, against CloudFront as it answers by default, and as it may answer too.

use super::{bench::Bench, cycle, entry::Entry, lists, schema::Schema, table::Folder};
use cloudfront_operator::{
    engine::Kind,
    kinds::{
        distribution::Distribution, origin_access_identity::OriginAccessIdentity,
        streaming_distribution::StreamingDistribution,
    },
};
use cloudfront_simulator::Switch;

/// Where AWS's behaviour is not established: all of it the other way.
const OTHERWISE: [Switch; 4] = [
    Switch::Ipv6ByDefault,
    Switch::OriginsById,
    Switch::RequireMoreOnUpdate,
    Switch::IgnoreIdenticalUpdates,
];

async fn each_leaf_lives<K: Kind>(folder: &str, switches: &[Switch]) {
    let (folder, schema) = (Folder::of(folder), Schema::of::<K>());
    let bench = Bench::start(switches).await;
    let before = bench.steps();
    let mut wrong = vec![];
    let entries = Entry::all(&folder);
    for entry in entries.iter().filter(|entry| !entry.leaf.fixed) {
        wrong.extend(cycle::live::<K>(&bench, &schema, entry).await);
    }
    for list in folder.lists() {
        wrong.extend(lists::live::<K>(&bench, &schema, &folder, &list).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    println!(
        "{}: {} leaves in {} places, {} transitions",
        K::KIND,
        schema.leaves().len(),
        entries.len(),
        bench.steps() - before
    );
}

#[tokio::test]
async fn each_leaf_of_a_distribution_is_set_changed_and_removed_by_one_update_each() {
    each_leaf_lives::<Distribution>("distribution", &[]).await;
}

#[tokio::test]
async fn each_leaf_of_a_distribution_is_also_where_cloudfront_answers_and_demands_otherwise() {
    each_leaf_lives::<Distribution>("distribution", &OTHERWISE).await;
}

#[tokio::test]
async fn each_leaf_of_a_streaming_distribution_is_set_changed_and_removed_by_one_update_each() {
    each_leaf_lives::<StreamingDistribution>("streaming_distribution", &[]).await;
    each_leaf_lives::<StreamingDistribution>("streaming_distribution", &OTHERWISE).await;
}

#[tokio::test]
async fn each_leaf_of_an_identity_is_set_changed_and_removed_by_one_update_each() {
    each_leaf_lives::<OriginAccessIdentity>("origin_access_identity", &[]).await;
    each_leaf_lives::<OriginAccessIdentity>("origin_access_identity", &OTHERWISE).await;
}
