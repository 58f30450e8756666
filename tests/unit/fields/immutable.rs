//! Fields that CloudFront accepts in a create request only.

use super::{
    flat_config::FlatConfig,
    leaf_case::{LeafCase, State},
    referenced::start_harness,
    schema::Schema,
    tables::KindTables,
};
use cloudfront_operator::kinds::{
    distribution::Distribution, key_value_store::KeyValueStore, public_key::PublicKey,
};

#[tokio::test]
async fn an_immutable_field_is_sent_at_creation_and_a_change_is_rejected_or_not_sent() {
    let (harness, schema) = (start_harness(&[]).await, Schema::of::<Distribution>());
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

#[tokio::test]
async fn an_immutable_field_of_a_public_key_is_sent_at_creation_and_a_change_is_rejected() {
    let (harness, schema) = (start_harness(&[]).await, Schema::of::<PublicKey>());
    let mut cases = LeafCase::all(&KindTables::of::<PublicKey>());
    cases.retain(|case| case.leaf.immutable);
    let names: Vec<&str> = cases.iter().map(|case| &*case.path).collect();
    let expected = [
        "name",
        "encodedKey",
        "encodedKeyFrom.secretKeyRef.name",
        "encodedKeyFrom.secretKeyRef.key",
        "encodedKeyFrom.configMapKeyRef.name",
        "encodedKeyFrom.configMapKeyRef.key",
    ];
    assert_eq!(names, expected);
    for case in &cases {
        let spec = |state| case.spec(state, &schema).unwrap();
        for (state, other) in [(State::First, State::Second), (State::Second, State::First)] {
            let mut created = harness.object::<PublicKey>();
            let converged = created.converge(&spec(state)).await.unwrap();
            let config = FlatConfig::of(&converged.config);
            let field = case.leaf.sent_as.as_deref().unwrap_or(&case.path);
            for text in case.sent_texts(state) {
                let text = created.substitute(&text);
                assert!(
                    config.has(field, text.trim_end()),
                    "{text} in {}",
                    converged.config
                );
            }
            // The engine does not send these updates: see `engine::reconcile::immutable`.
            let error = created.converge(&spec(other)).await.err().unwrap();
            let code = "CannotChangeImmutablePublicKeyFields";
            assert!(error.contains(code), "{}: {error}", case.path);
        }
    }
}

#[tokio::test]
async fn the_source_of_an_import_is_sent_at_creation_and_a_change_is_not_sent() {
    let (harness, schema) = (start_harness(&[]).await, Schema::of::<KeyValueStore>());
    let mut cases = LeafCase::all(&KindTables::of::<KeyValueStore>());
    cases.retain(|case| case.leaf.immutable && case.path != "name");
    let names: Vec<&str> = cases.iter().map(|case| &*case.path).collect();
    let expected = [
        "importSource.sourceType",
        "importSource.sourceARN",
        "importSource.sourceARNFrom.secretKeyRef.name",
        "importSource.sourceARNFrom.secretKeyRef.key",
        "importSource.sourceARNFrom.configMapKeyRef.name",
        "importSource.sourceARNFrom.configMapKeyRef.key",
    ];
    assert_eq!(names, expected);
    for case in &cases {
        let spec = |state| case.spec(state, &schema).unwrap();
        let mut store = harness.object::<KeyValueStore>();
        let created = store.created_config(&spec(State::Absent)).await.unwrap();
        let is_member = case.path == "importSource.sourceType";
        assert_eq!(
            created.child("ImportSource").is_some(),
            is_member,
            "{created}"
        );
        for state in [State::Second, State::First] {
            let created = store.created_config(&spec(state)).await.unwrap();
            let source = created.child("ImportSource").unwrap().to_string();
            for text in case.sent_texts(state) {
                assert!(source.contains(&text), "{text} in {source}");
            }
        }
        store.converge(&spec(State::First)).await.unwrap();
        // The API server rejects these edits. Without its rules they change nothing.
        for state in [State::Second, State::Absent] {
            let converged = store.converge(&spec(state)).await.unwrap();
            assert_eq!(converged.write_operations(), [""; 0]);
        }
    }
}
