//! The status contract: the conditions of each outcome, as kstatus, `kubectl wait`, Argo CD and Flux read them.

use crate::{
    engine::api::{message::shorten, outcome::Outcome, reason::Reason},
    xml::Drift,
};
use k8s_openapi::{
    apimachinery::pkg::apis::meta::v1::{Condition, Time},
    jiff::Timestamp,
};

/// Type, status, reason and message of one condition.
type ConditionParts = (&'static str, &'static str, String, String);

/// Returns the conditions of an outcome.
///
/// `previous` are the present conditions of the object. A condition keeps its transition time while its status stays the same, and
/// `Ready` stays as it is through a transient failure of the same generation. `now` is the time of conditions that change their status.
pub fn conditions(
    outcome: &Outcome,
    previous: &[Condition],
    generation: i64,
    now: Timestamp,
) -> Vec<Condition> {
    let (Some(ready_parts), Some(synced_parts)) = (ready(outcome, now), synced(outcome, now))
    else {
        return previous.to_vec();
    };
    let before = |type_: &str| previous.iter().find(|c| c.type_ == type_);
    let make = |parts| condition(parts, previous, generation, now);
    let current = before("Ready").filter(|ready| ready.observed_generation == Some(generation));
    let is_unedited_suspend = matches!(
        outcome,
        Outcome::Suspended {
            pending_changes: false
        }
    );
    // The message of a stall no longer applies once something else fails.
    let was_stalled = before("Stalled").is_some() && !is_unedited_suspend;
    let ready = match current.or(before("Ready").filter(|_| is_unedited_suspend)) {
        Some(ready) if keeps_ready(outcome) && !was_stalled => {
            carry_over_ready(ready, outcome, generation, now)
        }
        _ => make(ready_parts),
    };
    let is_pending = before("Reconciling").is_some() || current.is_none() || was_stalled;
    let progress = progress(outcome, is_pending, &ready).map(make);
    let terminal = terminal(outcome, &ready).map(make);
    let mut all = vec![ready, make(synced_parts)];
    all.extend(progress.into_iter().chain(terminal));
    all
}

/// Returns `Complete` or `Failed` for a one-shot resource, as a Job has them.
fn terminal(outcome: &Outcome, ready: &Condition) -> Option<ConditionParts> {
    let type_ = match outcome {
        Outcome::Completed => "Complete",
        Outcome::Failed { .. } => "Failed",
        _ => return None,
    };
    Some((type_, "True", ready.reason.clone(), ready.message.clone()))
}

/// Whether the present `Ready` of the same generation still applies.
fn keeps_ready(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Retrying { .. }
            | Outcome::Suspended {
                pending_changes: false
            }
    )
}

/// Returns `Ready` with its present status. While the object is suspended its reason is `Suspended`, since `kubectl get` shows it.
fn carry_over_ready(
    ready: &Condition,
    outcome: &Outcome,
    generation: i64,
    now: Timestamp,
) -> Condition {
    let mut carried = Condition {
        observed_generation: Some(generation),
        ..ready.clone()
    };
    let suspended = Reason::Suspended.to_string();
    if matches!(outcome, Outcome::Suspended { .. }) && ready.reason != suspended {
        let before = &ready.message;
        carried.message = bounded(format!("{}. Before: {before}", since("Suspended", now)));
        carried.reason = suspended;
    }
    carried
}

fn ready(outcome: &Outcome, now: Timestamp) -> Option<ConditionParts> {
    let (status, message) = match outcome {
        Outcome::Completed => ("True", "CloudFront has completed the request.".into()),
        Outcome::InSync => ("True", "The resource matches the spec and is deployed to all edge locations.".into()),
        Outcome::Drifted(drift) => ("False", drift_summary(drift)),
        Outcome::ReadOnly { message, .. } => ("Unknown", message.clone()),
        Outcome::Suspended { .. } => (
            "False",
            "spec.suspend is true, and the spec has changed since it was last applied. Set suspend to false to apply it.".into(),
        ),
        Outcome::Waiting(message)
        | Outcome::Queued(message)
        | Outcome::Deploying(message)
        | Outcome::Retrying { message, .. }
        | Outcome::Stalled { message, .. }
        | Outcome::Failed { message, .. }
        | Outcome::DeletionProtected(message)
        | Outcome::InUse(message) => ("False", message.clone()),
        Outcome::Disabling => ("False", since("Disabling", now)),
        Outcome::Postponed | Outcome::Finalized | Outcome::Unreported => return None,
    };
    Some(("Ready", status, outcome.reason()?.to_string(), message))
}

