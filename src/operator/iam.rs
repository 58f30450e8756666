//! `cloudfront-operator iam-policy`: the least that AWS must allow, derived from the very calls that the engine makes.
//!
//! What IAM calls an action, and which actions can be limited to a resource: Service Authorization Reference, Amazon CloudFront,
//! as of 2025. `GetCallerIdentity`, which tells whose credentials these are, needs no permission.

use super::registry::kinds;
use crate::cloudfront::Request;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Actions that no policy can limit to a resource that exists, or that AWS does not say it can.
const ANYWHERE: &str = "*";

/// One permission: an action, and what it is allowed on: `distribution/*`, or [`ANYWHERE`].
pub type Permission = (String, String);

/// The permissions that one call needs.
pub fn permissions(call: &Request) -> Vec<Permission> {
    let operation = call.operation.as_ref();
    let resource = resource(call);
    let action = |name: &str, resource: &str| (format!("cloudfront:{name}"), resource.to_owned());
    match operation.strip_suffix("WithTags") {
        // AWS lists an action of its own for streaming distributions, and none for distributions; its guide names the other two.
        Some(create) => {
            let tagged = format!("{}/*", call.path);
            let mut all = vec![action(create, ANYWHERE), action("TagResource", &tagged)];
            if create == "CreateStreamingDistribution" {
                all.push(action(operation, ANYWHERE));
            }
            all
        }
        None => vec![action(operation, &resource)],
    }
}

/// The existing resource that a call concerns, by its type.
fn resource(call: &Request) -> String {
    let named = call
        .query
        .iter()
        .find(|(name, _)| name == "Resource")
        .and_then(|(_, value)| value.clone());
    let has_id = call.path.contains('*') || call.path.contains("%2A");
    match (named, call.path.split('/').next()) {
        // AWS does not list streaming distributions among what this action can be limited to.
        (Some(resource), _)
            if call.operation == "ListTagsForResource" && resource.starts_with("streaming-") =>
        {
            ANYWHERE.into()
        }
        (Some(resource), _) => resource,
        (None, Some(type_)) if has_id => format!("{type_}/*"),
        _ => ANYWHERE.into(),
    }
}

/// The policy for these kinds, or for all if there are none; without what changes something if it is to be read-only.
pub fn policy(only: &[String], read_only: bool, partition: &str) -> Value {
    let mut by_resource: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let all = kinds().into_iter();
    let wanted = all.filter(|entry| only.is_empty() || only.iter().any(|kind| kind == entry.kind));
    let calls = wanted.flat_map(|entry| (entry.calls)());
    for call in calls.filter(|call| !(read_only && call.is_write())) {
        for (action, resource) in permissions(&call) {
            by_resource.entry(resource).or_default().insert(action);
        }
    }
    let statements: Vec<Value> = by_resource
        .into_iter()
        .map(|(resource, actions)| statement(&resource, &actions, partition))
        .collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn statement(resource: &str, actions: &BTreeSet<String>, partition: &str) -> Value {
    let arn = match resource {
        ANYWHERE => ANYWHERE.into(),
        // CloudFront has no regions; a policy never reaches beyond its own account.
        resource => format!("arn:{partition}:cloudfront::*:{resource}"),
    };
    json!({ "Sid": sid(resource), "Effect": "Allow", "Action": actions, "Resource": arn })
}

/// A name for a statement: letters and digits only.
fn sid(resource: &str) -> String {
    if resource == ANYWHERE {
        return "Collections".into();
    }
    let type_ = resource.split('/').next().unwrap_or_default();
    let words = type_.split('-').map(|word| {
        let (head, tail) = word.split_at_checked(1).unwrap_or((word, ""));
        head.to_uppercase() + tail
    });
    words.collect()
}
