//! Compares desired state with CloudFront's responses.

mod bucket_policies;
mod certificates;
mod defaults;
mod engine;
mod external_values;
mod multi_tenant;
mod read_back;
mod updates;

use super::{Distribution, DistributionSpec};
use crate::{
    engine::{Kind, ResolvedReferences, TypedLocalReference},
    xml::{Drift, Element},
};
use serde_json::{Value, json};

const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/// A distribution with one bucket as origin, after a merge patch of its spec.
fn bucket(patch: &Value) -> Distribution {
    let mut spec = json!({
        "origins": [{"id": "bucket", "domainName": "site.s3.amazonaws.com"}],
        "defaultCacheBehavior": {
            "targetOriginId": "bucket",
            "viewerProtocolPolicy": "redirect-to-https",
            "cachePolicyId": CACHING_OPTIMIZED,
        },
    });
    merge(&mut spec, patch);
    distribution(spec)
}

fn distribution(spec: Value) -> Distribution {
    let spec: DistributionSpec = serde_json::from_value(spec).unwrap();
    Distribution::new("www", spec)
}

/// A JSON merge patch (RFC 7386).
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (key, change) in changes {
        if change.is_null() {
            target.as_object_mut().unwrap().remove(key);
        } else {
            merge(&mut target[key], change);
        }
    }
}

fn desired(distribution: &Distribution) -> Element {
    let identity = TypedLocalReference {
        kind: "OriginAccessIdentity",
        name: "site".to_owned(),
    };
    let ids: ResolvedReferences = [(identity, "E1IDENTITY".to_owned())].into_iter().collect();
    distribution.config(&ids).unwrap()
}

/// The configuration that an update sends if CloudFront has `observed`.
fn sent(distribution: &Distribution, observed: &Element) -> Element {
    let mut config = observed.clone();
    (Distribution::HOOKS.prune_observed)(&mut config);
    config.overlay(&desired(distribution));
    (Distribution::HOOKS.complete_update)(&mut config);
    config
}

fn drift(distribution: &Distribution, observed: &Element) -> Vec<Drift> {
    let mut config = observed.clone();
    (Distribution::HOOKS.prune_observed)(&mut config);
    config.overlay(&desired(distribution))
}

/// The element at a path of names. In a list it is the first item.
fn at<'a>(config: &'a Element, path: &str) -> Option<&'a Element> {
    path.split('/').try_fold(config, Element::child)
}

fn text<'a>(config: &'a Element, path: &str) -> Option<&'a str> {
    at(config, path).map(Element::text)
}
