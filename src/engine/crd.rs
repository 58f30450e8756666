//! The custom resource definition of a kind, as it is shipped.

use super::kind::Kind;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSON, JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
    ValidationRule,
};
use serde_json::json;

/// The definition of a kind.
///
/// Makes these changes to what kube derives. No field is `nullable`, nor is `null` a value of an enum: an explicit `null` would slip
/// past `has()` in a validation rule. Descriptions are one paragraph: a line break of the source would be one in `kubectl explain`. `status` has a default, so that `Ready` is there, `Unknown`, from the first moment: kstatus takes a missing one for
/// done. The root is described by the spec's own description. And an object that has a resource cannot adopt another.
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
        tidy(root);
        let properties = root.properties.get_or_insert_default();
        if let Some(status) = properties.get_mut("status") {
            status.description = Some("What CloudFront has, and how that compares with the spec. Written by the operator.".into());
            status.default = Some(JSON(unseen()));
        }
        let Some(spec) = properties.get_mut("spec") else {
            continue;
        };
        let what = "What CloudFront should have, and how the operator treats it.";
        root.description = spec.description.replace(what.into());
        let members = spec.properties.iter().flatten();
        if members.into_iter().any(|(name, _)| name == "adoptId") {
            root.x_kubernetes_validations = Some(vec![adopts_what_it_has()]);
        }
    }
    crd
}

/// An object that has a resource cannot take over another one: the first would be nobody's.
fn adopts_what_it_has() -> ValidationRule {
    ValidationRule {
        rule: "!has(self.spec.adoptId) || !has(self.status) || !has(self.status.id) || self.spec.adoptId == self.status.id".into(),
        message_expression: Some(
            "'adoptId is \"%s\", and this object has \"%s\" already: create another object to take over another resource'.format([self.spec.adoptId, self.status.id])".into(),
        ),
        ..ValidationRule::default()
    }
}

/// The status of an object that nobody has looked at yet.
fn unseen() -> serde_json::Value {
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

fn tidy(schema: &mut JSONSchemaProps) {
    schema.nullable = None;
    if let Some(values) = &mut schema.enum_ {
        values.retain(|value| !value.0.is_null());
    }
    if let Some(description) = &mut schema.description {
        *description = description.replace('\n', " ");
    }
    let properties = schema
        .properties
        .iter_mut()
        .flat_map(|all| all.values_mut());
    properties.for_each(tidy);
    match &mut schema.items {
        Some(JSONSchemaPropsOrArray::Schema(item)) => tidy(item),
        Some(JSONSchemaPropsOrArray::Schemas(items)) => items.iter_mut().for_each(tidy),
        None => {}
    }
    if let Some(JSONSchemaPropsOrBool::Schema(values)) = &mut schema.additional_properties {
        tidy(values);
    }
}
