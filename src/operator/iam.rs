//! `cloudfront-operator iam-policy`: the minimal IAM policy, derived from the requests that the engine sends.
//!
//! The names of the actions, and which of them can be restricted to a resource, are from the Service Authorization Reference for
//! Amazon CloudFront, as of 2026. `GetCallerIdentity` needs no permission.

use super::registry::selected_kinds;
use crate::cloudfront::{Request, Service};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The resource of actions that cannot be restricted to a resource, or for which AWS does not document it.
const ANY_RESOURCE: &str = "*";

/// The roles with which CloudFront writes real-time logs. The client that names one passes it on.
const PASSED_ROLES: &str = "role/*";

/// The VPC origins, which CloudFront reads with the permissions of the client that writes a distribution.
const VPC_ORIGINS: &str = "vpcorigin/*";

/// The key-value stores. Requests about pairs name a store by the ID in its ARN, and others by its name.
const STORES: &str = "key-value-store/*";

/// A permission: an action, and the resource such as `distribution/*`, or `*` for any.
pub type Permission = (String, String);

/// Returns the policy for these kinds, or for all kinds if the list is empty. A read-only policy has no actions that write. The ARNs are
/// those of partition `aws`, the only one that the operator manages.
pub fn policy(kinds_used: &[String], read_only: bool) -> Value {
    let mut by_resource: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let entries = selected_kinds(kinds_used).into_iter();
    let requests = entries.flat_map(|entry| entry.api.operations());
    let is_write = |it: &Request| it.is_write() || lists_users(it) || precedes_publication(it);
    let is_needed = |it: &Request| !(read_only && is_write(it));
    for request in requests.filter(is_needed) {
        for (action, resource) in permissions(&request) {
            by_resource.entry(resource).or_default().insert(action);
        }
    }
    let statements: Vec<Value> = by_resource
        .into_iter()
        .map(|(resource, actions)| statement(&resource, &actions))
        .collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// Whether a request lists the distributions that use a resource. It is only sent after a deletion was refused, and AWS documents no
/// resource for it.
fn lists_users(request: &Request) -> bool {
    request.operation.starts_with("ListDistributionsBy")
}

/// Whether a request tests code, which happens only before its publication.
fn precedes_publication(request: &Request) -> bool {
    request.operation.starts_with("Test")
}

/// Returns the permissions that a request needs.
pub fn permissions(request: &Request) -> Vec<Permission> {
    let operation = request.operation.as_ref();
    if let Service::KeyValueStore { .. } = request.service {
        let action = format!("cloudfront-keyvaluestore:{operation}");
        return vec![(action, STORES.into())];
    }
    let resource = resource(request);
    let action = |name: &str, resource: &str| (format!("cloudfront:{name}"), resource.to_owned());
    let mut all = match operation.strip_suffix("WithTags") {
        // AWS lists a separate action for streaming distributions but not for distributions. Its guide names the other two.
        Some(create) => {
            let tagged = format!("{}/*", request.path);
            let mut all = vec![action(create, ANY_RESOURCE), action("TagResource", &tagged)];
            if create == "CreateStreamingDistribution" {
                all.push(action(operation, ANY_RESOURCE));
            }
            all
        }
        None => vec![action(operation, &resource)],
    };
    // CloudFront checks these two for the client, depending on the fields of the distribution.
    match operation {
        "CreateDistribution" | "CreateDistributionWithTags" => {
            all.push(action("CreateConnectionGroup", ANY_RESOURCE));
            all.push(action("GetVpcOrigin", VPC_ORIGINS));
        }
        "UpdateDistribution" => all.push(action("GetVpcOrigin", VPC_ORIGINS)),
        "CreateRealtimeLogConfig" | "UpdateRealtimeLogConfig" => {
            all.push(("iam:PassRole".into(), PASSED_ROLES.into()));
        }
        _ => {}
    }
    all
}

/// Returns the type of the existing resource that a request addresses.
fn resource(request: &Request) -> String {
    let query = request
        .query
        .iter()
        .find(|(name, _)| name == "Resource")
        .and_then(|(_, value)| value.clone());
    let has_id =
        !lists_users(request) && (request.path.contains('*') || request.path.contains("%2A"));
    // These requests name the resource in their documents.
    if let "GetRealtimeLogConfig" | "UpdateRealtimeLogConfig" | "DeleteRealtimeLogConfig" =
        request.operation.as_ref()
    {
        return "realtime-log-config/*".into();
    }
    match (query, request.path.split('/').next()) {
        // AWS does not list streaming distributions as resources of this action.
        (Some(resource), _)
            if request.operation == "ListTagsForResource" && resource.starts_with("streaming-") =>
        {
            ANY_RESOURCE.into()
        }
        (Some(resource), _) => resource,
        (None, Some(type_)) if has_id => format!("{type_}/*"),
        _ => ANY_RESOURCE.into(),
    }
}

fn statement(resource: &str, actions: &BTreeSet<String>) -> Value {
    let arn = match resource {
        ANY_RESOURCE => ANY_RESOURCE.into(),
        PASSED_ROLES => format!("arn:aws:iam::*:{resource}"),
        // CloudFront is not regional. A policy applies to its own account only.
        resource => format!("arn:aws:cloudfront::*:{resource}"),
    };
    let mut statement =
        json!({ "Sid": sid(resource), "Effect": "Allow", "Action": actions, "Resource": arn });
    if resource == PASSED_ROLES {
        statement["Condition"] =
            json!({ "StringEquals": { "iam:PassedToService": "cloudfront.amazonaws.com" } });
    }
    statement
}

/// Returns the id of a statement. It consists of letters and digits only.
fn sid(resource: &str) -> String {
    match resource {
        ANY_RESOURCE => return "Collections".into(),
        PASSED_ROLES => return "RolesOfRealtimeLogs".into(),
        _ => {}
    }
    let type_ = resource.split('/').next().unwrap_or_default();
    let words = type_.split('-').map(|word| {
        let (head, tail) = word.split_at_checked(1).unwrap_or((word, ""));
        head.to_uppercase() + tail
    });
    words.collect()
}
