//! Checks the OpenAPI schemas that the API server publishes to every authenticated user.

use super::{
    check_result::CheckResult,
    crd_comparison::{check_name, compare_schema, version_mismatch},
};
use http::{HeaderValue, Request, Uri, header::ACCEPT};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Client, Error};
use serde_json::{Map, Value};

const PATH: &str = "/openapi/v3/apis/cloudfront-operator.dev/v1alpha1";

/// Compares the published fields with those of this program. A kind that is not published is skipped here: the check `list …`
/// reports it.
pub(super) async fn run(
    kube: &Client,
    definitions: &[CustomResourceDefinition],
) -> Vec<CheckResult> {
    let published = fetch(kube).await;
    definitions
        .iter()
        .map(|definition| compare(published.as_ref(), definition))
        .collect()
}

async fn fetch(kube: &Client) -> Result<Value, Error> {
    let mut request = Request::new(vec![]);
    *request.uri_mut() = Uri::from_static(PATH);
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(ACCEPT, json);
    kube.request(request).await
}

fn compare(published: Result<&Value, &Error>, built_in: &CustomResourceDefinition) -> CheckResult {
    let check = check_name(built_in);
    let schema = match published {
        Ok(document) => schema_of(document, &built_in.spec.names.kind),
        Err(Error::Api(status)) if status.code == 404 => None,
        Err(error) => {
            return CheckResult::skipped(
                check,
                format!(
                    "neither CRDs nor {PATH} can be read ({error}); run doctor as a user who can get CustomResourceDefinitions"
                ),
            );
        }
    };
    let Some(schema) = schema else {
        return CheckResult::skipped(check, format!("{PATH} does not have it"));
    };
    let definition = serde_json::to_value(built_in).unwrap_or_default();
    let expected = &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    match compare_schema(&fields(schema), &fields(expected), "schema") {
        None => CheckResult::ok(check, "its fields match this version"),
        Some(path) => version_mismatch(built_in, &path),
    }
}

/// Returns the schema of a kind.
fn schema_of<'a>(document: &'a Value, kind: &str) -> Option<&'a Value> {
    let schemas = document["components"]["schemas"].as_object()?;
    schemas.values().find(|schema| is_schema_of(schema, kind))
}

fn is_schema_of(schema: &Value, kind: &str) -> bool {
    let kinds = schema["x-kubernetes-group-version-kind"].as_array();
    kinds.is_some_and(|kinds| kinds.iter().any(|it| it["kind"] == kind))
}

/// Returns the outlines of `spec` and `status`. The API server publishes the other fields in a form of its own.
fn fields(schema: &Value) -> Value {
    let parts = ["spec", "status"].into_iter();
    let parts = parts.map(|part| (part.to_owned(), outline(&schema["properties"][part])));
    Value::Object(parts.collect())
}

/// Returns the fields and types of a schema, without descriptions and validation rules.
fn outline(schema: &Value) -> Value {
    let mut outlined = Map::new();
    for key in ["type", "enum"] {
        if let Some(value) = schema.get(key) {
            outlined.insert(key.into(), value.clone());
        }
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get(key) {
            outlined.insert(key.into(), outline(inner));
        }
    }
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        outlined.insert(format!("properties.{name}"), outline(inner));
    }
    Value::Object(outlined)
}
