//! Edits of several leaves, each of which is one update.

use super::{
    leaf_case::{LeafCase, State},
    referenced::start_harness,
    schema::Schema,
    tables::KindTables,
};
use cloudfront_operator::{
    engine::{Kind, Lifecycle},
    for_each_kind,
};
use futures::future::{LocalBoxFuture, join_all};
use proptest::{
    collection::vec,
    prelude::any,
    sample::Index,
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use serde_json::Value;

/// The number of combinations of a kind.
const COUNT: usize = 100;

/// Compatible leaves of one context, and the state of each after each edit. The first edit creates the object.
pub(super) struct Combination {
    base: Value,
    cases: Vec<LeafCase>,
    edits: Vec<Vec<State>>,
}

impl Combination {
    /// Combinations of a kind. They are the same in each run.
    pub(super) fn several<K: Kind>(count: usize) -> Vec<Self> {
        let (folder, schema) = (KindTables::of::<K>(), Schema::of::<K>());
        let contexts: Vec<(String, Value)> = folder.contexts().into_iter().collect();
        let mut all = LeafCase::all(&folder);
        // A path in `driftIgnore` keeps the value of another leaf: see `ignored_leaf`.
        let is_ignore = |case: &LeafCase| case.path == "driftIgnore";
        all.retain(|case| !case.leaf.immutable && case.leaf.on_create && !is_ignore(case));
        let strategy = (
            any::<Index>(),
            vec(any::<Index>(), 12),
            vec(vec(0..5_u8, 12), 4),
        );
        let mut runner = TestRunner::deterministic();
        let mut draw = || {
            let (context, picks, edits) = strategy.new_tree(&mut runner).unwrap().current();
            let (name, base) = context.get(&contexts);
            let own: Vec<&LeafCase> = all.iter().filter(|it| it.context == *name).collect();
            let cases = compatible(&own, &picks, &schema);
            let states = |edit: &Vec<u8>| {
                let states = edit.iter().zip(&cases);
                states
                    .map(|(number, case)| state(*number, case, &schema))
                    .collect()
            };
            let edits = edits.iter().map(states).collect();
            Self {
                base: base.clone(),
                cases,
                edits,
            }
        };
        (0..count).map(|_| draw()).collect()
    }

    /// The spec after each edit.
    pub(super) fn specs(&self, schema: &Schema) -> Vec<Value> {
        let spec = |states: &Vec<State>| {
            let mut spec = self.base.clone();
            for (case, state) in self.cases.iter().zip(states) {
                case.apply(&mut spec, *state, schema);
            }
            spec
        };
        self.edits.iter().map(spec).collect()
    }

    /// The value of each leaf that CloudFront should have after each edit.
    fn expected_values(&self) -> Vec<Vec<Option<Value>>> {
        let mut expected = vec![None; self.cases.len()];
        let after = |states: &Vec<State>| {
            for ((case, state), expected) in self.cases.iter().zip(states).zip(&mut expected) {
                *expected = case.expected_value(*state, expected.take());
            }
            expected.clone()
        };
        self.edits.iter().map(after).collect()
    }
}

/// The picked leaves without those that are not compatible with an earlier one.
fn compatible(own: &[&LeafCase], picks: &[Index], schema: &Schema) -> Vec<LeafCase> {
    let mut taken: Vec<LeafCase> = vec![];
    for pick in picks.iter().filter(|_| !own.is_empty()) {
        let case = *pick.get(own);
        if taken
            .iter()
            .all(|other| case.is_compatible_with(other, schema))
        {
            taken.push(case.clone());
        }
    }
    taken
}

fn state(number: u8, case: &LeafCase, schema: &Schema) -> State {
    let states = [
        State::Absent,
        State::Default,
        State::Second,
        State::Reversed,
    ];
    let state = states
        .get(usize::from(number))
        .copied()
        .unwrap_or(State::First);
    let is_possible = match state {
        State::Absent => case.spec(state, schema).is_some(),
        // This state cannot be distinguished from an absent leaf.
        _ if case.leaf.no_update => false,
        _ => case.value(state).is_some(),
    };
    if is_possible { state } else { State::First }
}

async fn edits_are_single_updates<K: Kind>() {
    if K::API.lifecycle == Lifecycle::OneShot {
        return;
    }
    let (harness, schema) = (start_harness(&[]).await, Schema::of::<K>());
    let before = harness.transitions();
    let mut leaves = 0;
    for combination in Combination::several::<K>(COUNT) {
        let names: Vec<&str> = combination.cases.iter().map(|it| &*it.path).collect();
        leaves += names.len();
        let mut object = harness.object::<K>();
        let mut expected: Option<Vec<Option<Value>>> = None;
        let edits = combination
            .specs(&schema)
            .into_iter()
            .zip(combination.expected_values());
        for ((spec, value), states) in edits.zip(&combination.edits) {
            let context = || format!("{names:?} {states:?} {spec}");
            let converged = object.converge(&spec).await;
            let converged = converged.unwrap_or_else(|problem| panic!("{problem}: {}", context()));
            let operations = match expected {
                None => vec![format!("Create{}", K::API.name)],
                Some(expected) if expected == value => vec![],
                Some(_) => vec![K::API.update_operation()],
            };
            assert_eq!(converged.write_operations(), operations, "{}", context());
            expected = Some(value);
        }
    }
    println!(
        "{}: {COUNT} combinations of {leaves} leaves together, {} transitions",
        K::KIND,
        harness.transitions() - before
    );
}

fn checked<K: Kind>() -> LocalBoxFuture<'static, ()> {
    Box::pin(edits_are_single_updates::<K>())
}

#[tokio::test]
async fn an_edit_of_several_leaves_of_each_kind_is_one_update() {
    join_all(for_each_kind!(checked)).await;
}
