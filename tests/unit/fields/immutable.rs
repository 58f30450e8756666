//! Fields that CloudFront accepts in a create request only.

use super::{
    flat_config::FlatConfig,
    harness::Harness,
    leaf_case::{LeafCase, State},
    schema::Schema,
    tables::KindTables,
};
use cloudfront_operator::kinds::distribution::Distribution;

#[tokio::test]
async fn an_immutable_field_is_sent_at_creation_and_a_change_is_rejected_or_not_sent() {
    let (harness, schema) = (Harness::start(&[]).await, Schema::of::<Distribution>());
    let mut cases = LeafCase::all(&KindTables::of::<Distribution>());
    cases.retain(|case| case.leaf.immutable);
    let names: Vec<&str> = cases.iter().map(|case| &*case.path).collect();
    assert_eq!(names, ["staging"]);
    for case in &cases {
        let spec = |state| case.spec(state, &schema).unwrap();
        let mut created = harness.object::<Distribution>();
        let converged = created.converge(&spec(State::First)).await.unwrap();
        assert!(FlatConfig::of(&converged.config).has(&case.path, "true"));
        // The API server rejects these edits. Without its rules they change nothing.
        for state in [State::Absent, State::Second] {
            let converged = created.converge(&spec(state)).await.unwrap();
            assert_eq!(converged.write_operations(), [""; 0]);
            assert!(FlatConfig::of(&converged.config).has(&case.path, "true"));
        }

        let mut without = harness.object::<Distribution>();
        without.converge(&spec(State::Absent)).await.unwrap();
        let error = without.converge(&spec(State::First)).await.err().unwrap();
        assert!(error.contains("IllegalUpdate"), "{error}");
        let converged = without.converge(&spec(State::Second)).await.unwrap();
        assert_eq!(
            converged.write_operations(),
            [""; 0],
            "the value is false already"
        );
    }
}
