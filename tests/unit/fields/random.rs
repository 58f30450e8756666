//! Several leaves at once: an edit of any number of leaves is one update.

use super::{
    bench::Bench,
    entry::{Entry, State},
    schema::Schema,
    table::{Folder, Nothing},
};
use cloudfront_operator::{
    engine::Kind,
    kinds::{distribution::Distribution, streaming_distribution::StreamingDistribution},
};
use proptest::{
    collection::vec,
    prelude::any,
    sample::Index,
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use serde_json::Value;

/// Leaves of one context that go with each other, and how each is said, edit after edit. The first edit creates the object.
pub(super) struct Combination {
    base: Value,
    entries: Vec<Entry>,
    edits: Vec<Vec<State>>,
}

impl Combination {
    /// So many of a kind, always the same ones.
    pub(super) fn several<K: Kind>(folder: &str, count: usize) -> Vec<Self> {
        let (folder, schema) = (Folder::of(folder), Schema::of::<K>());
        let contexts: Vec<(String, Value)> = folder.contexts().into_iter().collect();
        let mut all = Entry::all(&folder);
        all.retain(|entry| !entry.leaf.fixed && entry.leaf.created);
        let strategy = (
            any::<Index>(),
            vec(any::<Index>(), 12),
            vec(vec(0..5_u8, 12), 4),
        );
        let mut runner = TestRunner::deterministic();
        let mut draw = || {
            let (context, picks, edits) = strategy.new_tree(&mut runner).unwrap().current();
            let (name, base) = context.get(&contexts);
            let own: Vec<&Entry> = all.iter().filter(|it| it.context == *name).collect();
            let entries = compatible(&own, &picks, &schema);
            let states = |edit: &Vec<u8>| {
                let states = edit.iter().zip(&entries);
                states
                    .map(|(way, entry)| state(*way, entry, &schema))
                    .collect()
            };
            let edits = edits.iter().map(states).collect();
            Self {
                base: base.clone(),
                entries,
                edits,
            }
        };
        (0..count).map(|_| draw()).collect()
    }

    /// The specs, edit by edit.
    pub(super) fn specs(&self, schema: &Schema) -> Vec<Value> {
        let spec = |states: &Vec<State>| {
            let mut spec = self.base.clone();
            for (entry, state) in self.entries.iter().zip(states) {
                entry.say(&mut spec, *state, schema);
            }
            spec
        };
        self.edits.iter().map(spec).collect()
    }

    /// What CloudFront should hold of each leaf, edit by edit.
    fn meanings(&self) -> Vec<Vec<Option<Value>>> {
        let mut held = vec![None; self.entries.len()];
        let after = |states: &Vec<State>| {
            for ((entry, state), held) in self.entries.iter().zip(states).zip(&mut held) {
                *held = entry.meaning(*state, held.take());
            }
            held.clone()
        };
        self.edits.iter().map(after).collect()
    }
}

/// The leaves among the picked ones that go with all picked before.
fn compatible(own: &[&Entry], picks: &[Index], schema: &Schema) -> Vec<Entry> {
    let mut taken: Vec<Entry> = vec![];
    for pick in picks.iter().filter(|_| !own.is_empty()) {
        let entry = *pick.get(own);
        if taken.iter().all(|other| entry.goes_with(other, schema)) {
            taken.push(entry.clone());
        }
    }
    taken
}

fn state(way: u8, entry: &Entry, schema: &Schema) -> State {
    let ways = [
        State::Absent,
        State::Default,
        State::Second,
        State::Reversed,
    ];
    let state = ways.get(usize::from(way)).copied().unwrap_or(State::First);
    let is_sayable = match state {
        State::Absent => entry.spec(state, schema).is_some(),
        // What it costs to say nothing is the same as what it costs to say this.
        _ if entry.leaf.costs == Some(Nothing::Nothing) => false,
        _ => entry.value(state).is_some(),
    };
    if is_sayable { state } else { State::First }
}

async fn edits_are_single_updates<K: Kind>(folder: &str, count: usize) {
    let (bench, schema) = (Bench::start(&[]).await, Schema::of::<K>());
    let before = bench.steps();
    let mut leaves = 0;
    for combination in Combination::several::<K>(folder, count) {
        let names: Vec<&str> = combination.entries.iter().map(|it| &*it.path).collect();
        leaves += names.len();
        let mut object = bench.object::<K>();
        let mut held: Option<Vec<Option<Value>>> = None;
        let edits = combination
            .specs(&schema)
            .into_iter()
            .zip(combination.meanings());
        for ((spec, meaning), states) in edits.zip(&combination.edits) {
            let told = || format!("{names:?} {states:?} {spec}");
            let rest = object.converge(&spec).await;
            let rest = rest.unwrap_or_else(|problem| panic!("{problem}: {}", told()));
            let expected = match held {
                None => vec![format!("Create{}", K::API_NAME)],
                Some(held) if held == meaning => vec![],
                Some(_) => vec![format!("Update{}", K::API_NAME)],
            };
            assert_eq!(rest.writes(), expected, "{}", told());
            held = Some(meaning);
        }
    }
    println!(
        "{}: {count} combinations of {leaves} leaves together, {} transitions",
        K::KIND,
        bench.steps() - before
    );
}

#[tokio::test]
async fn an_edit_of_several_leaves_of_a_distribution_is_one_update() {
    edits_are_single_updates::<Distribution>("distribution", 100).await;
}

#[tokio::test]
async fn an_edit_of_several_leaves_of_a_streaming_distribution_is_one_update() {
    edits_are_single_updates::<StreamingDistribution>("streaming_distribution", 50).await;
}
