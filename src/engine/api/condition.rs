//! The status contract: what each state of an object looks like to kstatus, `kubectl wait`, Argo CD and Flux.

use crate::{engine::api::reason::Reason, xml::Drift};
use k8s_openapi::{
    apimachinery::pkg::apis::meta::v1::{Condition, Time},
    jiff::Timestamp,
};

/// The state an object is in after a pass.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// An object that the spec names is not ready.
    Waiting(String),
    /// Others of its kind were first.
    Queued(String),
    /// The work is done, once and for all.
    Completed,
    /// The work cannot be done as the object asks.
    Failed {
        /// Why.
        reason: Reason,
        /// CloudFront's code, where CloudFront refused.
        code: Option<String>,
        /// What happened, in one sentence.
        message: String,
    },
    /// A change was accepted and is on its way to the edges.
    Deploying(String),
    /// The remote is as asked, and deployed.
    InSync,
    /// The remote differs, and must not be written.
    Drifted(Vec<Drift>),
    /// `--mode observe` keeps back a write that has no drift to show.
    Withheld(String),
    /// `spec.suspend` is set. `edited`: the spec has changed since it was last carried out.
    Suspended {
        /// Whether the spec asks for something that was never carried out.
        edited: bool,
    },
    /// The pass failed in a way that passes by itself.
    Hindered {
        /// `Throttled`, `Unreachable` or `Conflict`.
        reason: Reason,
        /// What happened, in one sentence.
        message: String,
    },
    /// Nothing more happens until somebody changes something.
    Stalled {
        /// Why.
        reason: Reason,
        /// CloudFront's code, where CloudFront refused.
        code: Option<String>,
        /// What happened and what to do, in one or two sentences.
        message: String,
    },
    /// The remote is being disabled.
    Retiring,
    /// The deletion waits for others.
    InUse(String),
}

/// What one condition says: type, status, reason, message.
type Says = (&'static str, &'static str, String, String);

/// The conditions of a state.
///
/// `previous` is what the object says now: a condition keeps its transition time while its status stays, and `Ready` keeps its
/// word through passing trouble while the generation is the same. `now` is only used for conditions whose status changes.
pub fn conditions(
    state: &State,
    previous: &[Condition],
    generation: i64,
    now: Timestamp,
) -> Vec<Condition> {
    let before = |type_: &str| previous.iter().find(|c| c.type_ == type_);
    let mut found = vec![];
    let ready = before("Ready").filter(|ready| ready.observed_generation == Some(generation));
    let unedited = *state == State::Suspended { edited: false };
    // What a stall said no longer holds once something else stands in the way.
    let stalled = before("Stalled").is_some() && !unedited;
    match ready.or(before("Ready").filter(|_| unedited)) {
        Some(ready) if keeps_ready(state) && !stalled => {
            found.push(kept(ready, state, generation, now));
        }
        _ => found.push(condition(ready_says(state, now), previous, generation, now)),
    }
    found.push(condition(
        synced_says(state, now),
        previous,
        generation,
        now,
    ));
    let pending = before("Reconciling").is_some() || ready.is_none() || stalled;
    found.extend(
        progress_says(state, pending, &found[0])
            .map(|says| condition(says, previous, generation, now)),
    );
    found.extend(end_says(state, &found[0]).map(|says| condition(says, previous, generation, now)));
    found
}

/// `Complete` or `Failed`, as a Job has them, for what does its work once.
fn end_says(state: &State, ready: &Condition) -> Option<Says> {
    let type_ = match state {
        State::Completed => "Complete",
        State::Failed { .. } => "Failed",
        _ => return None,
    };
    Some((type_, "True", ready.reason.clone(), ready.message.clone()))
}

/// Whether `Ready` still holds what it said about this generation.
fn keeps_ready(state: &State) -> bool {
    matches!(
        state,
        State::Hindered { .. } | State::Suspended { edited: false }
    )
}

/// `Ready` as it was. Under `suspend` its word says so, because that is what tables show.
fn kept(ready: &Condition, state: &State, generation: i64, now: Timestamp) -> Condition {
    let mut kept = Condition {
        observed_generation: Some(generation),
        ..ready.clone()
    };
    let suspended = Reason::Suspended.to_string();
    if matches!(state, State::Suspended { .. }) && ready.reason != suspended {
        let before = &ready.message;
        kept.message = bounded(format!("{}. Before: {before}", since("Suspended", now)));
        kept.reason = suspended;
    }
    kept
}

