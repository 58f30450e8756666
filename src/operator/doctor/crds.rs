//! Whether the definitions in the cluster are those that this program was built with.

use super::{check_result::Finding, openapi};
use crate::operator::registry::Entry;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Api, Client, Error};
use serde_json::Value;

pub(super) const INSTALL: &str = "cloudfront-operator crds | kubectl apply --server-side -f -";

/// Compares each definition. Who may not read the first one is not refused again: what is published of them is compared instead.
pub(super) async fn examine(kube: &Client, entries: &[Entry]) -> Vec<Finding> {
    let api = Api::<CustomResourceDefinition>::all(kube.clone());
    let mut findings = vec![];
    for (at, entry) in entries.iter().enumerate() {
        let ours = (entry.crd)();
        match api.get_opt(&name(&ours)).await {
            Err(Error::Api(refusal)) if refusal.code == 403 => {
                findings.extend(openapi::examine(kube, &entries[at..]).await);
                return findings;
            }
            Ok(found) => findings.push(compare(found.as_ref(), &ours)),
            Err(error) => findings.push(Finding::failed(
                check(&ours),
                format!("{error}."),
                "kubectl get crd",
            )),
        }
    }
    findings
}

fn name(definition: &CustomResourceDefinition) -> String {
    definition.metadata.name.clone().unwrap_or_default()
}

/// The check's name.
pub(super) fn check(definition: &CustomResourceDefinition) -> String {
    format!("definition {}", name(definition))
}

fn compare(found: Option<&CustomResourceDefinition>, ours: &CustomResourceDefinition) -> Finding {
    match found.map(|found| difference(found, ours)) {
        None => Finding::failed(check(ours), "it is not installed.", INSTALL),
        Some(None) => Finding::ok(check(ours), "as this version has it"),
        Some(Some(place)) => another(ours, &place),
    }
}

/// The definition differs from ours.
pub(super) fn another(ours: &CustomResourceDefinition, place: &str) -> Finding {
    Finding::failed(
        check(ours),
        format!("it is another version's: it differs from this program's at {place}."),
        INSTALL,
    )
}

/// The first place at which what a definition serves differs from ours.
fn difference(found: &CustomResourceDefinition, ours: &CustomResourceDefinition) -> Option<String> {
    let versions = |definition: &CustomResourceDefinition| {
        serde_json::to_value(&definition.spec.versions).unwrap_or_default()
    };
    first(&versions(found), &versions(ours), "versions")
}

/// The first place at which two values differ.
pub(super) fn first(a: &Value, b: &Value, path: &str) -> Option<String> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            keys.into_iter().find_map(|key| {
                let of = |map: &serde_json::Map<_, _>| map.get(key).cloned().unwrap_or_default();
                first(&of(a), &of(b), &format!("{path}.{key}"))
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => a
            .iter()
            .zip(b)
            .enumerate()
            .find_map(|(at, (a, b))| first(a, b, &format!("{path}[{at}]"))),
        // The API server writes 1 where we write 1.0.
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => None,
        (a, b) => (a != b).then(|| path.to_owned()),
    }
}
