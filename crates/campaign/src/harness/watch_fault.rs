//! Faults of watches: the stream of their events is changed on its way to the operator.

use crate::{
    api_server::{ResponseBody, watch_error},
    fault::Fault,
};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use http::Response;
use http_body::Frame;
use http_body_util::{BodyExt, BodyStream, StreamBody};
use serde_json::Value;
use std::{convert::Infallible, time::Duration};
use tokio::time::{Instant, sleep, timeout_at};

/// How often delayed events are tried again.
const RETRY_PERIOD: Duration = Duration::from_secs(1);

/// The time for which events are held back and combined.
const COMBINED_FOR: Duration = Duration::from_secs(5);

/// A line of the response, which is one event.
type Line = Result<Frame<Bytes>, Infallible>;

/// Returns the response to a watch with this fault.
pub(super) fn apply(fault: Fault, response: Response<ResponseBody>) -> Response<ResponseBody> {
    let (parts, body) = response.into_parts();
    let lines = BodyStream::new(body);
    let body = match fault {
        Fault::SilentWatch(after) => body_of(lines.take(after).chain(stream::pending())),
        Fault::ExpiredWatch => body_of(stream::iter([Ok(Frame::data(watch_error(410).into()))])),
        Fault::DuplicateEvents => body_of(lines.flat_map(|it| stream::iter(twice(it)))),
        Fault::CombinedEvents => body_of(combined(lines)),
        _ => body_of(lines),
    };
    Response::from_parts(parts, body)
}

/// Returns the response to a watch whose events are delayed while this is true.
pub(super) fn delay_while(
    response: Response<ResponseBody>,
    is_delayed: impl Fn() -> bool + Clone + Send + 'static,
) -> Response<ResponseBody> {
    let (parts, body) = response.into_parts();
    let lines = BodyStream::new(body).then(move |line| {
        let is_delayed = is_delayed.clone();
        async move {
            while is_delayed() {
                sleep(RETRY_PERIOD).await;
            }
            line
        }
    });
    Response::from_parts(parts, body_of(lines))
}

fn body_of(lines: impl Stream<Item = Line> + Send + 'static) -> ResponseBody {
    StreamBody::new(lines).boxed_unsync()
}

fn data(line: &Line) -> Option<&Bytes> {
    line.as_ref().ok()?.data_ref()
}

fn twice(event: Line) -> Vec<Line> {
    let again = data(&event).map(|it| Ok(Frame::data(it.clone())));
    again.into_iter().chain([event]).collect()
}

/// Holds events back, and passes on the last one of each object.
fn combined(lines: impl Stream<Item = Line> + Send + 'static) -> impl Stream<Item = Line> + Send {
    let lines = Box::pin(lines.fuse());
    let batches = stream::unfold(lines, async |mut lines| {
        let mut batch = vec![lines.next().await?];
        let until = Instant::now() + COMBINED_FOR;
        while let Ok(Some(event)) = timeout_at(until, lines.next()).await {
            batch.push(event);
        }
        Some((stream::iter(last_of_each(batch)), lines))
    });
    batches.flatten()
}

fn last_of_each(batch: Vec<Line>) -> Vec<Line> {
    let mut last: Vec<(Value, Line)> = vec![];
    for event in batch {
        let parsed = data(&event).and_then(|it| serde_json::from_slice::<Value>(it).ok());
        let uid = parsed.map(|it| it["object"]["metadata"]["uid"].clone());
        let uid = uid.unwrap_or_default();
        last.retain(|(other, _)| *other != uid);
        last.push((uid, event));
    }
    last.into_iter().map(|(_, event)| event).collect()
}
