//! Watches that stay open and say nothing, as behind a network that drops packets.

use super::RequestLabel;
use bytes::Bytes;
use futures::{StreamExt, future::pending, stream};
use http_body_util::{BodyExt, BodyStream, StreamBody, combinators::UnsyncBoxBody};
use kube::client::Body;
use tokio::sync::watch;

/// A body that is complete, or the stream of a watch.
pub(super) type ProxyBody = UnsyncBoxBody<Bytes, kube::Error>;

/// The silences so far.
#[derive(Debug, Default)]
struct Silences {
    /// The resource of each; `None`: all resources.
    begun: Vec<Option<String>>,
    /// How many of them are over for watches that start from now on.
    ended: usize,
}

/// The switch for the watches of a proxy.
#[derive(Default)]
pub(super) struct Silence(watch::Sender<Silences>);

impl Silence {
    pub(super) fn begin(&self, resource: Option<&str>) {
        let resource = resource.map(Into::into);
        self.0.send_modify(|silences| silences.begun.push(resource));
    }

    pub(super) fn end(&self) {
        self.0
            .send_modify(|silences| silences.ended = silences.begun.len());
    }

    /// Returns the body of a response. That of a watch passes on nothing more from the moment at which its resource is silent.
    pub(super) fn apply(&self, label: &RequestLabel, body: Body) -> ProxyBody {
        if label.verb != "watch" {
            return body.boxed_unsync();
        }
        let mut silences = self.0.subscribe();
        let ended = silences.borrow().ended;
        let resource = label.resource.clone();
        let begins = async move {
            let covers =
                |silence: &Option<String>| silence.as_ref().is_none_or(|it| *it == resource);
            // The sender lives as long as the proxy, whose end closes the connection.
            silences
                .wait_for(|silences| silences.begun[ended..].iter().any(covers))
                .await
                .ok();
        };
        let frames = stream::unfold(
            (BodyStream::new(body), Box::pin(begins)),
            async |(mut body, mut begins)| {
                tokio::select! {
                    biased;
                    () = &mut begins => pending().await,
                    frame = body.next() => Some((frame?, (body, begins))),
                }
            },
        );
        StreamBody::new(frames).boxed_unsync()
    }
}
