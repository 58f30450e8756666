//! Objects that this version's types cannot decode: the parts of them that are still used.

use crate::engine::{
    api::policy::ManagementSpec, cache::object_summary::ObjectSummary, definition::KindDefinition,
    object::Object,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize;
use serde_json::{
    Map, json,
    value::{RawValue, Value},
};

/// The members of a spec that decide what a deletion does.
const DELETION_POLICIES: [&str; 5] = [
    "adoptId",
    "deletionPolicy",
    "deletionProtection",
    "managementPolicy",
    "suspend",
];

/// Returns the ids in a spec and a status that cannot be decoded: the resources are not free for other objects.
pub(super) fn ids_only(spec: Option<&RawValue>, status: Option<&RawValue>) -> ObjectSummary {
    let text = |part: Option<&RawValue>, name: &str| {
        let part: Value = serde_json::from_str(part?.get()).ok()?;
        part.get(name)?.as_str().map(Into::into)
    };
    ObjectSummary {
        id: text(status, "id"),
        adopt_id: text(spec, "adoptId"),
        ..ObjectSummary::default()
    }
}

/// Returns an object that is deleted like one with this spec and this status, as JSON without metadata: it has their policies and the
/// members of the status that can be decoded. Fails if a policy cannot be decoded, since the resource may have to stay.
pub(super) fn decode_for_deletion(
    definition: &'static KindDefinition,
    spec: Option<&RawValue>,
    status: Option<&RawValue>,
) -> Result<String, String> {
    let mut policies = members(spec);
    policies.retain(|name, _| DELETION_POLICIES.contains(&name.as_str()));
    for (name, value) in &policies {
        ManagementSpec::deserialize(json!({ name: value }))
            .map_err(|error| format!("{name}: {error}"))?;
    }
    let mut spec: Map<String, Value> =
        serde_json::from_str(definition.minimal_spec).unwrap_or_default();
    spec.extend(policies);
    let with_status =
        |status: Value| json!({ "metadata": {}, "spec": spec, "status": status }).to_string();
    let mut status = members(status);
    status.retain(|name, value| {
        let body = with_status(json!({ name.as_str(): value }));
        Object::parse(definition, &ObjectMeta::default(), body.as_bytes()).is_ok()
    });
    Ok(with_status(status.into()))
}

fn members(part: Option<&RawValue>) -> Map<String, Value> {
    let members = part.and_then(|part| serde_json::from_str(part.get()).ok());
    members.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Kind, Status, api::policy::DeletionPolicy};
    use crate::kinds::{
        distribution::Distribution, invalidation::Invalidation,
        origin_access_identity::OriginAccessIdentity,
        streaming_distribution::StreamingDistribution,
    };

    fn raw(value: &Value) -> Box<RawValue> {
        serde_json::value::to_raw_value(value).expect("it is JSON")
    }

    fn decoded<K: Kind>(spec: &Value, status: &Value) -> Result<K, String> {
        let text = decode_for_deletion(K::DEFINITION, Some(&raw(spec)), Some(&raw(status)))?;
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }

    #[test]
    fn an_object_of_every_kind_is_decoded_without_its_configuration() {
        fn check<K: Kind>() {
            let decoded = decoded::<K>(&json!(5), &json!({ "id": "E1", "conditions": 5 }));
            let object = serde_json::to_value(decoded.expect(K::KIND)).expect("it is JSON");
            let status: Status =
                serde_json::from_value(object["status"].clone()).expect("a status");
            assert_eq!(status.id.as_deref(), Some("E1"));
        }
        check::<Distribution>();
        check::<Invalidation>();
        check::<OriginAccessIdentity>();
        check::<StreamingDistribution>();
    }

    #[test]
    fn the_policies_are_kept_and_an_undecodable_one_is_named() {
        let spec =
            json!({ "comment": 5, "deletionPolicy": "Delete", "adoptId": "E2", "driftPolicy": 5 });
        let object = decoded::<OriginAccessIdentity>(&spec, &Value::Null);
        let policies = object.expect("it is decoded").spec.management;
        assert_eq!(policies.adopt_id.as_deref(), Some("E2"));
        assert_eq!(policies.deletion_policy, Some(DeletionPolicy::Delete));
        let spec = json!({ "deletionPolicy": "Archive" });
        let error = decoded::<OriginAccessIdentity>(&spec, &Value::Null).unwrap_err();
        assert!(
            error.starts_with("deletionPolicy: unknown variant"),
            "{error}"
        );
    }
}
