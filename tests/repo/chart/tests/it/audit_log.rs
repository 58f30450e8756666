//! What the API server's audit log says of one service account.

use super::release::TestEnv;
use serde_json::Value;
use std::{collections::BTreeSet, fs, thread, time::Duration};

/// What may be done, or was: in a namespace (or `*`), to a resource of a group, by a verb.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Right {
    pub(crate) namespace: String,
    pub(crate) group: String,
    pub(crate) resource: String,
    pub(crate) verb: String,
}

/// The requests of an account, watches included once they have ended.
pub(crate) fn requests(test_env: &TestEnv, account: &str) -> Vec<Value> {
    // The log is written a moment after an answer.
    thread::sleep(Duration::from_millis(500));
    let text = fs::read_to_string(test_env.cluster.audit_log().unwrap()).unwrap();
    let user = format!("system:serviceaccount:{}:{account}", test_env.namespace);
    text.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|entry| entry["user"]["username"] == user.as_str())
        .collect()
}

/// The requests that were refused for want of a right.
pub(crate) fn denied(requests: &[Value]) -> Vec<String> {
    requests
        .iter()
        .filter(|entry| {
            entry["responseStatus"]["code"] == 403
                || entry["annotations"]["authorization.k8s.io/decision"] == "forbid"
        })
        .map(|entry| format!("{} {}", entry["verb"], entry["requestURI"]))
        .collect()
}

/// The rights that these requests needed.
pub(crate) fn used(requests: &[Value]) -> BTreeSet<Right> {
    requests
        .iter()
        .filter(|entry| entry["objectRef"].is_object())
        .map(|entry| {
            let object = &entry["objectRef"];
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let resource = match object["subresource"].as_str() {
                Some(part) => format!("{}/{part}", text(&object["resource"])),
                None => text(&object["resource"]),
            };
            Right {
                namespace: text(&object["namespace"]),
                group: text(&object["apiGroup"]),
                resource,
                verb: text(&entry["verb"]),
            }
        })
        .collect()
}

/// The rights that rendered roles grant.
pub(crate) fn granted(objects: &[Value]) -> BTreeSet<Right> {
    let mut all = BTreeSet::new();
    let operators = |object: &&Value| {
        let labels = &object["metadata"]["labels"];
        let aggregated = labels
            .as_object()
            .is_some_and(|labels| labels.keys().any(|key| key.contains("aggregate-to")));
        ["Role", "ClusterRole"].contains(&object["kind"].as_str().unwrap()) && !aggregated
    };
    for role in objects.iter().filter(operators) {
        let namespace = role["metadata"]["namespace"].as_str().unwrap_or("*");
        for rule in role["rules"].as_array().unwrap() {
            let list = |key: &str| -> Vec<String> {
                let items = rule[key].as_array().unwrap().iter();
                items
                    .map(|item| item.as_str().unwrap().to_owned())
                    .collect()
            };
            for group in list("apiGroups") {
                for resource in list("resources") {
                    all.extend(list("verbs").into_iter().map(|verb| Right {
                        namespace: namespace.to_owned(),
                        group: group.clone(),
                        resource: resource.clone(),
                        verb,
                    }));
                }
            }
        }
    }
    all
}

/// The same use, as far as rights are granted everywhere.
pub(crate) fn generalised(used: BTreeSet<Right>, granted: &BTreeSet<Right>) -> BTreeSet<Right> {
    used.into_iter()
        .map(|right| {
            let everywhere = Right {
                namespace: "*".into(),
                ..right.clone()
            };
            if granted.contains(&right) || !granted.contains(&everywhere) {
                right
            } else {
                everywhere
            }
        })
        .collect()
}
