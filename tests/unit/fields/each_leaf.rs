//! Each leaf of each kind, with the simulator's default behavior and with the alternative behavior.

use super::{
    harness::Harness, leaf_case::LeafCase, leaf_lifecycle, list_lifecycle, schema::Schema,
    tables::KindTables,
};
use cloudfront_operator::{
    engine::Kind,
    kinds::{
        distribution::Distribution, origin_access_control::OriginAccessControl,
        origin_access_identity::OriginAccessIdentity,
        streaming_distribution::StreamingDistribution,
    },
};
use cloudfront_simulator::Switch;

/// The alternative where the behavior of AWS is not documented.
const ALTERNATIVE: [Switch; 4] = [
    Switch::Ipv6ByDefault,
    Switch::OriginsById,
    Switch::RequireMoreOnUpdate,
    Switch::IgnoreIdenticalUpdates,
];

async fn check_each_leaf<K: Kind>(folder: &str, switches: &[Switch]) {
    let (folder, schema) = (KindTables::of(folder), Schema::of::<K>());
    let harness = Harness::start(switches).await;
    let before = harness.transitions();
    let mut problems = vec![];
    let cases = LeafCase::all(&folder);
    for case in cases.iter().filter(|case| !case.leaf.immutable) {
        problems.extend(leaf_lifecycle::check::<K>(&harness, &schema, case).await);
    }
    for list in folder.lists() {
        problems.extend(list_lifecycle::check::<K>(&harness, &schema, &folder, &list).await);
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
    println!(
        "{}: {} leaves in {} places, {} transitions",
        K::KIND,
        schema.leaves().len(),
        cases.len(),
        harness.transitions() - before
    );
}

#[tokio::test]
async fn each_leaf_of_a_distribution_is_set_changed_and_removed_by_one_update_each() {
    check_each_leaf::<Distribution>("distribution", &[]).await;
}

#[tokio::test]
async fn each_leaf_of_a_distribution_is_set_changed_and_removed_with_the_alternative_behavior() {
    check_each_leaf::<Distribution>("distribution", &ALTERNATIVE).await;
}

#[tokio::test]
async fn each_leaf_of_a_streaming_distribution_is_set_changed_and_removed_by_one_update_each() {
    check_each_leaf::<StreamingDistribution>("streaming_distribution", &[]).await;
    check_each_leaf::<StreamingDistribution>("streaming_distribution", &ALTERNATIVE).await;
}

#[tokio::test]
async fn each_leaf_of_an_identity_is_set_changed_and_removed_by_one_update_each() {
    check_each_leaf::<OriginAccessIdentity>("origin_access_identity", &[]).await;
    check_each_leaf::<OriginAccessIdentity>("origin_access_identity", &ALTERNATIVE).await;
}

#[tokio::test]
async fn each_leaf_of_an_access_control_is_set_changed_and_removed_by_one_update_each() {
    check_each_leaf::<OriginAccessControl>("origin_access_control", &[]).await;
}
