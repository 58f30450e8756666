//! Watches: a stream of changes, ended by a timeout.

use super::{
    list::is_selected,
    response::{ApiError, ResponseBody},
    route::Route,
    store::{Change, Store},
};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use http::Response;
use http_body_util::{BodyExt, StreamBody};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{
    sync::watch::Receiver,
    time::{Instant, timeout_at},
};

/// The timeout of a watch that names none. kube-apiserver takes a random one of 30 to 60 minutes.
const DEFAULT_TIMEOUT: u64 = 1_800;

/// How long before the timeout a bookmark is sent, as in kube-apiserver.
const BOOKMARK_BEFORE_END: Duration = Duration::from_secs(2);

/// One watch.
struct Watch {
    store: Arc<Mutex<Store>>,
    revisions: Receiver<u64>,
    /// The last revision that the client knows.
    known: u64,
    bookmark_at: Option<Instant>,
    ends_at: Instant,
}

/// What a watch sends next.
enum Next {
    Changes(Vec<Change>),
    Bookmark(u64),
    Failed(ApiError),
    End,
}

pub(super) fn watch(route: &Route, store: &Arc<Mutex<Store>>) -> Response<ResponseBody> {
    let number = |name| route.query.get(name).and_then(|it| it.parse::<u64>().ok());
    let timeout = Duration::from_secs(number("timeoutSeconds").unwrap_or(DEFAULT_TIMEOUT));
    let ends_at = Instant::now() + timeout;
    let has_bookmarks = route
        .query
        .get("allowWatchBookmarks")
        .is_some_and(|it| it == "true");
    let revisions = store.lock().revisions();
    let watch = Watch {
        store: store.clone(),
        known: number("resourceVersion").unwrap_or_default(),
        revisions,
        bookmark_at: has_bookmarks.then(|| ends_at - timeout.min(BOOKMARK_BEFORE_END)),
        ends_at,
    };
    let lines = stream::unfold(Some(watch), async |watch| watch?.next().await);
    Response::new(StreamBody::new(frames(lines, route)).boxed_unsync())
}

/// Returns the lines of the response: a JSON document for each change of a selected object.
fn frames(
    events: impl Stream<Item = Next> + Send + 'static,
    route: &Route,
) -> impl Stream<Item = Result<http_body::Frame<Bytes>, Infallible>> + Send + 'static {
    let route = route.clone();
    events
        .flat_map(move |next| stream::iter(lines_of(next, &route)))
        .map(|line| Ok(http_body::Frame::data(Bytes::from(line))))
}

fn lines_of(next: Next, route: &Route) -> Vec<String> {
    match next {
        Next::Changes(changes) => changes
            .iter()
            .filter(|change| is_selected(route, &change.key))
            .map(|change| line(change.event, &change.object))
            .collect(),
        Next::Bookmark(revision) => {
            let object = json!({
                "kind": route.resource.kind,
                "apiVersion": route.resource.api_version(),
                "metadata": { "resourceVersion": revision.to_string() },
            });
            vec![line("BOOKMARK", &object)]
        }
        Next::Failed(error) => vec![line("ERROR", &error.to_status())],
        Next::End => vec![],
    }
}

/// Returns a line of the response. The type comes first, as from kube-apiserver: clients may decode the object as it arrives.
pub(super) fn line(event: &str, object: &Value) -> String {
    format!("{{\"type\":\"{event}\",\"object\":{object}}}\n")
}

impl Watch {
    /// Waits for the next lines. `None` as the second value ends the watch.
    async fn next(mut self) -> Option<(Next, Option<Self>)> {
        loop {
            let changes = self
                .store
                .lock()
                .changes_after(self.known)
                .map(<[Change]>::to_vec);
            match changes {
                Err(error) => return Some((Next::Failed(error), None)),
                Ok(changes) => {
                    if let Some(last) = changes.last() {
                        self.known = last.revision;
                        return Some((Next::Changes(changes), Some(self)));
                    }
                }
            }
            let until = self.bookmark_at.unwrap_or(self.ends_at);
            match timeout_at(until, self.revisions.changed()).await {
                Ok(Ok(())) => {}
                Err(_) if self.bookmark_at.take().is_some() => {
                    return Some((Next::Bookmark(self.known.max(self.revision())), Some(self)));
                }
                Ok(Err(_)) | Err(_) => return Some((Next::End, None)),
            }
        }
    }

    fn revision(&self) -> u64 {
        self.store.lock().revision()
    }
}
