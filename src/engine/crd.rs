//! The custom resource definition of a kind, as it is shipped.

use crate::engine::kind::{Kind, Lifecycle};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSON, JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
    ValidationRule,
};
use serde_json::json;
use std::collections::BTreeMap;

/// The definition of a kind.
///
/// Makes these changes to what kube derives. No field is `nullable`, nor is `null` a value of an enum: an explicit `null` would slip
/// past `has()` in a validation rule. Nothing inside of a list has a default, since `kubectl apply` compares lists as a whole: with a
/// default in it a list would differ from its manifest for ever, and a second field manager would be in conflict over it. The types
/// fill in the same defaults when an object is read. Descriptions are one paragraph: a line break of the source would be one in `kubectl explain`. `status` has a default, so that `Ready` is there, `Unknown`, from the first moment: kstatus takes a missing one for
/// done. A status has no members that make no sense for the kind. The root is described by the spec's own description. And an object that has a resource cannot adopt another.
pub fn crd<K: Kind>() -> CustomResourceDefinition {
    let mut crd = K::crd();
    for version in &mut crd.spec.versions {
        let Some(root) = version
            .schema
            .as_mut()
            .and_then(|s| s.open_api_v3_schema.as_mut())
        else {
            continue;
        };
        normalize_schema(root, false);
        let properties = root.properties.get_or_insert_default();
        if let Some(status) = properties.get_mut("status") {
            status.description = Some("What CloudFront has, and how that compares with the spec. Written by the operator.".into());
            status.default = Some(JSON(default_status()));
            let members = status.properties.get_or_insert_default();
            members.retain(|name, _| !unused_status_fields::<K>().contains(&name.as_str()));
        }
        let Some(spec) = properties.get_mut("spec") else {
            continue;
        };
        let what = "What CloudFront should have, and how the operator treats it.";
        root.description = spec.description.replace(what.into());
        let members = spec.properties.iter().flatten();
        if members.into_iter().any(|(name, _)| name == "adoptId") {
            root.x_kubernetes_validations = Some(vec![adopt_id_rule()]);
        }
    }
    crd
}

/// Members of the status that the engine never writes for a kind.
fn unused_status_fields<K: Kind>() -> Vec<&'static str> {
    // What has tags has an ARN, which tells the account.
    let told = if K::SUPPORTS_TAGS {
        "account"
    } else {
        "managedTags"
    };
    let versions: &[&str] = match K::LIFECYCLE {
        Lifecycle::Managed => &[],
        Lifecycle::OneShot => &["etag", "acceptedGeneration", "drift", "driftCount"],
    };
    [&[told], versions].concat()
}

/// An object that has a resource cannot take over another one: the first would be nobody's.
fn adopt_id_rule() -> ValidationRule {
    ValidationRule {
        rule: "!has(self.spec.adoptId) || !has(self.status) || !has(self.status.id) || self.spec.adoptId == self.status.id".into(),
        message_expression: Some(
            "'adoptId is \"%s\", and this object has \"%s\" already: create another object to take over another resource'.format([self.spec.adoptId, self.status.id])".into(),
        ),
        ..ValidationRule::default()
    }
}

/// The status of an object that nobody has looked at yet.
fn default_status() -> serde_json::Value {
    json!({
        "observedGeneration": -1,
        "conditions": [{
            "type": "Ready",
            "status": "Unknown",
            "reason": "Pending",
            "message": "The operator has not looked at this object yet.",
            "lastTransitionTime": "1970-01-01T00:00:00Z",
        }],
    })
}

fn normalize_schema(schema: &mut JSONSchemaProps, in_a_list: bool) {
    schema.nullable = None;
    if in_a_list {
        schema.default = None;
    }
    if let Some(values) = &mut schema.enum_ {
        values.retain(|value| !value.0.is_null());
    }
    if let Some(description) = &mut schema.description {
        *description = description.replace('\n', " ");
    }
    for property in schema.properties.iter_mut().flat_map(BTreeMap::values_mut) {
        normalize_schema(property, in_a_list);
    }
    match &mut schema.items {
        Some(JSONSchemaPropsOrArray::Schema(item)) => normalize_schema(item, true),
        Some(JSONSchemaPropsOrArray::Schemas(items)) => {
            for item in items {
                normalize_schema(item, true);
            }
        }
        None => {}
    }
    if let Some(JSONSchemaPropsOrBool::Schema(values)) = &mut schema.additional_properties {
        normalize_schema(values, in_a_list);
    }
}
