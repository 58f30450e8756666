//! The delay until the next reconciliation.

use crate::{
    engine::{
        api::{outcome::Outcome, reason::Reason},
        config::EngineConfig,
        in_process::{Cluster, distribution_spec, unreachable},
        kind::Kind,
        reconcile::{
            applied::Retry,
            fixtures::both,
            requeue::{Schedule, WakeUp, backoff, requeue_after},
        },
    },
    kinds::distribution::Distribution,
};
use serde_json::json;
use std::time::Duration;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn config() -> EngineConfig {
    EngineConfig {
        resync_period: seconds(600),
        deployment_poll_interval: seconds(30),
        max_concurrent_reconciles: 1,
        is_read_only: false,
        label_selector: None,
    }
}

/// Returns a schedule without failures, events and deadlines.
fn schedule(config: &EngineConfig) -> Schedule<'_> {
    Schedule {
        failures: 0,
        wake_up: WakeUp::None,
        queue_recheck_delay: Duration::ZERO,
        config,
        retry: Retry::ByOutcome,
        has_secrets: false,
        pair_check: None,
        inconclusive_for: None,
        lacks_account: false,
        needs_followup_update: false,
        pause: None,
    }
}

#[test]
fn failures_delay_longer_and_longer_up_to_five_minutes() {
    for (failures, longest) in [
        (1, 1),
        (2, 2),
        (5, 16),
        (9, 256),
        (10, 300),
        (u32::MAX, 300),
    ] {
        let (delay, longest) = (backoff(failures), seconds(longest));
        let expected = longest / 2..=longest;
        assert!(expected.contains(&delay), "{failures}: {delay:?}");
    }
}

/// The least and the most seconds, if there is a delay.
type Bounds = Option<(u64, u64)>;

/// An outcome, the event that may come first, and the bounds of the delay in seconds.
fn table() -> Vec<(Outcome, WakeUp, Bounds)> {
    let text = String::new;
    let (short, resync) = (Some((0, 1)), Some((480, 720)));
    let retrying = Outcome::Retrying {
        reason: Reason::Throttled,
        message: text(),
    };
    let stalled = Outcome::Stalled {
        reason: Reason::Rejected,
        code: None,
        message: text(),
    };
    let failed = Outcome::Failed {
        reason: Reason::Rejected,
        code: None,
        message: text(),
    };
    vec![
        (Outcome::InSync, WakeUp::None, resync),
        (Outcome::InSync, WakeUp::OnChange, None),
        (Outcome::Drifted(vec![]), WakeUp::OnChange, None),
        (Outcome::Drifted(vec![]), WakeUp::None, resync),
        (Outcome::Deploying(text()), WakeUp::OnChange, short),
        (Outcome::Deploying(text()), WakeUp::OnDeployment, resync),
        (Outcome::Disabling, WakeUp::None, short),
        (Outcome::Disabling, WakeUp::OnDeployment, resync),
        (Outcome::Queued(text()), WakeUp::OnTurn, resync),
        (Outcome::Postponed, WakeUp::OnTurn, resync),
        (Outcome::Postponed, WakeUp::OnList, resync),
        (Outcome::Postponed, WakeUp::None, Some((4, 8))),
        (Outcome::Queued(text()), WakeUp::None, Some((4, 4))),
        (retrying, WakeUp::None, Some((4, 8))),
        (Outcome::DeletionProtected(text()), WakeUp::None, resync),
        (Outcome::InUse(text()), WakeUp::None, Some((30, 30))),
        (Outcome::Completed, WakeUp::None, Some((2880, 4320))),
        (failed, WakeUp::None, Some((2880, 4320))),
        (Outcome::Waiting(text()), WakeUp::None, Some((4, 8))),
        (
            Outcome::ReadOnly {
                message: text(),
                drift: vec![],
            },
            WakeUp::None,
            resync,
        ),
        (
            Outcome::Suspended {
                pending_changes: true,
            },
            WakeUp::None,
            resync,
        ),
        (stalled, WakeUp::None, resync),
        (Outcome::Finalized, WakeUp::None, None),
        (Outcome::Unreported, WakeUp::None, None),
    ]
}

