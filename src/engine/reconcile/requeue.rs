//! When to look again.

use crate::engine::{
    api::{config::EngineConfig, outcome::Outcome as State},
    jitter::with_jitter,
};
use std::time::Duration;

/// The longest pause between tries while something passing stands in the way.
const LONGEST: Duration = Duration::from_mins(5);

pub(crate) use crate::engine::api::config::RESYNCS_PER_RECONCILE as SLOW;

/// What an object is woken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Watch {
    /// Its remote is not watched.
    Nothing,
    /// Its remote is changed, or gone.
    Change,
    /// The same, or its remote is deployed.
    Deployment,
    /// Its turn to write.
    Turn,
}

/// How long to wait before the next pass over an object in this state; `failures` counts the failed passes in a row, and
/// `crowd` is what whoever queues should leave at the least. `None`: until
/// something wakes it, be it the lookout on its rounds.
pub(crate) fn next(
    state: &State,
    failures: u32,
    watch: Watch,
    crowd: Duration,
    config: &EngineConfig,
) -> Option<Duration> {
    let resync = with_jitter(config.resync_interval);
    let pause = match state {
        State::Queued(_) if watch == Watch::Turn => resync,
        // Its turn comes when others are done, which costs no call to see.
        State::Queued(_) => {
            let soon = config.deploy_poll_interval.min(Duration::from_secs(1));
            soon.max(crowd)
        }
        State::Retrying { .. } => retry(failures),
        State::InUse(_) => config.deploy_poll_interval.max(retry(failures)),
        State::Deploying(_) | State::Disabling if watch != Watch::Deployment => retry(1),
        State::InSync | State::Drifted(_) if watch != Watch::Nothing => return None,
        State::Finalized | State::Unreported => return None,
        // Nothing is done any more, but to write the status again where somebody has changed it.
        State::Completed => resync * SLOW,
        State::Deploying(_)
        | State::Disabling
        | State::Waiting(_)
        | State::InSync
        | State::Failed { .. }
        | State::Drifted(_)
        | State::ReadOnly(_)
        | State::Suspended { .. }
        | State::Stalled { .. } => resync,
    };
    Some(pause)
}

/// Doubles from one second on, up to five minutes, less up to a half so that many do not come at once.
pub(crate) fn retry(failures: u32) -> Duration {
    let pause = Duration::from_secs(1) * 2_u32.saturating_pow(failures.saturating_sub(1).min(9));
    pause.min(LONGEST).mul_f64(1.0 - fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_grow_and_stay_bounded() {
        for (failures, longest) in [
            (1, 1),
            (2, 2),
            (5, 16),
            (9, 256),
            (10, 300),
            (u32::MAX, 300),
        ] {
            let pause = retry(failures);
            let longest = Duration::from_secs(longest);
            assert!(
                pause <= longest && pause >= longest / 2,
                "{failures}: {pause:?}"
            );
        }
    }
}
