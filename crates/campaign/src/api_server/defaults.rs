//! The defaults of a CustomResourceDefinition's schema.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use serde_json::Value;

/// Adds the defaults of members that are absent. A `null` that the schema does not allow counts as absent if there is a default.
pub(super) fn add_defaults(value: &mut Value, schema: &JSONSchemaProps) {
    match value {
        Value::Object(members) => {
            for (name, property) in schema.properties.iter().flatten() {
                let is_absent = members
                    .get(name)
                    .is_none_or(|value| value.is_null() && property.nullable != Some(true));
                if let Some(default) = property.default.as_ref().filter(|_| is_absent) {
                    members.insert(name.clone(), default.0.clone());
                }
                if let Some(member) = members.get_mut(name) {
                    add_defaults(member, property);
                }
            }
            if let Some(JSONSchemaPropsOrBool::Schema(values)) = &schema.additional_properties {
                members
                    .values_mut()
                    .for_each(|value| add_defaults(value, values));
            }
        }
        Value::Array(items) => {
            if let Some(JSONSchemaPropsOrArray::Schema(item)) = &schema.items {
                for value in items {
                    add_defaults(value, item);
                }
            }
        }
        _ => {}
    }
}
