//! Step `resolve`.

use crate::engine::{
    api::{
        input::{Attribute, ReadyWhen},
        outcome::Outcome,
        reason::Reason,
        reference::{ResolvedReferences, TypedLocalReference},
        secret::SecretKey,
        sources::ObjectReference,
        value_source::ConfigMapKey,
    },
    cache::{kind_store::ReferenceTarget, object_registry::NotSynced},
    reconcile::{
        fixtures::{both, distribution, identity, invalidation, recorded, shape},
        reconciliation::Subject,
        resolve::{ResolveError, SpecHashes, check_reference, config_map_value, secret_value},
    },
};
use k8s_openapi::{
    ByteString,
    api::core::v1::{ConfigMap, Secret},
};
use serde_json::json;

fn target(id: Option<&str>, is_deleting: bool, is_deploying: bool) -> ReferenceTarget {
    ReferenceTarget {
        id: id.map(str::to_owned),
        arn: None,
        domain_name: None,
        is_usable: false,
        is_deleting,
        is_deploying,
    }
}

fn check(subject: &Subject, target: Result<Option<ReferenceTarget>, NotSynced>) -> String {
    let reference = subject.object.typed.sources().objects.remove(0);
    match check_reference(subject, &reference, target) {
        Ok(id) => id,
        Err(outcome) => shape(&outcome),
    }
}

#[test]
fn a_reference_resolves_to_an_id_or_is_waited_for() {
    let (new, known) = (
        distribution(&json!({})),
        distribution(&recorded("True", "InSync")),
    );
    let waits = "Waiting(ReferenceNotReady)";
    for (target, for_new, for_known) in [
        (
            Err(NotSynced),
            "Retrying(Unreachable)",
            "Retrying(Unreachable)",
        ),
        (Ok(None), waits, waits),
        (Ok(Some(target(None, false, false))), waits, waits),
        (Ok(Some(target(Some("E9"), true, false))), waits, "E9"),
        (Ok(Some(target(Some("E9"), false, true))), "E9", "E9"),
        (Ok(Some(target(Some("E9"), false, false))), "E9", "E9"),
    ] {
        assert_eq!(check(&new, target.clone()), for_new, "{target:?}");
        assert_eq!(check(&known, target.clone()), for_known, "{target:?}");
    }
}

/// Returns the value of a reference by ARN, or why it is waited for.
fn by_arn(ready_when: ReadyWhen, target: ReferenceTarget) -> Result<String, String> {
    let name = "other".into();
    let kind = "Function";
    let reference = ObjectReference {
        target: TypedLocalReference { kind, name },
        attribute: Attribute::Arn,
        ready_when,
    };
    let found = check_reference(&distribution(&json!({})), &reference, Ok(Some(target)));
    found.map_err(|outcome| match outcome {
        Outcome::Waiting(message) => message,
        other => panic!("{other:?}"),
    })
}

#[test]
fn a_resource_is_referenced_by_its_arn_once_it_is_published_or_provided() {
    let arn = "arn:aws:cloudfront::123456789012:function/other";
    for (ready_when, is_ready, known, expected) in [
        (
            ReadyWhen::Published,
            false,
            Some(arn),
            "is not published yet",
        ),
        (ReadyWhen::Published, true, None, "has no ARN yet"),
        (ReadyWhen::Published, true, Some(arn), ""),
        (ReadyWhen::Provided, false, Some(arn), "is not ready yet"),
        (ReadyWhen::Provided, true, None, "has no ARN yet"),
        (ReadyWhen::Provided, true, Some(arn), ""),
    ] {
        let target = ReferenceTarget {
            arn: known.map(str::to_owned),
            is_usable: is_ready,
            // A later change does not matter.
            ..target(Some("other"), false, true)
        };
        let expected = match expected {
            "" => Ok(arn.to_owned()),
            problem => Err(format!("Waits for Function other, which {problem}.")),
        };
        assert_eq!(by_arn(ready_when, target), expected);
    }
}

#[test]
fn a_one_shot_resource_waits_for_a_deployed_reference_and_is_then_followed_to_its_end() {
    let new = invalidation(&json!({}));
    let started = invalidation(&json!({ "status": { "id": "I1" } }));
    for (target, for_new, for_started) in [
        (Ok(None), "Waiting(ReferenceNotReady)", "Stalled(NotFound)"),
        (
            Ok(Some(target(Some("E9"), false, true))),
            "Waiting(ReferenceNotReady)",
            "E9",
        ),
        (
            Ok(Some(target(Some("E9"), true, true))),
            "Waiting(ReferenceNotReady)",
            "E9",
        ),
        (Ok(Some(target(Some("E9"), false, false))), "E9", "E9"),
    ] {
        assert_eq!(check(&new, target.clone()), for_new, "{target:?}");
        assert_eq!(check(&started, target.clone()), for_started, "{target:?}");
    }
}

