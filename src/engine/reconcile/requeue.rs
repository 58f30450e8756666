//! When an object is reconciled again.

use crate::engine::{
    api::outcome::Outcome,
    config::{EngineConfig, RESYNCS_PER_RECONCILE, with_jitter, with_late_jitter},
    reconcile::applied::Retry,
};
use std::time::Duration;

/// The longest delay between attempts after transient failures.
const MAX_BACKOFF: Duration = Duration::from_mins(5);

/// The longest delay between attempts while the failure concerns all objects.
const MAX_ACCOUNT_BACKOFF: Duration = Duration::from_mins(1);

/// The interval at which the values of Secrets are read: Secrets are neither listed nor watched.
const SECRET_MAX_AGE: Duration = Duration::from_mins(1);

/// Checks of an object without a recorded account for that account, in one resync period.
const ACCOUNT_CHECKS_PER_RESYNC: u32 = 4;

/// The event that reconciles an object before its delay ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WakeUp {
    /// No event: the resource is not polled.
    None,
    /// The resource has changed or does not exist any more.
    OnChange,
    /// The same, or the resource is deployed.
    OnDeployment,
    /// The turn of a request is near.
    OnTurn,
    /// The first list was read.
    OnList,
}

/// The inputs of the delay, apart from the outcome.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule<'a> {
    /// The failures in a row.
    pub(crate) failures: u32,
    /// The event that may come first.
    pub(crate) wake_up: WakeUp,
    /// The minimum delay between two checks of the one-shot queue.
    pub(crate) queue_recheck_delay: Duration,
    /// The intervals that are configured.
    pub(crate) config: &'a EngineConfig,
    /// Whether the spec takes values from Secrets.
    pub(crate) has_secrets: bool,
    /// The time until the version of the pairs of the resource is read, which no list shows. `None`: the resource has none.
    pub(crate) pair_check: Option<Duration>,
    /// When a failure is repeated.
    pub(crate) retry: Retry,
    /// How long "not found" stays inconclusive, if CloudFront does not find the resource.
    pub(crate) inconclusive_for: Option<Duration>,
    /// Whether the AWS account of the resource is not recorded.
    pub(crate) lacks_account: bool,
    /// Whether the last write omitted fields that an update has to send.
    pub(crate) needs_followup_update: bool,
    /// The time until an update that is withheld may be sent.
    pub(crate) pause: Option<Duration>,
}

/// Returns the delay until the next reconciliation. `None`: an event starts it, at the latest the poller's own check of overdue objects.
pub(crate) fn requeue_after(outcome: &Outcome, schedule: Schedule<'_>) -> Option<Duration> {
    if *outcome == Outcome::Finalized {
        return None;
    }
    if schedule.needs_followup_update {
        return Some(backoff(1));
    }
    let secrets = schedule.has_secrets.then_some(SECRET_MAX_AGE);
    // STS is asked again ten minutes after a failure, whichever object needs it first. A reconciliation before that costs no request.
    let account = schedule
        .lacks_account
        .then(|| with_late_jitter(schedule.config.resync_period / ACCOUNT_CHECKS_PER_RESYNC));
    let pairs = schedule.pair_check.map(with_late_jitter);
    let limits = secrets.into_iter().chain(account).chain(pairs);
    let limits = limits.chain(schedule.pause);
    delay(outcome, schedule).into_iter().chain(limits).min()
}

fn delay(outcome: &Outcome, schedule: Schedule<'_>) -> Option<Duration> {
    let Schedule {
        failures,
        wake_up,
        config,
        inconclusive_for,
        ..
    } = schedule;
    let resync = with_jitter(config.resync_period);
    let delay = match outcome {
        Outcome::Queued(_) | Outcome::Postponed if wake_up == WakeUp::OnTurn => resync,
        Outcome::Postponed if wake_up == WakeUp::OnList => resync,
        // A check of the one-shot queue sends no request.
        Outcome::Queued(_) => {
            let soon = config.deployment_poll_interval.min(Duration::from_secs(1));
            soon.max(schedule.queue_recheck_delay)
        }
        Outcome::Retrying { .. } | Outcome::Stalled { .. } | Outcome::Postponed
            if schedule.retry == Retry::WithinAMinute =>
        {
            backoff(failures).min(MAX_ACCOUNT_BACKOFF)
        }
        Outcome::Stalled { .. } if schedule.retry == Retry::WithBackoff => backoff(failures),
        // The backoff would pass the moment at which the absence becomes conclusive.
        Outcome::Retrying { .. } => backoff(failures).min(inconclusive_for.unwrap_or(MAX_BACKOFF)),
        // A change of a referenced object ends the wait earlier. A Secret is not watched.
        Outcome::Postponed | Outcome::Waiting(_) => backoff(failures),
        Outcome::InUse(_) => config.deployment_poll_interval.max(backoff(failures)),
        Outcome::Deploying(_) | Outcome::Disabling if wake_up != WakeUp::OnDeployment => backoff(1),
        Outcome::InSync | Outcome::Drifted(_) if wake_up != WakeUp::None => return None,
        // Nothing is left to do but to restore the status if a client changes it.
        Outcome::Completed | Outcome::Failed { .. } => resync * RESYNCS_PER_RECONCILE,
        Outcome::Finalized | Outcome::Unreported => return None,
        Outcome::Deploying(_)
        | Outcome::Disabling
        | Outcome::InSync
        | Outcome::Drifted(_)
        | Outcome::DeletionProtected(_)
        | Outcome::ReadOnly { .. }
        | Outcome::Suspended { .. }
        | Outcome::Stalled { .. } => resync,
    };
    Some(delay)
}

/// Returns the delay after this many failures in a row: it doubles from one second to five minutes, and is shortened by up to half.
pub(crate) fn backoff(failures: u32) -> Duration {
    let delay = Duration::from_secs(1) * 2_u32.saturating_pow(failures.saturating_sub(1).min(9));
    delay.min(MAX_BACKOFF).mul_f64(1.0 - fastrand::f64() / 2.0)
}
