//! Invalidations: all is said by the one call that creates them.

use super::{
    bench::Bench,
    entry::{Entry, State},
    flat::Flat,
    schema::Schema,
    table::Folder,
};
use cloudfront_operator::kinds::{distribution::Distribution, invalidation::Invalidation};

async fn prepared() -> Bench {
    let mut bench = Bench::start(&[]).await;
    let site = Folder::of("distribution").contexts()["site"].clone();
    for name in ["first", "second"] {
        let mut object = bench.object::<Distribution>();
        object.converge(&site).await.unwrap();
        let id = object.id.unwrap();
        bench.call(name, id);
    }
    bench
}

#[tokio::test]
async fn each_leaf_of_an_invalidation_is_sent_by_its_creation_and_never_again() {
    let (bench, schema) = (prepared().await, Schema::of::<Invalidation>());
    let before = bench.steps();
    for entry in Entry::all(&Folder::of("invalidation")) {
        for state in [State::First, State::Second] {
            is_sent_once(&bench, &schema, &entry, state).await;
        }
    }
    println!(
        "Invalidation: {} leaves, {} transitions",
        schema.leaves().len(),
        bench.steps() - before
    );
}

async fn is_sent_once(bench: &Bench, schema: &Schema, entry: &Entry, state: State) {
    let mut object = bench.object::<Invalidation>();
    let spec = entry.spec(state, schema).unwrap();
    let rest = object.converge(&spec).await.unwrap();
    assert_eq!(rest.writes(), ["CreateInvalidation"], "{}", entry.path);
    let call = &rest.calls[0];
    for text in entry.sends(state) {
        let text = object.named(&text);
        let arrived = match &*entry.path {
            "paths" => Flat::of(&rest.config).has("paths", &text),
            "ttlSecondsAfterFinished" => !rest.config.to_string().contains(&text),
            _ => call
                .path
                .contains(&format!("/distribution/{text}/invalidation")),
        };
        assert!(arrived, "{text} in {call:?} and {}", rest.config);
    }
    if ["paths", "ttlSecondsAfterFinished"].contains(&&*entry.path) {
        // The API server refuses these edits; what gets past it changes nothing.
        for other in [State::Reversed, State::Second, State::Absent] {
            if let Some(spec) = entry.spec(other, schema) {
                let rest = object.converge(&spec).await.unwrap();
                assert_eq!(rest.writes(), [""; 0], "{} {other:?}", entry.path);
            }
        }
    }
}