fn secret(value: &[u8]) -> Secret {
    Secret {
        data: Some([("token".to_owned(), ByteString(value.to_vec()))].into()),
        ..Secret::default()
    }
}

fn api_error(code: u16) -> kube::Error {
    let status = kube::core::Status::failure("refused", "Refused").with_code(code);
    kube::Error::Api(Box::new(status))
}

#[test]
fn a_secret_is_read_waited_for_or_refused() {
    let key = SecretKey {
        name: "origin".into(),
        key: "token".into(),
    };
    let read = |response| secret_value(&key, response);
    assert_eq!(
        read(Ok(Some(secret(b"hunter2")))).unwrap().as_deref(),
        Some("hunter2")
    );
    assert_eq!(read(Ok(None)).unwrap(), None);
    assert_eq!(read(Ok(Some(Secret::default()))).unwrap(), None);

    for (response, reason, expected) in [
        (
            Err(api_error(403)),
            Some(Reason::AccessDenied),
            "not allowed to read Secret origin",
        ),
        (
            Ok(Some(secret(&[0xff]))),
            Some(Reason::Invalid),
            "Key token of Secret origin",
        ),
        (Err(api_error(500)), None, "the Kubernetes API failed"),
    ] {
        let error = read(response).unwrap_err();
        assert_eq!(error.reason(), reason);
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(
            matches!(error, ResolveError::Kubernetes(_)),
            reason.is_none()
        );
    }
}

#[test]
fn a_config_map_is_read_waited_for_or_refused() {
    let key = ConfigMapKey {
        name: "signer".into(),
        key: "public.pem".into(),
    };
    let read = |response| config_map_value(&key, response);
    let config_map = ConfigMap {
        data: Some([("public.pem".to_owned(), "a\nb".to_owned())].into()),
        ..ConfigMap::default()
    };
    assert_eq!(read(Ok(Some(config_map))).unwrap().as_deref(), Some("a\nb"));
    assert_eq!(read(Ok(None)).unwrap(), None);
    assert_eq!(read(Ok(Some(ConfigMap::default()))).unwrap(), None);

    let refused = read(Err(api_error(403))).unwrap_err();
    assert_eq!(refused.reason(), Some(Reason::AccessDenied));
    assert!(
        refused.to_string().contains("read ConfigMap signer"),
        "{refused}"
    );
    let failed = read(Err(api_error(500))).unwrap_err();
    assert_eq!(failed.reason(), None);
}

#[test]
fn the_hashes_ignore_suspend_and_follow_the_spec_and_its_references() {
    let references = ResolvedReferences::default();
    let hashes = |parts| SpecHashes::of(&identity(&parts), &references);
    let base = hashes(json!({}));
    assert_eq!(hashes(json!({ "spec": { "suspend": true } })), base);
    let edited = hashes(json!({ "spec": { "comment": "edited" } }));
    assert!(edited.spec != base.spec && edited.recorded != base.recorded);

    let subject = distribution(&json!({}));
    let reference = subject.object.typed.sources().objects.remove(0).target;
    let resolved = [(reference, "E9".to_owned())].into_iter().collect();
    let (before, after) = (
        SpecHashes::of(&subject, &references),
        SpecHashes::of(&subject, &resolved),
    );
    assert_eq!(before.spec, after.spec);
    assert!(before.requested != after.requested && before.recorded != after.recorded);
}

#[test]
fn the_recorded_hash_follows_the_configuration_that_is_sent() {
    // The same spec is sent in another form once the account is known.
    let signers = json!({ "spec": { "defaultCacheBehavior": {
        "trustedSigners": { "enabled": true, "items": ["123456789012"] },
    } } });
    let arn = "arn:aws:cloudfront::123456789012:distribution/E1";
    let known = both(signers.clone(), &json!({ "status": { "arn": arn } }));
    let [before, after] = [signers, known].map(|parts| {
        let subject = distribution(&parts);
        let reference = subject.object.typed.sources().objects.remove(0).target;
        let references = [(reference, "E9".to_owned())].into_iter().collect();
        SpecHashes::of(&subject, &references)
    });
    assert_eq!(before.requested, after.requested, "the spec is the same");
    assert!(before.recorded.is_some() && before.recorded != after.recorded);
}
