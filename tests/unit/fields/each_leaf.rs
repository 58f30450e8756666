//! Each leaf of each kind, with the simulator's default behavior and with the alternative behavior.

use super::{
    leaf_case::LeafCase, leaf_lifecycle, list_lifecycle, referenced::start_harness, schema::Schema,
    tables::KindTables,
};
use cloudfront_operator::{
    engine::{Kind, Lifecycle},
    for_each_kind,
};
use cloudfront_simulator::Switch;
use futures::future::{LocalBoxFuture, join_all};

/// The alternative where the behavior of AWS is not documented.
const ALTERNATIVE: [Switch; 4] = [
    Switch::Ipv6ByDefault,
    Switch::OriginsById,
    Switch::RequireMoreOnUpdate,
    Switch::IgnoreIdenticalUpdates,
];

async fn check_each_leaf<K: Kind>(switches: &[Switch]) {
    if K::API.lifecycle == Lifecycle::OneShot {
        return;
    }
    let (folder, schema) = (KindTables::of::<K>(), Schema::of::<K>());
    let harness = start_harness(switches).await;
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

fn checked<K: Kind>(switches: &[Switch]) -> LocalBoxFuture<'_, ()> {
    Box::pin(check_each_leaf::<K>(switches))
}

#[tokio::test]
async fn each_leaf_of_each_kind_is_set_changed_and_removed_by_one_update_each() {
    join_all(for_each_kind!(checked, &[])).await;
}

#[tokio::test]
async fn each_leaf_of_each_kind_is_set_changed_and_removed_with_the_alternative_behavior() {
    join_all(for_each_kind!(checked, &ALTERNATIVE)).await;
}