#[test]
fn every_outcome_has_its_delay() {
    let config = config();
    for (outcome, wake_up, bounds) in table() {
        let schedule = Schedule {
            failures: 4,
            wake_up,
            queue_recheck_delay: seconds(4),
            ..schedule(&config)
        };
        let delay = requeue_after(&outcome, schedule);
        match bounds {
            None => assert_eq!(delay, None, "{outcome:?}"),
            Some((least, most)) => {
                let delay = delay.expect("there is a delay");
                assert!(
                    (seconds(least)..=seconds(most)).contains(&delay),
                    "{outcome:?} {delay:?}"
                );
            }
        }
    }
}

#[test]
fn secrets_are_read_again_and_a_follow_up_is_sent_soon() {
    let config = config();
    let schedule = Schedule {
        wake_up: WakeUp::OnChange,
        has_secrets: true,
        ..schedule(&config)
    };
    assert_eq!(requeue_after(&Outcome::InSync, schedule), Some(seconds(60)));
    let schedule = Schedule {
        needs_followup_update: true,
        ..schedule
    };
    let delay = requeue_after(&Outcome::InSync, schedule);
    assert!(delay.is_some_and(|delay| delay <= seconds(1)), "{delay:?}");
    assert_eq!(requeue_after(&Outcome::Finalized, schedule), None);
}

#[test]
fn a_refusal_that_passes_by_itself_is_repeated_soon() {
    let config = config();
    let stalled = Outcome::Stalled {
        reason: Reason::Rejected,
        code: None,
        message: String::new(),
    };
    for (retry, failures, longest) in [
        (Retry::WithBackoff, 1, 1),
        (Retry::WithBackoff, 20, 300),
        (Retry::WithinAMinute, 1, 1),
        (Retry::WithinAMinute, 20, 60),
    ] {
        let schedule = Schedule {
            failures,
            retry,
            ..schedule(&config)
        };
        let delay = requeue_after(&stalled, schedule);
        assert!(
            delay.is_some_and(|delay| delay <= seconds(longest)),
            "{retry:?} {delay:?}"
        );
    }
}

#[test]
fn a_read_follows_at_the_moment_at_which_an_absence_becomes_conclusive() {
    let config = config();
    let schedule = Schedule {
        failures: 7,
        inconclusive_for: Some(seconds(5)),
        ..schedule(&config)
    };
    let retrying = Outcome::Retrying {
        reason: Reason::Conflict,
        message: String::new(),
    };
    assert_eq!(requeue_after(&retrying, schedule), Some(seconds(5)));
}

#[test]
fn an_account_that_is_not_recorded_is_looked_up_several_times_in_a_resync_period() {
    let config = config();
    let schedule = Schedule {
        wake_up: WakeUp::OnChange,
        lacks_account: true,
        ..schedule(&config)
    };
    for _ in 0..100 {
        let delay = requeue_after(&Outcome::InSync, schedule).expect("no event may come");
        assert!((seconds(150)..=seconds(180)).contains(&delay), "{delay:?}");
    }
}

#[tokio::test]
async fn failures_in_a_row_are_counted_until_another_outcome() {
    let mut cluster = Cluster::start(Distribution::DEFINITION, unreachable()).await;
    let missing =
        json!({ "defaultCacheBehavior": { "responseHeadersPolicyRef": { "name": "missing" } } });
    let object = cluster
        .create("www", &both(distribution_spec(), &missing))
        .await;
    let uid = object["metadata"]["uid"].as_str().expect("a uid");
    for (suspend, expected) in [(false, 1), (false, 2), (true, 0), (false, 1)] {
        let spec = json!({ "spec": { "suspend": suspend } });
        cluster.patch("www", &spec).await;
        cluster.reconcile("www").await;
        let states = &cluster.context.states;
        let state = states.take(uid);
        assert_eq!(state.failures.in_a_row(), expected, "suspend: {suspend}");
        states.put(uid.to_owned(), state);
    }
}
