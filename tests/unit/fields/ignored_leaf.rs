//! Each leaf in `driftIgnore` once: an external change of it stays, and every other external change is reverted.

use super::{
    flat_config::FlatConfig,
    harness::Harness,
    leaf_case::{LeafCase, State},
    referenced::start_harness,
    schema::{Schema, schema_path},
    tables::KindTables,
};
use cloudfront_operator::{
    engine::{Kind, Lifecycle, check_field_paths},
    for_each_kind,
};
use futures::future::{LocalBoxFuture, join_all};
use serde_json::{Value, json};

/// A field that is changed together with the leaf, and its external value.
type Other = (&'static str, &'static str);

const FIELDS: [Other; 3] = [
    ("comment", "external"),
    ("priceClass", "PriceClass_100"),
    ("description", "external"),
];

/// Returns the first of the fields that the kind has and the leaf is not.
fn other(case: &LeafCase, schema: &Schema) -> Option<Other> {
    let leaves = schema.leaves();
    let mut fields = FIELDS.into_iter();
    fields.find(|(name, _)| *name != case.path && leaves.contains(*name))
}

fn with(spec: &Value, field: &str, value: Value) -> Value {
    let mut spec = spec.clone();
    spec[field] = value;
    spec
}

async fn check<K: Kind>(
    harness: &Harness,
    schema: &Schema,
    case: &LeafCase,
    other: Option<Other>,
) -> Result<(), String> {
    let spec = |state| case.spec(state, schema).ok_or("the leaf has no such state");
    let (first, second) = (spec(State::First)?, spec(State::Second)?);
    let mut object = harness.object::<K>();
    let created = FlatConfig::of(&object.converge(&first).await?.config);
    let external = other.map_or(second.clone(), |(name, value)| {
        with(&second, name, value.into())
    });
    let changed = FlatConfig::of(&object.converge(&external).await?.config);
    let other = other.map_or("", |(name, _)| name);

    let mut ignored = object.drift(&first).await?;
    ignored.retain(|path| path != other);
    let leaf = schema_path(&case.path);
    if ignored.is_empty() {
        return Err(format!("{leaf} is no drift"));
    }
    check_field_paths(K::DEFINITION, &ignored).map_err(|error| error.to_string())?;
    let ignoring = with(&first, "driftIgnore", json!(ignored));
    let converged = object.converge(&ignoring).await?;
    let update = K::API.update_operation();
    let operations: &[&str] = if other.is_empty() { &[] } else { &[&update] };
    if converged.write_operations() != operations {
        return Err(format!("{:?}", converged.write_operations()));
    }
    let now = FlatConfig::of(&converged.config);
    let ((other_now, rest_now), (_, rest_changed)) = (now.split(other), changed.split(other));
    if rest_now != rest_changed {
        let (added, lost) = (
            rest_now.without(&rest_changed),
            rest_changed.without(&rest_now),
        );
        return Err(format!("added {added:?}, lost {lost:?}, with {ignored:?}"));
    }
    if other_now != created.split(other).0 {
        return Err(format!("{other} is not reverted: {other_now:?}"));
    }
    let mut new = harness.object::<K>();
    let sent = FlatConfig::of(&new.converge(&ignoring).await?.config);
    if case.leaf.on_create && sent.paths() != created.paths() {
        return Err(format!(
            "the create request differs: {:?}",
            created.without(&sent)
        ));
    }
    Ok(())
}

#[track_caller]
fn report<K: Kind>(count: usize, problems: &[String]) {
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
    assert!(count > 0, "there are leaves");
    println!("{}: {count} leaves in driftIgnore", K::KIND);
}

async fn check_each_leaf<K: Kind>() {
    if K::API.lifecycle == Lifecycle::OneShot {
        return;
    }
    let (folder, schema) = (KindTables::of::<K>(), Schema::of::<K>());
    let harness = start_harness(&[]).await;
    let mut cases = LeafCase::all(&folder);
    cases.retain(|case| !case.leaf.immutable && !case.leaf.no_update);
    let mut problems = vec![];
    for case in &cases {
        let other = other(case, &schema);
        if let Err(problem) = check::<K>(&harness, &schema, case, other).await {
            problems.push(format!("{} in {}: {problem}", case.path, case.context));
        }
    }
    report::<K>(cases.len(), &problems);
}

fn checked<K: Kind>() -> LocalBoxFuture<'static, ()> {
    Box::pin(check_each_leaf::<K>())
}

#[tokio::test]
async fn each_ignored_leaf_of_each_kind_keeps_an_external_change() {
    join_all(for_each_kind!(checked)).await;
}
