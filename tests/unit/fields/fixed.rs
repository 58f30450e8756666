//! What CloudFront takes at creation only.

use super::{
    bench::Bench,
    entry::{Entry, State},
    flat::Flat,
    schema::Schema,
    table::Folder,
};
use cloudfront_operator::kinds::distribution::Distribution;

#[tokio::test]
async fn what_is_fixed_at_creation_is_sent_then_and_a_change_of_it_is_refused_or_never_sent() {
    let (bench, schema) = (Bench::start(&[]).await, Schema::of::<Distribution>());
    let mut entries = Entry::all(&Folder::of("distribution"));
    entries.retain(|entry| entry.leaf.fixed);
    let names: Vec<&str> = entries.iter().map(|entry| &*entry.path).collect();
    assert_eq!(names, ["staging"]);
    for entry in &entries {
        let spec = |state| entry.spec(state, &schema).unwrap();
        let mut created = bench.object::<Distribution>();
        let rest = created.converge(&spec(State::First)).await.unwrap();
        assert!(Flat::of(&rest.config).has(&entry.path, "true"));
        // The API server refuses these edits; what gets past it changes nothing.
        for state in [State::Absent, State::Second] {
            let rest = created.converge(&spec(state)).await.unwrap();
            assert_eq!(rest.writes(), [""; 0]);
            assert!(Flat::of(&rest.config).has(&entry.path, "true"));
        }

        let mut without = bench.object::<Distribution>();
        without.converge(&spec(State::Absent)).await.unwrap();
        let refusal = without.converge(&spec(State::First)).await.err().unwrap();
        assert!(refusal.contains("IllegalUpdate"), "{refusal}");
        let rest = without.converge(&spec(State::Second)).await.unwrap();
        assert_eq!(rest.writes(), [""; 0], "false is what it is");
    }
}
