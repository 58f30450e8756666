//! Invalidations, for which the create request is the only write.

use super::{
    flat_config::FlatConfig,
    harness::Harness,
    leaf_case::{LeafCase, State},
    referenced::start_harness,
    schema::Schema,
    tables::KindTables,
};
use cloudfront_operator::kinds::invalidation::Invalidation;

#[tokio::test]
async fn each_leaf_of_an_invalidation_is_sent_only_in_the_create_request() {
    let (harness, schema) = (start_harness(&[]).await, Schema::of::<Invalidation>());
    let before = harness.transitions();
    for case in LeafCase::all(&KindTables::of::<Invalidation>()) {
        for state in [State::First, State::Second] {
            check_single_request(&harness, &schema, &case, state).await;
        }
    }
    println!(
        "Invalidation: {} leaves, {} transitions",
        schema.leaves().len(),
        harness.transitions() - before
    );
}

async fn check_single_request(harness: &Harness, schema: &Schema, case: &LeafCase, state: State) {
    let mut object = harness.object::<Invalidation>();
    let spec = case.spec(state, schema).unwrap();
    let converged = object.converge(&spec).await.unwrap();
    assert_eq!(
        converged.write_operations(),
        ["CreateInvalidation"],
        "{}",
        case.path
    );
    let call = &converged.calls[0];
    for text in case.sent_texts(state) {
        let text = object.substitute(&text);
        let is_sent = match &*case.path {
            "paths" => FlatConfig::of(&converged.config).has("paths", &text),
            "ttlSecondsAfterFinished" => !converged.config.to_string().contains(&text),
            _ => call
                .path
                .contains(&format!("/distribution/{text}/invalidation")),
        };
        assert!(is_sent, "{text} in {call:?} and {}", converged.config);
    }
    if ["paths", "ttlSecondsAfterFinished"].contains(&&*case.path) {
        // The API server rejects these edits. Without its rules they change nothing.
        for other in [State::Reversed, State::Second, State::Absent] {
            if let Some(spec) = case.spec(other, schema) {
                let converged = object.converge(&spec).await.unwrap();
                assert_eq!(
                    converged.write_operations(),
                    [""; 0],
                    "{} {other:?}",
                    case.path
                );
            }
        }
    }
}
