//! A response body that can be truncated or sent slowly.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// The size of a chunk of a slow body, in bytes.
const CHUNK: usize = 64;
/// The delay before a truncation, so that the bytes sent before it are flushed first.
const FLUSH_DELAY: Duration = Duration::from_millis(20);

/// A body that declares its full length and can end earlier.
pub(super) struct ResponseBody {
    declared_length: u64,
    rest: Bytes,
    is_truncated: bool,
    chunk_delay: Option<Duration>,
    current_delay: Option<Pin<Box<Sleep>>>,
}

impl ResponseBody {
    pub(super) fn new(data: Vec<u8>, chunk_delay: Option<Duration>) -> Self {
        let rest = Bytes::from(data);
        Self {
            declared_length: rest.len() as u64,
            rest,
            is_truncated: false,
            chunk_delay,
            current_delay: None,
        }
    }

    /// Declares the full length, sends `length` bytes, then fails, which closes the connection.
    pub(super) fn truncated(mut self, length: usize) -> Self {
        self.rest.truncate(length);
        self.is_truncated = true;
        self.current_delay = Some(Box::pin(sleep(FLUSH_DELAY)));
        self
    }

    fn next_chunk(&mut self) -> Bytes {
        let length = if self.chunk_delay.is_some() {
            CHUNK.min(self.rest.len())
        } else {
            self.rest.len()
        };
        self.rest.split_to(length)
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(delay) = &mut self.current_delay {
            ready!(delay.as_mut().poll(context));
            self.current_delay = None;
        }
        if self.rest.is_empty() {
            let error = io::Error::other("the fault cuts the body here");
            return Poll::Ready(std::mem::take(&mut self.is_truncated).then_some(Err(error)));
        }
        let delay = self
            .chunk_delay
            .or(self.is_truncated.then_some(FLUSH_DELAY));
        self.current_delay = delay.map(|delay| Box::pin(sleep(delay)));
        Poll::Ready(Some(Ok(Frame::data(self.next_chunk()))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && !self.is_truncated
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.declared_length)
    }
}
