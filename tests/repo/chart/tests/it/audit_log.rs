//! The permissions that the requests of a ServiceAccount used, from the API server's audit log, and those that roles grant.

use super::test_env::TestEnv;
use serde_json::Value;
use std::{collections::BTreeSet, fs, thread, time::Duration};

/// A verb on a resource of an API group in a namespace, or in all namespaces (`*`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Permission {
    pub(crate) namespace: String,
    pub(crate) group: String,
    pub(crate) resource: String,
    pub(crate) verb: String,
}

/// Returns the audit events of a ServiceAccount's completed requests. A watch is completed when it has ended.
pub(crate) fn requests_of(test_env: &TestEnv, account: &str) -> Vec<Value> {
    // The API server writes the log shortly after its response.
    thread::sleep(Duration::from_millis(500));
    let text = fs::read_to_string(test_env.cluster.audit_log().unwrap()).unwrap();
    let user = format!("system:serviceaccount:{}:{account}", test_env.namespace);
    text.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|entry| entry["user"]["username"] == user.as_str())
        .collect()
}

/// Returns the requests that were denied because a permission is missing.
pub(crate) fn denied_requests(requests: &[Value]) -> Vec<String> {
    requests
        .iter()
        .filter(|entry| {
            entry["responseStatus"]["code"] == 403
                || entry["annotations"]["authorization.k8s.io/decision"] == "forbid"
        })
        .map(|entry| format!("{} {}", entry["verb"], entry["requestURI"]))
        .collect()
}

/// Returns the permissions that the requests used.
pub(crate) fn used_permissions(requests: &[Value]) -> BTreeSet<Permission> {
    requests
        .iter()
        .filter(|entry| entry["objectRef"].is_object())
        .map(|entry| {
            let object = &entry["objectRef"];
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let resource = match object["subresource"].as_str() {
                Some(subresource) => format!("{}/{subresource}", text(&object["resource"])),
                None => text(&object["resource"]),
            };
            Permission {
                namespace: text(&object["namespace"]),
                group: text(&object["apiGroup"]),
                resource,
                verb: text(&entry["verb"]),
            }
        })
        .collect()
}

/// Returns the permissions that the operator's Roles and ClusterRoles grant. Aggregated roles are for users and do not count.
pub(crate) fn granted_permissions(objects: &[Value]) -> BTreeSet<Permission> {
    let mut permissions = BTreeSet::new();
    let is_operator_role = |object: &&Value| {
        let labels = &object["metadata"]["labels"];
        let aggregated = labels
            .as_object()
            .is_some_and(|labels| labels.keys().any(|key| key.contains("aggregate-to")));
        ["Role", "ClusterRole"].contains(&object["kind"].as_str().unwrap()) && !aggregated
    };
    for role in objects.iter().filter(is_operator_role) {
        let namespaces = namespaces_of(role, objects);
        for rule in role["rules"].as_array().unwrap() {
            let list = |key: &str| -> Vec<String> {
                let items = rule[key].as_array().unwrap().iter();
                items
                    .map(|item| item.as_str().unwrap().to_owned())
                    .collect()
            };
            for group in list("apiGroups") {
                for resource in list("resources") {
                    let granted = |namespace: &String| {
                        let (namespace, group, resource) =
                            (namespace.clone(), group.clone(), resource.clone());
                        list("verbs").into_iter().map(move |verb| Permission {
                            namespace: namespace.clone(),
                            group: group.clone(),
                            resource: resource.clone(),
                            verb,
                        })
                    };
                    permissions.extend(namespaces.iter().flat_map(granted));
                }
            }
        }
    }
    permissions
}

/// Returns the namespaces in which a role is granted, or `*`.
fn namespaces_of(role: &Value, objects: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if let Some(namespace) = text(&role["metadata"]["namespace"]) {
        return vec![namespace];
    }
    let is_bound = |binding: &&Value| {
        binding["kind"] == "RoleBinding"
            && binding["roleRef"]["kind"] == role["kind"]
            && binding["roleRef"]["name"] == role["metadata"]["name"]
    };
    let bindings = objects.iter().filter(is_bound);
    let namespaces: Vec<String> = bindings
        .filter_map(|binding| text(&binding["metadata"]["namespace"]))
        .collect();
    if namespaces.is_empty() {
        vec!["*".into()]
    } else {
        namespaces
    }
}

/// Replaces the namespace of each used permission by `*` if the permission is granted in all namespaces only.
pub(crate) fn with_cluster_scope(
    used: BTreeSet<Permission>,
    granted: &BTreeSet<Permission>,
) -> BTreeSet<Permission> {
    used.into_iter()
        .map(|permission| {
            let cluster_scoped = Permission {
                namespace: "*".into(),
                ..permission.clone()
            };
            if granted.contains(&permission) || !granted.contains(&cluster_scoped) {
                permission
            } else {
                cluster_scoped
            }
        })
        .collect()
}