fn ready_says(state: &State, now: Timestamp) -> Says {
    let (status, reason, message) = match state {
        State::Waiting(message) => ("False", Reason::ReferenceNotReady, message.clone()),
        State::Queued(message) => ("False", Reason::Queued, message.clone()),
        State::Completed => ("True", Reason::Completed, "CloudFront has completed it.".into()),
        State::Deploying(message) => ("False", Reason::Deploying, message.clone()),
        State::InSync => ("True", Reason::InSync, "As the spec asks, and deployed.".into()),
        State::Drifted(drift) => ("False", Reason::Drifted, drifted(drift)),
        State::Withheld(message) => ("Unknown", Reason::Withheld, message.clone()),
        State::Suspended { .. } => (
            "False",
            Reason::Suspended,
            "spec.suspend is set, and the spec has changed since it was last carried out; remove suspend to go on.".into(),
        ),
        State::Hindered { reason, message }
        | State::Stalled { reason, message, .. }
        | State::Failed { reason, message, .. } => ("False", *reason, message.clone()),
        State::Retiring => ("False", Reason::Retiring, since("Retiring", now)),
        State::InUse(message) => ("False", Reason::InUse, message.clone()),
    };
    ("Ready", status, reason.to_string(), message)
}

fn synced_says(state: &State, now: Timestamp) -> Says {
    let (status, reason, message) = match state {
        State::Waiting(message) => ("Unknown", Reason::ReferenceNotReady, message.clone()),
        State::Queued(message) => ("Unknown", Reason::Queued, message.clone()),
        State::Completed => (
            "True",
            Reason::Completed,
            "CloudFront has completed it.".into(),
        ),
        State::Deploying(_) | State::InSync => (
            "True",
            Reason::InSync,
            "CloudFront has the configuration of this spec.".into(),
        ),
        State::Drifted(drift) => ("True", Reason::Drifted, drifted(drift)),
        State::Withheld(message) => ("True", Reason::Withheld, message.clone()),
        State::Suspended { .. } => ("Unknown", Reason::Suspended, since("Suspended", now)),
        State::Hindered { reason, message } => ("False", *reason, message.clone()),
        State::Stalled {
            reason,
            code,
            message,
        }
        | State::Failed {
            reason,
            code,
            message,
        } => {
            let word = code
                .as_deref()
                .filter(|code| is_word(code))
                .map_or_else(|| reason.to_string(), str::to_owned);
            return ("Synced", "False", word, message.clone());
        }
        State::Retiring => (
            "True",
            Reason::Retiring,
            "The resource was disabled, so that it may be deleted.".into(),
        ),
        State::InUse(message) => ("True", Reason::InUse, message.clone()),
    };
    ("Synced", status, reason.to_string(), message)
}

/// `Reconciling` or `Stalled`, where one of them holds.
fn progress_says(state: &State, pending: bool, ready: &Condition) -> Option<Says> {
    let type_ = match state {
        State::Waiting(_)
        | State::Queued(_)
        | State::Deploying(_)
        | State::Retiring
        | State::InUse(_) => "Reconciling",
        State::Hindered { .. } if pending => "Reconciling",
        State::Drifted(_)
        | State::Stalled { .. }
        | State::Failed { .. }
        | State::Suspended { edited: true } => "Stalled",
        State::InSync
        | State::Completed
        | State::Withheld(_)
        | State::Hindered { .. }
        | State::Suspended { edited: false } => return None,
    };
    let (reason, message) = match state {
        State::Hindered { reason, message } => (reason.to_string(), message.clone()),
        _ => (ready.reason.clone(), ready.message.clone()),
    };
    Some((type_, "True", reason, message))
}

fn condition(says: Says, previous: &[Condition], generation: i64, now: Timestamp) -> Condition {
    let (type_, status, reason, message) = says;
    let before = previous
        .iter()
        .find(|c| c.type_ == type_ && c.status == status);
    let message = bounded(message);
    let unsaid =
        before.filter(|before| before.reason != reason || !same_news(&before.message, &message));
    Condition {
        type_: type_.into(),
        status: status.into(),
        message: before
            .filter(|_| unsaid.is_none())
            .map_or(message, |before| before.message.clone()),
        reason,
        observed_generation: Some(generation),
        last_transition_time: before.map_or_else(
            || Time(whole_seconds(now)),
            |before| before.last_transition_time.clone(),
        ),
    }
}

fn drifted(drift: &[Drift]) -> String {
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

/// Whether two messages tell the same: AWS's id of a request differs with every try, and a time since when does not begin anew.
pub(crate) fn same_news(old: &str, new: &str) -> bool {
    fn gist(message: &str) -> &str {
        let message = message.split(" (request ").next().unwrap_or(message);
        message.split(" since ").next().unwrap_or(message)
    }
    gist(old) == gist(new)
}

/// Kubernetes writes times in whole seconds: a finer one would never equal what is read back.
fn whole_seconds(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// A condition's reason must look like an identifier, or the API server refuses the whole status.
fn is_word(code: &str) -> bool {
    code.len() <= 128
        && code.starts_with(|c: char| c.is_ascii_alphabetic())
        && code.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Messages come partly from CloudFront; the API server takes at most 32,768 characters.
fn bounded(message: String) -> String {
    const LIMIT: usize = 2_000;
    match message.char_indices().nth(LIMIT) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message,
    }
}
