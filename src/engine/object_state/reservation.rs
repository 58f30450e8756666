//! The reservation for a request, which outlives the reconciliation that made it.

use crate::cloudfront::Reservation;

/// The position of an object in the queue of reads or of writes, until its turn comes.
#[derive(Debug, Default)]
pub(crate) enum HeldReservation {
    /// The object does not wait for a turn.
    #[default]
    None,
    /// The object waits for its turn, which enqueues it.
    Held(Box<Reservation>),
    /// The object is being reconciled and may use the reservation. It is released at the end otherwise.
    Offered(Box<Reservation>),
}

impl HeldReservation {
    /// Offers the reservation to the reconciliation that begins.
    pub(crate) fn offer(&mut self) {
        if let Some(reservation) = self.take() {
            *self = Self::Offered(Box::new(reservation));
        }
    }

    /// Takes the reservation. It is released when it is dropped.
    pub(crate) fn take(&mut self) -> Option<Reservation> {
        match std::mem::take(self) {
            Self::None => None,
            Self::Held(reservation) | Self::Offered(reservation) => Some(*reservation),
        }
    }

    /// Holds a reservation until the next reconciliation.
    pub(crate) fn hold(&mut self, reservation: Reservation) {
        *self = Self::Held(Box::new(reservation));
    }

    /// Releases a reservation that the reconciliation did not use.
    pub(crate) fn release_unused(&mut self) {
        if matches!(self, Self::Offered(_)) {
            *self = Self::None;
        }
    }

    /// Whether the object waits for its turn.
    pub(crate) fn is_held(&self) -> bool {
        matches!(self, Self::Held(_))
    }
}
