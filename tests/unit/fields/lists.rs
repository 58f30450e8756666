//! The life of a list of structures: an item more, another order, an item less, none.

use super::{
    bench::{Bench, Object},
    edit,
    flat::Flat,
    schema::{Schema, of_any_item},
    table::{Folder, List},
};
use cloudfront_operator::engine::Kind;
use serde_json::{Value, json};

/// Takes a list through its life; what went wrong.
pub(super) async fn live<K: Kind>(
    bench: &Bench,
    schema: &Schema,
    folder: &Folder,
    list: &List,
) -> Vec<String> {
    let context = folder.contexts()[&list.context].clone();
    let object = bench.object::<K>();
    let told = run(object, schema, context, list).await;
    told.err()
        .map(|problem| format!("{}: {problem}", list.path))
        .into_iter()
        .collect()
}

/// A name, a spec, and how many updates it costs.
type Step = (&'static str, Value, u8);

async fn run<K: Kind>(
    mut object: Object<'_, K>,
    schema: &Schema,
    context: Value,
    list: &List,
) -> Result<(), String> {
    let first = Flat::of(&object.converge(&context).await?.config);
    let mut last = first.clone();
    for (step, spec, cost) in steps(schema, &context, list) {
        let rest = object.converge(&spec).await;
        let rest = rest.map_err(|problem| format!("{step}: {problem}"))?;
        let update = format!("Update{}", K::API_NAME);
        if rest.writes() != vec![&*update; cost.into()] {
            return Err(format!("{step} took {:?}", rest.writes()));
        }
        last = Flat::of(&rest.config);
    }
    if last == first {
        Ok(())
    } else {
        Err(format!("left behind {:?}", last.without(&first)))
    }
}

fn steps(schema: &Schema, context: &Value, list: &List) -> Vec<Step> {
    let items = context.pointer(&edit::pointer(&list.path));
    let items = items.and_then(Value::as_array).unwrap();
    let longer: Vec<Value> = items.iter().chain(&list.item).cloned().collect();
    let reversed: Vec<Value> = longer.iter().rev().cloned().collect();
    let with = |items: &[Value]| {
        let mut spec = context.clone();
        edit::set(&mut spec, &list.path, &json!(items));
        spec
    };
    let order = u8::from(schema.lists()[&of_any_item(&list.path)]);
    let one_more = u8::from(list.item.is_some());
    let mut steps = vec![
        ("an item more", with(&longer), one_more),
        ("another order", with(&reversed), order),
        ("the first order", with(&longer), order),
        ("an item less", context.clone(), one_more),
    ];
    let mut absent = context.clone();
    if edit::remove(&mut absent, &list.path, schema) && list.item.is_some() {
        steps.push(("no list", absent, 1));
        let can_be_empty = schema.at(&list.path)["minItems"].is_null();
        steps.extend(can_be_empty.then(|| ("an empty list", with(&[]), 0)));
        steps.push(("as at first", context.clone(), 1));
    }
    steps
}
