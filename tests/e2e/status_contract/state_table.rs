//! The table of states: what an object may say, and what kstatus makes of it.

use super::{Kstatus, conditions_of, find, kstatus, text};
use serde_json::Value;

/// One row of the table.
struct Row {
    name: &'static str,
    ready: Word,
    synced: Word,
    /// The other conditions that are there, all of them `True`.
    others: &'static [&'static str],
    kstatus: Kstatus,
}

/// A condition's status, and the reasons that may stand beside it. No status: the condition is absent.
type Word = (&'static str, &'static [&'static str]);

/// Every reason there is.
const ANY: &[&str] = &[
    "Pending",
    "Retiring",
    "Deploying",
    "InSync",
    "Drifted",
    "Suspended",
    "ReferenceNotReady",
    "Queued",
    "Completed",
    "InUse",
    "NotConverging",
    "Rejected",
    "Throttled",
    "Denied",
    "Unreachable",
    "Invalid",
    "Conflict",
    "OwnedElsewhere",
    "NotFound",
    "Withheld",
];
/// What passes by itself.
const PASSING: &[&str] = &["Throttled", "Unreachable", "Conflict", "Denied", "Rejected"];
/// What somebody has to mend.
const REFUSED: &[&str] = &[
    "Rejected",
    "Denied",
    "Invalid",
    "NotConverging",
    "OwnedElsewhere",
    "NotFound",
    "Withheld",
    "Suspended",
];
/// A reason of ours, or AWS's code, which the message must then repeat.
const CODE: &[&str] = &["*"];

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
        name: "waits for its turn",
        ready: ("False", &["Queued"]),
        synced: ("Unknown", &["Queued"]),
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
        name: "suspended, edited since",
        ready: ("False", &["Suspended"]),
        synced: ("Unknown", &["Suspended"]),
        others: STALLED,
        kstatus: Kstatus::Failed,
    },
    Row {
        name: "passing trouble, ready before",
        ready: ("True", &["InSync"]),
        synced: ("False", PASSING),
        others: &[],
        kstatus: Kstatus::Current,
    },
    Row {
        name: "passing trouble, a change pending",
        ready: ("False", ANY),
        synced: ("False", PASSING),
        others: RECONCILING,
        kstatus: Kstatus::InProgress,
    },
    Row {
        name: "passing trouble, unknown before",
        ready: ("Unknown", &["Withheld"]),
        synced: ("False", PASSING),
        others: &[],
        kstatus: Kstatus::InProgress,
    },
    Row {
        name: "refused",
        ready: ("False", REFUSED),
        synced: ("False", CODE),
        others: STALLED,
        kstatus: Kstatus::Failed,
    },
    Row {
        name: "retiring",
        ready: ("False", &["Retiring"]),
        synced: ("True", &["Retiring"]),
        others: RECONCILING,
        kstatus: Kstatus::InProgress,
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
        ready: ("False", REFUSED),
        synced: ("False", CODE),
        others: &["Failed", "Stalled"],
        kstatus: Kstatus::Failed,
    },
    Row {
        name: "withheld",
        ready: ("Unknown", &["Withheld"]),
        synced: ("True", &["Withheld"]),
        others: &[],
        kstatus: Kstatus::InProgress,
    },
];

/// The row that an object is in. Fails, saying why, when it is in none, or when kstatus reads it otherwise than the row.
pub(crate) fn row_of(object: &Value) -> Result<&'static str, String> {
    for condition in conditions_of(object) {
        well_formed(object, condition)?;
    }
    let row = TABLE
        .iter()
        .find(|row| row.fits(object))
        .ok_or("no row of the table is like this")?;
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
            "{}: kstatus reads {found:?} instead of {expected:?}",
            row.name
        )),
    }
}

impl Row {
    fn fits(&self, object: &Value) -> bool {
        let mut others: Vec<_> = conditions_of(object)
            .iter()
            .filter(|condition| !["Ready", "Synced"].contains(&text(condition, "type")))
            .map(|condition| text(condition, "type"))
            .collect();
        others.sort_unstable();
        others == self.others
            && says(find(object, "Ready"), self.ready)
            && says(find(object, "Synced"), self.synced)
    }
}

fn says(condition: Option<&Value>, (status, reasons): Word) -> bool {
    let Some(condition) = condition else {
        return status.is_empty();
    };
    let reason = text(condition, "reason");
    let known = match reasons {
        CODE => ANY.contains(&reason) || text(condition, "message").contains(reason),
        reasons => reasons.contains(&reason),
    };
    text(condition, "status") == status && known
}

/// Nothing without a reason, nothing without words, and all of the same generation.
fn well_formed(object: &Value, condition: &Value) -> Result<(), String> {
    let type_ = text(condition, "type");
    let reason = text(condition, "reason");
    let alike = conditions_of(object)
        .iter()
        .filter(|other| other["type"] == type_)
        .count();
    let word = reason.starts_with(|c: char| c.is_ascii_alphabetic())
        && reason.chars().all(|c| c.is_ascii_alphanumeric());
    let ours = ANY.contains(&reason) || type_ == "Synced";
    let other = !["Ready", "Synced"].contains(&type_);
    let faults = [
        (alike != 1, "is there more than once"),
        (!word || !ours, "has a reason outside of the closed set"),
        (text(condition, "message").is_empty(), "has no message"),
        (
            condition["observedGeneration"] != object["status"]["observedGeneration"]
                && reason != "Pending",
            "speaks of another generation than the status",
        ),
        (
            other && condition["status"] != "True",
            "is there without being True",
        ),
    ];
    match faults.into_iter().find(|(wrong, _)| *wrong) {
        Some((_, what)) => Err(format!("{type_} {what}: {condition}")),
        None => Ok(()),
    }
}
