//! The body of a write, which is withheld at the last moment if the write may not be sent any more.

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

/// Whether a write may be sent now.
pub(in crate::cloudfront) type MaySend = Arc<dyn Fn() -> bool + Send + Sync>;

/// The body of one request. The connection takes it right before it writes the request, so neither a slow connection nor a pause of the
/// process lets a write leave later than it may. A server does not execute a request whose body is missing.
pub(super) struct GuardedBody {
    bytes: Option<Bytes>,
    may_send: MaySend,
    is_withheld: Arc<AtomicBool>,
}

/// The body was not sent.
#[derive(Debug, thiserror::Error)]
#[error("the request may not be sent any more")]
pub(super) struct Withheld;

impl GuardedBody {
    /// Returns the body, and what is set when it is withheld.
    pub(super) fn new(bytes: Bytes, may_send: MaySend) -> (Self, Arc<AtomicBool>) {
        let is_withheld = Arc::<AtomicBool>::default();
        let body = Self {
            bytes: Some(bytes),
            may_send,
            is_withheld: is_withheld.clone(),
        };
        (body, is_withheld)
    }
}

impl Body for GuardedBody {
    type Data = Bytes;
    type Error = Withheld;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Withheld>>> {
        let frame = self.bytes.take().map(|bytes| {
            if (self.may_send)() {
                return Ok(Frame::data(bytes));
            }
            self.is_withheld.store(true, Ordering::Relaxed);
            Err(Withheld)
        });
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.bytes.as_ref().map_or(0, Bytes::len);
        SizeHint::with_exact(length as u64)
    }
}
