//! What the API server publishes of the definitions, for every account that it knows.

use super::{
    check_result::Finding,
    crds::{another, check, first},
};
use crate::operator::registry::Entry;
use http::{HeaderValue, Request, Uri, header::ACCEPT};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Client, Error};
use serde_json::{Map, Value};

const PLACE: &str = "/openapi/v3/apis/cloudfront-operator.dev/v1alpha1";

/// Compares the fields that are published with ours. What is not published is left to `list …`.
pub(super) async fn examine(kube: &Client, entries: &[Entry]) -> Vec<Finding> {
    let published = fetch(kube).await;
    entries
        .iter()
        .map(|entry| judge(published.as_ref(), &(entry.crd)()))
        .collect()
}

async fn fetch(kube: &Client) -> Result<Value, Error> {
    let mut request = Request::new(vec![]);
    *request.uri_mut() = Uri::from_static(PLACE);
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(ACCEPT, json);
    kube.request(request).await
}

fn judge(published: Result<&Value, &Error>, ours: &CustomResourceDefinition) -> Finding {
    let found = match published {
        Ok(published) => schema(published, &ours.spec.names.kind),
        Err(Error::Api(refusal)) if refusal.code == 404 => None,
        Err(error) => {
            return Finding::not_checked(
                check(ours),
                format!(
                    "neither definitions nor {PLACE} can be read ({error}); run doctor as somebody who may"
                ),
            );
        }
    };
    let Some(found) = found else {
        return Finding::not_checked(check(ours), format!("{PLACE} does not have it"));
    };
    let whole = serde_json::to_value(ours).unwrap_or_default();
    let wanted = &whole["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    match first(&fields(found), &fields(wanted), "schema") {
        None => Finding::ok(check(ours), "its fields are as this version has them"),
        Some(place) => another(ours, &place),
    }
}

/// The schema of a kind.
fn schema<'a>(published: &'a Value, kind: &str) -> Option<&'a Value> {
    let schemas = published["components"]["schemas"].as_object()?;
    schemas.values().find(|schema| is_of(schema, kind))
}

fn is_of(schema: &Value, kind: &str) -> bool {
    let kinds = schema["x-kubernetes-group-version-kind"].as_array();
    kinds.is_some_and(|kinds| kinds.iter().any(|it| it["kind"] == kind))
}

/// What an object of ours consists of. The rest is Kubernetes's, which publishes it in its own way.
fn fields(schema: &Value) -> Value {
    let parts = ["spec", "status"].into_iter();
    let parts = parts.map(|part| (part.to_owned(), outline(&schema["properties"][part])));
    Value::Object(parts.collect())
}

/// The fields and the types of a schema, without words and rules.
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