fn synced(outcome: &Outcome, now: Timestamp) -> Option<ConditionParts> {
    let (status, message) = match outcome {
        Outcome::Waiting(message) => ("Unknown", message.clone()),
        Outcome::Completed => ("True", "CloudFront has completed the request.".into()),
        Outcome::Deploying(_) | Outcome::InSync => (
            "True",
            "CloudFront has the configuration of this spec.".into(),
        ),
        Outcome::Drifted(drift) => ("True", drift_summary(drift)),
        Outcome::Queued(message)
        | Outcome::ReadOnly { message, .. }
        | Outcome::DeletionProtected(message)
        | Outcome::InUse(message) => ("True", message.clone()),
        Outcome::Suspended { .. } => ("Unknown", since("Suspended", now)),
        Outcome::Retrying { message, .. }
        | Outcome::Stalled { message, .. }
        | Outcome::Failed { message, .. } => ("False", message.clone()),
        Outcome::Disabling => (
            "True",
            "The resource was disabled before its deletion.".into(),
        ),
        Outcome::Postponed | Outcome::Finalized | Outcome::Unreported => return None,
    };
    Some(("Synced", status, synced_reason(outcome)?, message))
}

/// Returns CloudFront's error code if it refused, else the reason of the outcome.
fn synced_reason(outcome: &Outcome) -> Option<String> {
    let code = match outcome {
        Outcome::Deploying(_) => return Some(Reason::InSync.to_string()),
        Outcome::Stalled { code, .. } | Outcome::Failed { code, .. } => code.as_deref(),
        _ => None,
    };
    match code.filter(|code| is_reason_identifier(code)) {
        Some(code) => Some(code.to_owned()),
        None => Some(outcome.reason()?.to_string()),
    }
}

/// Returns `Reconciling` or `Stalled`, if one of them is true.
fn progress(outcome: &Outcome, is_pending: bool, ready: &Condition) -> Option<ConditionParts> {
    let type_ = match outcome {
        Outcome::Waiting(_)
        | Outcome::Queued(_)
        | Outcome::Deploying(_)
        | Outcome::Disabling
        | Outcome::InUse(_) => "Reconciling",
        Outcome::Retrying { .. } if is_pending => "Reconciling",
        Outcome::Drifted(_)
        | Outcome::ReadOnly { .. }
        | Outcome::DeletionProtected(_)
        | Outcome::Stalled { .. }
        | Outcome::Failed { .. }
        | Outcome::Suspended {
            pending_changes: true,
        } => "Stalled",
        Outcome::InSync
        | Outcome::Completed
        | Outcome::Retrying { .. }
        | Outcome::Suspended {
            pending_changes: false,
        }
        | Outcome::Postponed
        | Outcome::Finalized
        | Outcome::Unreported => return None,
    };
    let (reason, message) = match outcome {
        Outcome::Retrying { reason, message } => (reason.to_string(), message.clone()),
        _ => (ready.reason.clone(), ready.message.clone()),
    };
    Some((type_, "True", reason, message))
}

fn condition(
    parts: ConditionParts,
    previous: &[Condition],
    generation: i64,
    now: Timestamp,
) -> Condition {
    let (type_, status, reason, message) = parts;
    let before = previous
        .iter()
        .find(|c| c.type_ == type_ && c.status == status);
    let message = bounded(message);
    let changed =
        before.filter(|before| before.reason != reason || !same_message(&before.message, &message));
    Condition {
        type_: type_.into(),
        status: status.into(),
        message: before
            .filter(|_| changed.is_none())
            .map_or(message, |before| before.message.clone()),
        reason,
        observed_generation: Some(generation),
        last_transition_time: before.map_or_else(
            || Time(whole_seconds(now)),
            |before| before.last_transition_time.clone(),
        ),
    }
}

/// Returns the first places that differ, in a sentence.
pub(crate) fn drift_summary(drift: &[Drift]) -> String {
    let places: Vec<&str> = drift.iter().take(3).map(|d| d.path.as_str()).collect();
    let more = match drift.len().saturating_sub(places.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "CloudFront differs from the spec at {}{more}; see status.drift.",
        places.join(", ")
    )
}

fn since(phase: &str, now: Timestamp) -> String {
    format!("{phase} since {}", whole_seconds(now))
}

/// Whether two messages differ at most in AWS's request id, which changes with every attempt, and in the time after "since".
pub(crate) fn same_message(old: &str, new: &str) -> bool {
    strip_volatile(old) == strip_volatile(new)
}

/// Returns a message without the part that changes with every attempt.
pub(crate) fn strip_volatile(message: &str) -> &str {
    let message = message.split(" (request ").next().unwrap_or(message);
    message.split(" since ").next().unwrap_or(message)
}

/// Kubernetes stores times in whole seconds: a more precise time would never equal the stored one.
fn whole_seconds(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// A condition's reason must look like an identifier, or the API server refuses the whole status.
fn is_reason_identifier(code: &str) -> bool {
    code.len() <= 128
        && code.starts_with(|c: char| c.is_ascii_alphabetic())
        && code.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Messages contain text of CloudFront's, and the API server accepts at most 32,768 characters.
fn bounded(message: String) -> String {
    const LIMIT: usize = 2_000;
    shorten(message, LIMIT, |_| 1)
}
