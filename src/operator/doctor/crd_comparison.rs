//! Compares a CustomResourceDefinition of the cluster with the one that this program was built with.

use super::check_result::CheckResult;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use serde_json::{Map, Value};

/// The command that installs the CRDs of this program.
pub(super) const FIX_INSTALL: &str = "cloudfront-operator crds | kubectl apply --server-side -f -";

/// Returns the name of the check of a definition.
pub(super) fn check_name(definition: &CustomResourceDefinition) -> String {
    let name = definition.metadata.name.as_deref().unwrap_or_default();
    format!("crd {name}")
}

/// Reports that the cluster has another version of the definition, which first differs at `path`.
pub(super) fn version_mismatch(built_in: &CustomResourceDefinition, path: &str) -> CheckResult {
    CheckResult::failed(
        check_name(built_in),
        format!(
            "it belongs to another version: it differs from the CRD of this program at {path}."
        ),
        FIX_INSTALL,
    )
}

/// Returns the path of the first difference between two schemas.
pub(super) fn compare_schema(a: &Value, b: &Value, path: &str) -> Option<String> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            keys.into_iter().find_map(|key| {
                let value = |map: &Map<_, _>| map.get(key).cloned().unwrap_or_default();
                compare_schema(&value(a), &value(b), &format!("{path}.{key}"))
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => a
            .iter()
            .zip(b)
            .enumerate()
            .find_map(|(at, (a, b))| compare_schema(a, b, &format!("{path}[{at}]"))),
        // The API server writes 1 where this program writes 1.0.
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => None,
        (a, b) => (a != b).then(|| path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_difference_is_reported_with_its_path() {
        let path = |a: Value, b: Value| compare_schema(&a, &b, "schema");
        assert_eq!(
            path(
                json!({ "a": [1, { "b": 1.0 }] }),
                json!({ "a": [1.0, { "b": 1 }] })
            ),
            None
        );
        assert_eq!(
            path(json!({ "a": [1, 2] }), json!({ "a": [1, 3] })),
            Some("schema.a[1]".into())
        );
        assert_eq!(
            path(json!({ "a": 1 }), json!({ "a": 1, "b": 2 })),
            Some("schema.b".into())
        );
    }
}
