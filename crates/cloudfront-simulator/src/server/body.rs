//! A response body that can stop short, or drip.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

const DROP: usize = 64;
/// A cut must not overtake what was written before it, so it waits for that to be flushed.
const FLUSH: Duration = Duration::from_millis(20);

/// Announces its whole length, and may end before it.
pub(crate) struct ReplyBody {
    announced: u64,
    rest: Bytes,
    cut: bool,
    pace: Option<Duration>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl ReplyBody {
    pub(super) fn new(data: Vec<u8>, pace: Option<Duration>) -> Self {
        let rest = Bytes::from(data);
        Self {
            announced: rest.len() as u64,
            rest,
            cut: false,
            pace,
            pause: None,
        }
    }

    /// Announces everything, sends so many bytes, and breaks the connection.
    pub(super) fn cut_at(mut self, at: usize) -> Self {
        self.rest.truncate(at);
        self.cut = true;
        self.pause = Some(Box::pin(sleep(FLUSH)));
        self
    }

    fn next_piece(&mut self) -> Bytes {
        let length = if self.pace.is_some() {
            DROP.min(self.rest.len())
        } else {
            self.rest.len()
        };
        self.rest.split_to(length)
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        if self.rest.is_empty() {
            let broken = io::Error::other("the fault cuts the body here");
            return Poll::Ready(std::mem::take(&mut self.cut).then_some(Err(broken)));
        }
        let pause = self.pace.or(self.cut.then_some(FLUSH));
        self.pause = pause.map(|pause| Box::pin(sleep(pause)));
        Poll::Ready(Some(Ok(Frame::data(self.next_piece()))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && !self.cut
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
