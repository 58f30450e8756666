//! What precedes a request: the wait for the rate limiter, and for the first write in a term a look at the object.
//!
//! A long wait ends the reconciliation, so that a long queue occupies no worker.

use crate::{
    cloudfront::{Client, Reservation, Turn, WAKE_AHEAD},
    engine::{
        api::{FINALIZER, outcome::Outcome},
        kubernetes::metadata::{has_finalizer, read_metadata},
        object_state::{HeldReservation, ObjectState},
        reconcile::{applied::Retry, reconciliation::Reconciliation},
    },
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use std::time::Duration;
use tokio::time::sleep;

/// How often a wait looks for a change of the object.
const CHANGE_CHECK_PERIOD: Duration = Duration::from_millis(100);

/// The result of the wait for a turn.
pub(super) enum TurnResult {
    /// The request may be sent now, with this client.
    Taken(Client),
    /// Other requests are first. The object is enqueued when its turn comes.
    Queued(Outcome),
    /// The object has changed since this reconciliation read it. The change enqueues it, and it keeps its position. If the watch does not
    /// show the change, the object is tried again with growing delays.
    Outdated(Retry),
}

/// Waits for the turn of a write, or leaves a reservation. Fails if the Kubernetes API cannot confirm the object.
pub(super) async fn take_write_turn(
    rec: &Reconciliation<'_>,
    state: &mut ObjectState,
) -> Result<TurnResult, kube::Error> {
    if !is_current(rec, &mut state.is_confirmed).await? {
        return Ok(TurnResult::Outdated(Retry::WithinAMinute));
    }
    Ok(wait_for_write_turn(rec, &mut state.write_turn).await)
}

/// Reads the object from the API server unless it is confirmed. Returns whether it is as this reconciliation sees it.
///
/// A watch can lag behind. Meanwhile another replica may have led and handled what this one has not seen: an edit, which this replica
/// would revert, or the deletion, after which this replica would create the resource again for an object that is gone. Within a term
/// no other replica writes, so one read of the object is enough.
///
/// An object without the finalizer needs no read: the patch that adds the finalizer comes before the write, and fails if the object has
/// changed.
pub(super) async fn is_current(
    rec: &Reconciliation<'_>,
    is_confirmed: &mut bool,
) -> Result<bool, kube::Error> {
    let object = &rec.subject.object;
    if *is_confirmed || !has_finalizer(object) {
        return Ok(true);
    }
    let read = read_metadata(&rec.context.shared.kube, object).await?;
    *is_confirmed = read.is_some_and(|read| is_same(&read, object.meta()));
    Ok(*is_confirmed)
}

/// Whether nothing that decides over a write has changed.
fn is_same(read: &ObjectMeta, seen: &ObjectMeta) -> bool {
    let mut finalizers = read.finalizers.iter().flatten();
    read.uid == seen.uid
        && finalizers.any(|name| name == FINALIZER)
        && read.generation == seen.generation
        && read.deletion_timestamp == seen.deletion_timestamp
        && read.annotations == seen.annotations
}

async fn wait_for_write_turn(rec: &Reconciliation<'_>, held: &mut HeldReservation) -> TurnResult {
    let priority = rec.subject.write_priority();
    // The spec may have changed while the object waited to correct drift: then it needs a higher priority.
    let earlier = held.take().filter(|it| it.priority() <= priority);
    let reservation = earlier.unwrap_or_else(|| rec.cloudfront.reserve_write(priority, wake(rec)));
    match wait(rec, &reservation).await {
        Turn::Taken => TurnResult::Taken(rec.cloudfront.with_write_turn(reservation)),
        Turn::Refused => {
            held.hold(reservation);
            TurnResult::Outdated(Retry::ByOutcome)
        }
        Turn::NotYet => {
            let outcome = queued(reservation.position(), "write");
            held.hold(reservation);
            TurnResult::Queued(outcome)
        }
    }
}

/// Waits for the turn of a read, or leaves a reservation.
pub(super) async fn take_read_turn(
    rec: &Reconciliation<'_>,
    held: &mut HeldReservation,
) -> TurnResult {
    let priority = rec.subject.read_priority();
    let earlier = held.take().filter(|it| it.priority() <= priority);
    let reservation = earlier.unwrap_or_else(|| rec.cloudfront.reserve_read(priority, wake(rec)));
    match wait(rec, &reservation).await {
        Turn::Taken => TurnResult::Taken(rec.cloudfront.with_read_turn(reservation)),
        Turn::Refused => {
            held.hold(reservation);
            TurnResult::Outdated(Retry::ByOutcome)
        }
        Turn::NotYet => {
            let outcome = if rec.subject.has_pending_change() {
                queued(reservation.position(), "read")
            } else {
                Outcome::Postponed
            };
            held.hold(reservation);
            TurnResult::Queued(outcome)
        }
    }
}

/// Waits for a turn that is near, but not for long. A request that has not passed then is parked.
async fn wait(rec: &Reconciliation<'_>, reservation: &Reservation) -> Turn {
    if !reservation.is_ready() {
        return Turn::NotYet;
    }
    let turn = tokio::select! {
        turn = reservation.acquire_within(WAKE_AHEAD, || !rec.is_outdated()) => turn,
        () = until_outdated(rec) => Turn::Refused,
    };
    if turn == Turn::NotYet {
        reservation.park(wake(rec));
    }
    turn
}

/// Waits until the watch shows a change of the object. An edit then takes its own place in the queue at once, before those of later edits.
async fn until_outdated(rec: &Reconciliation<'_>) {
    while !rec.is_outdated() {
        sleep(CHANGE_CHECK_PERIOD).await;
    }
}

/// Returns a callback that enqueues the object.
fn wake(rec: &Reconciliation<'_>) -> impl FnOnce() + Send + 'static + use<> {
    let (wake, key) = (rec.context.wake.clone(), rec.object_key());
    move || {
        // The receiver is dropped at shutdown only.
        let _ = wake.unbounded_send(key);
    }
}

/// Returns the outcome with the position in the queue. It is rounded up, so that not every step of the queue writes every status.
fn queued(ahead: usize, verb: &str) -> Outcome {
    let ahead = ahead.next_power_of_two();
    Outcome::Queued(format!(
        "Waits for the rate limiter: at most {ahead} {verb} requests are ahead of it (--cloudfront-{verb}-qps)."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_position_is_rounded_up_to_a_power_of_two() {
        for (ahead, shown) in [
            (0, "most 1 "),
            (1, "most 1 "),
            (5, "most 8 "),
            (8, "most 8 "),
        ] {
            let Outcome::Queued(message) = queued(ahead, "write") else {
                panic!("the object is queued");
            };
            assert!(message.contains(shown), "{ahead}: {message}");
        }
    }
}
