//! Changes a list of structures: adds an item, reorders the items, removes the item, removes the list.

use super::{
    flat_config::FlatConfig,
    harness::{Harness, TestObject},
    schema::{Schema, schema_path},
    spec_edit,
    tables::{KindTables, List},
};
use cloudfront_operator::engine::Kind;
use serde_json::{Value, json};

/// Takes a list through all changes. Returns the problems.
pub(super) async fn check<K: Kind>(
    harness: &Harness,
    schema: &Schema,
    folder: &KindTables,
    list: &List,
) -> Vec<String> {
    let context = folder.contexts()[&list.context].clone();
    let object = harness.object::<K>();
    let result = run(object, schema, context, list).await;
    result
        .err()
        .map(|problem| format!("{}: {problem}", list.path))
        .into_iter()
        .collect()
}

/// A name, a spec, and the number of updates that it causes.
type Step = (&'static str, Value, u8);

async fn run<K: Kind>(
    mut object: TestObject<'_, K>,
    schema: &Schema,
    context: Value,
    list: &List,
) -> Result<(), String> {
    let first = FlatConfig::of(&object.converge(&context).await?.config);
    let mut last = first.clone();
    for (step, spec, updates) in steps(schema, &context, list) {
        let converged = object.converge(&spec).await;
        let converged = converged.map_err(|problem| format!("{step}: {problem}"))?;
        let update = K::API.update_operation();
        if converged.write_operations() != vec![&*update; updates.into()] {
            return Err(format!("{step} took {:?}", converged.write_operations()));
        }
        last = FlatConfig::of(&converged.config);
    }
    if last == first {
        Ok(())
    } else {
        Err(format!("left behind {:?}", last.without(&first)))
    }
}

fn steps(schema: &Schema, context: &Value, list: &List) -> Vec<Step> {
    let items = context.pointer(&spec_edit::pointer(&list.path));
    let items = items.and_then(Value::as_array).unwrap();
    let longer: Vec<Value> = items.iter().chain(&list.item).cloned().collect();
    let reversed: Vec<Value> = longer.iter().rev().cloned().collect();
    let with = |items: &[Value]| {
        let mut spec = context.clone();
        spec_edit::set(&mut spec, &list.path, &json!(items));
        spec
    };
    let update = u8::from(!list.no_update);
    let is_ordered = schema.lists()[&schema_path(&list.path)] && !list.unordered;
    let order = u8::from(is_ordered) * update;
    let added = u8::from(list.item.is_some()) * update;
    let mut steps = vec![
        ("an item more", with(&longer), added),
        ("another order", with(&reversed), order),
        ("the first order", with(&longer), order),
        ("an item less", context.clone(), added),
    ];
    let mut absent = context.clone();
    if spec_edit::remove(&mut absent, &list.path, schema) && list.item.is_some() {
        steps.push(("no list", absent, update));
        let can_be_empty = schema.at(&list.path)["minItems"].is_null();
        steps.extend(can_be_empty.then(|| ("an empty list", with(&[]), 0)));
        steps.push(("as at first", context.clone(), update));
    }
    steps
}
