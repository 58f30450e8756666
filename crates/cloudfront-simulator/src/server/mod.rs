//! HTTP/1.1 on loopback, with enough control over the connection to break it.

mod body;
mod connection;
mod deliver;
mod pipeline;
mod reply;
mod visit;

pub(crate) use connection::{Doom, Handler, serve};
pub(crate) use deliver::Delivery;
pub(crate) use pipeline::api;
pub(crate) use reply::Reply;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::{HeaderMap, body::Incoming};

/// More than any request of the service needs.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// A request, read whole.
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) path: String,
    /// As sent, without the question mark.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    /// Reads the body; `None` if the client went away or sent too much.
    async fn read(request: hyper::Request<Incoming>) -> Option<Self> {
        let (parts, body) = request.into_parts();
        let body = Limited::new(body, MAX_BODY)
            .collect()
            .await
            .ok()?
            .to_bytes();
        Some(Self {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            body,
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Decoded pairs; a form's body or a query.
    pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
        let decode = |part: &str| crate::model::decode(&part.replace('+', " ")).into_owned();
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(n, v)| (decode(n), decode(v)))
            .collect()
    }
}
