//! The state table: the conditions that an object can have, and the kstatus result of each state.

use super::{Kstatus, conditions_of, find, kstatus, text};
use serde_json::Value;

/// One row of the table.
struct Row {
    name: &'static str,
    ready: ExpectedCondition,
    synced: ExpectedCondition,
    /// The types of the other conditions. All of them are `True`.
    others: &'static [&'static str],
    kstatus: Kstatus,
}

/// The status of a condition, and its possible reasons. An empty status: the object does not have the condition.
type ExpectedCondition = (&'static str, &'static [&'static str]);

/// All reasons of the operator.
const ANY: &[&str] = &[
    "Pending",
    "Disabling",
    "Deploying",
    "InSync",
    "Drifted",
    "Suspended",
    "ReferenceNotReady",
    "Queued",
    "Completed",
    "InUse",
    "Immutable",
    "NotConverging",
    "Rejected",
    "Throttled",
    "AccessDenied",
    "Unreachable",
    "Invalid",
    "Conflict",
    "OwnershipConflict",
    "NotFound",
    "ReadOnly",
    "DeletionProtected",
    "ResourceFailed",
];
/// Reasons of transient errors.
const TRANSIENT: &[&str] = &[
    "Throttled",
    "Unreachable",
    "Conflict",
    "AccessDenied",
    "Rejected",
];
/// Reasons of errors that need a user.
const STALLING: &[&str] = &[
    "Rejected",
    "Conflict",
    "AccessDenied",
    "Invalid",
    "Immutable",
    "NotConverging",
    "OwnershipConflict",
    "NotFound",
    "ReadOnly",
    "ResourceFailed",
    "Suspended",
];
/// A reason of the operator, or an AWS error code that the message contains.
const ANY_OR_AWS_CODE: &[&str] = &["*"];

const RECONCILING: &[&str] = &["Reconciling"];
const STALLED: &[&str] = &["Stalled"];

const TABLE: &[Row] = &[
    Row {
        name: "just created",
        ready: ("Unknown", &["Pending"]),
        synced: ("", &[]),
        others: &[],
        kstatus: Kstatus::InProgress,
    },
    Row {
        name: "waits for a reference",
        ready: ("False", &["ReferenceNotReady"]),
        synced: ("Unknown", &["ReferenceNotReady"]),
        others: RECONCILING,
        kstatus: Kstatus::InProgress,
    },
    Row {
        name: "queued",
        ready: ("False", &["Queued"]),
        synced: ("True", &["Queued"]),
        others: RECONCILING,
        kstatus: Kstatus::InProgress,
    },
    Row {
        name: "deploying",
        ready: ("False", &["Deploying"]),
        synced: ("True", &["InSync"]),
        others: RECONCILING,
        kstatus: Kstatus::InProgress,
    },
    Row {
        name: "in sync",
        ready: ("True", &["InSync"]),
        synced: ("True", &["InSync"]),
        others: &[],
        kstatus: Kstatus::Current,
    },
    Row {
        name: "drifted",
        ready: ("False", &["Drifted"]),
        synced: ("True", &["Drifted"]),
        others: STALLED,
        kstatus: Kstatus::Failed,
    },
    Row {
        name: "suspended, ready before",
        ready: ("True", &["Suspended"]),
        synced: ("Unknown", &["Suspended"]),
        others: &[],
        kstatus: Kstatus::Current,
    },
    Row {
        name: "suspended, not ready before",
        ready: ("False", &["Suspended"]),
        synced: ("Unknown", &["Suspended"]),
        others: &[],
        kstatus: Kstatus::InProgress,
    },
    Row {
        name: "suspended, unknown before",
        ready: ("Unknown", &["Suspended"]),
        synced: ("Unknown", &["Suspended"]),
        others: &[],
        kstatus: Kstatus::InProgress,
    },
    Row {
        name: "suspended, with pending changes",
        ready: ("False", &["Suspended"]),
        synced: ("Unknown", &["Suspended"]),
        others: STALLED,
        kstatus: Kstatus::Failed,
    },
    Row {
        name: "transient error, ready before",
        ready: ("True", &["InSync"]),
        synced: ("False", TRANSIENT),
        others: &[],
        kstatus: Kstatus::Current,
    },
    Row {
        name: "transient error, with pending changes",
        ready: ("False", ANY),
        synced: ("False", TRANSIENT),
        others: RECONCILING,
        kstatus: Kstatus::InProgress,
    },
    Row {
        name: "transient error, unknown before",
        ready: ("Unknown", &["ReadOnly"]),
        synced: ("False", TRANSIENT),
        others: &[],
        kstatus: Kstatus::InProgress,
    },
    Row {
        name: "stalled",
        ready: ("False", STALLING),
        synced: ("False", ANY_OR_AWS_CODE),
        others: STALLED,
        kstatus: Kstatus::Failed,
    },
    Row {
        name: "disabling",
        ready: ("False", &["Disabling"]),
        synced: ("True", &["Disabling"]),
        others: RECONCILING,
        kstatus: Kstatus::InProgress,
    },
    Row {
        name: "deletion protected",
        ready: ("False", &["DeletionProtected"]),
        synced: ("True", &["DeletionProtected"]),
        others: STALLED,
        kstatus: Kstatus::Failed,
    },
    Row {
        name: "in use",
        ready: ("False", &["InUse"]),
        synced: ("True", &["InUse"]),
        others: RECONCILING,
        kstatus: Kstatus::InProgress,
    },
    Row {
        name: "completed",
        ready: ("True", &["Completed"]),
        synced: ("True", &["Completed"]),
        others: &["Complete"],
        kstatus: Kstatus::Current,
    },
    Row {
        name: "failed",
        ready: ("False", STALLING),
        synced: ("False", ANY_OR_AWS_CODE),
        others: &["Failed", "Stalled"],
        kstatus: Kstatus::Failed,
    },
    Row {
        name: "read-only",
        ready: ("Unknown", &["ReadOnly"]),
        synced: ("True", &["ReadOnly"]),
        others: STALLED,
        kstatus: Kstatus::Failed,
    },
];

/// Returns the name of the row that matches an object. Fails if no row matches, or if kstatus disagrees with the row.
pub(crate) fn row_of(object: &Value) -> Result<&'static str, String> {
    for condition in conditions_of(object) {
        check_format(object, condition)?;
    }
    let row = TABLE
        .iter()
        .find(|row| row.matches(object))
        .ok_or("no row of the state table matches")?;
    let expected = if object["metadata"]["deletionTimestamp"].is_string() {
        Kstatus::Terminating
    } else if object["status"]["observedGeneration"].is_i64()
        && object["status"]["observedGeneration"] != object["metadata"]["generation"]
    {
        Kstatus::InProgress
    } else {
        row.kstatus
    };
    match kstatus(object) {
        found if found == expected => Ok(row.name),
        found => Err(format!(
            "{}: kstatus returns {found:?} instead of {expected:?}",
            row.name
        )),
    }
}

impl Row {
    fn matches(&self, object: &Value) -> bool {
        let mut others: Vec<_> = conditions_of(object)
            .iter()
            .filter(|condition| !["Ready", "Synced"].contains(&text(condition, "type")))
            .map(|condition| text(condition, "type"))
            .collect();
        others.sort_unstable();
        others == self.others
            && has_expected(find(object, "Ready"), self.ready)
            && has_expected(find(object, "Synced"), self.synced)
    }
}

fn has_expected(condition: Option<&Value>, (status, reasons): ExpectedCondition) -> bool {
    let Some(condition) = condition else {
        return status.is_empty();
    };
    let reason = text(condition, "reason");
    let is_known = match reasons {
        ANY_OR_AWS_CODE => ANY.contains(&reason) || text(condition, "message").contains(reason),
        reasons => reasons.contains(&reason),
    };
    text(condition, "status") == status && is_known
}

/// Checks that a condition is unique, has a known reason and a message, and describes the generation of the status.
fn check_format(object: &Value, condition: &Value) -> Result<(), String> {
    let type_ = text(condition, "type");
    let reason = text(condition, "reason");
    let count = conditions_of(object)
        .iter()
        .filter(|other| other["type"] == type_)
        .count();
    let is_identifier = reason.starts_with(|c: char| c.is_ascii_alphabetic())
        && reason.chars().all(|c| c.is_ascii_alphanumeric());
    let is_known = ANY.contains(&reason) || type_ == "Synced";
    let is_other = !["Ready", "Synced"].contains(&type_);
    let violations = [
        (count != 1, "is not unique"),
        (
            !is_identifier || !is_known,
            "has a reason outside of the closed set",
        ),
        (text(condition, "message").is_empty(), "has no message"),
        (
            condition["observedGeneration"] != object["status"]["observedGeneration"]
                && reason != "Pending",
            "describes another generation than the status",
        ),
        (is_other && condition["status"] != "True", "is not True"),
    ];
    match violations.into_iter().find(|(is_violated, _)| *is_violated) {
        Some((_, rule)) => Err(format!("{type_} {rule}: {condition}")),
        None => Ok(()),
    }
}
