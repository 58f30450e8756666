//! The wait for a write slot. It ends the reconciliation, so that a long queue occupies no worker.

use crate::{
    cloudfront::Client,
    engine::{
        api::outcome::Outcome, kind::Kind, object_state::HeldReservation,
        reconcile::reconciliation::Reconciliation,
    },
};
use std::sync::Arc;

/// The result of a request for a write slot.
pub(super) enum WriteSlot {
    /// The write may be sent now, with this client.
    Granted(Client),
    /// Other writes are first. The object is enqueued when its turn comes.
    Queued(Outcome),
}

/// Reserves a write slot, or uses the reservation of an earlier reconciliation.
pub(super) fn reserve_write<K: Kind>(
    rec: &Reconciliation<'_, K>,
    held: &mut HeldReservation,
) -> WriteSlot {
    let priority = rec.subject.write_priority();
    // The spec may have changed while the object waited to correct drift: then it needs a higher priority.
    let earlier = held.take().filter(|it| it.priority() <= priority);
    let reservation = earlier.unwrap_or_else(|| {
        let (wake, key) = (rec.context.wake.clone(), rec.object_key());
        rec.cloudfront.reserve_write(priority, move || {
            // The receiver is dropped at shutdown only.
            let _ = wake.unbounded_send(key);
        })
    });
    if reservation.is_ready() {
        return WriteSlot::Granted(rec.cloudfront.with_reservation(Arc::new(reservation)));
    }
    let outcome = queued(reservation.position());
    held.hold(reservation);
    WriteSlot::Queued(outcome)
}

/// Returns the outcome with the position in the queue. It is rounded up, so that not every step of the queue writes every status.
fn queued(ahead: usize) -> Outcome {
    let ahead = ahead.next_power_of_two();
    Outcome::Queued(format!(
        "Waits for the rate limiter: at most {ahead} write requests are ahead of it (--cloudfront-write-qps)."
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
            let Outcome::Queued(message) = queued(ahead) else {
                panic!("the object is queued");
            };
            assert!(message.contains(shown), "{ahead}: {message}");
        }
    }
}
