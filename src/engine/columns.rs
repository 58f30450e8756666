//! The columns of `kubectl get` that all kinds of managed resources have.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceColumnDefinition;

/// Returns the columns of a kind, given its own. A column that a kind defines itself replaces the one with the same name.
///
/// `has_status`: CloudFront reports whether the last change of a resource is deployed.
pub(super) fn with_standard(
    own: &[CustomResourceColumnDefinition],
    has_status: bool,
) -> Vec<CustomResourceColumnDefinition> {
    let state = if has_status {
        "the state of the resource: InSync, Deploying, Suspended, Drifted, Disabling and so on."
    } else {
        "the state of the resource: InSync, Suspended, Drifted, InUse and so on."
    };
    let first = [
        condition("Ready", "Ready", "status"),
        described(
            condition("Status", "Ready", "reason"),
            format!("Reason of condition Ready, {state}"),
        ),
        text("ID", ".status.id"),
    ];
    let age = CustomResourceColumnDefinition {
        type_: "date".into(),
        ..text("Age", ".metadata.creationTimestamp")
    };
    let last = [
        text("ETag", ".status.etag"),
        described(
            condition("Reason", "Synced", "reason"),
            "Reason of condition Synced, the result of the last reconciliation. An error code of CloudFront if it rejected a request."
                .into(),
        ),
    ];
    let is_standard =
        |column: &CustomResourceColumnDefinition| !own.iter().any(|it| it.name == column.name);
    let [first, age, last] = [first.to_vec(), vec![age], last.map(wide).to_vec()]
        .map(|columns| columns.into_iter().filter(is_standard).collect::<Vec<_>>());
    let is_narrow = |column: &CustomResourceColumnDefinition| column.priority.unwrap_or(0) == 0;
    let (narrow, wide): (Vec<_>, Vec<_>) = own.iter().cloned().partition(is_narrow);
    [first, narrow, age, wide, last].concat()
}

fn text(name: &str, json_path: &str) -> CustomResourceColumnDefinition {
    CustomResourceColumnDefinition {
        name: name.into(),
        type_: "string".into(),
        json_path: json_path.into(),
        ..CustomResourceColumnDefinition::default()
    }
}

/// Returns a column with a field of a condition.
fn condition(name: &str, type_: &str, field: &str) -> CustomResourceColumnDefinition {
    let json_path = format!(".status.conditions[?(@.type=='{type_}')].{field}");
    text(name, &json_path)
}

fn described(
    column: CustomResourceColumnDefinition,
    description: String,
) -> CustomResourceColumnDefinition {
    CustomResourceColumnDefinition {
        description: Some(description),
        ..column
    }
}

/// Returns the column as one that `-o wide` adds.
fn wide(column: CustomResourceColumnDefinition) -> CustomResourceColumnDefinition {
    CustomResourceColumnDefinition {
        priority: Some(1),
        ..column
    }
}
