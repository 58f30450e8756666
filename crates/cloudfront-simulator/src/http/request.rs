//! HTTP requests with their complete body.

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::{HeaderMap, body::Incoming};

use crate::model::percent_decode;

/// Larger than any request body that the service accepts.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// A request with its complete body.
pub(crate) struct HttpRequest {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The query as sent, without the question mark.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl HttpRequest {
    /// Reads the body. Returns `None` if the client disconnects or the body exceeds the limit.
    pub(super) async fn read(request: hyper::Request<Incoming>) -> Option<Self> {
        let (parts, body) = request.into_parts();
        let body = Limited::new(body, MAX_BODY)
            .collect()
            .await
            .ok()?
            .to_bytes();
        Some(hyper::Request::from_parts(parts, body).into())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Decodes the name-value pairs of a query or of a form body.
    pub(crate) fn decode_pairs(text: &str) -> Vec<(String, String)> {
        let decode = |part: &str| percent_decode(&part.replace('+', " ")).into_owned();
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(n, v)| (decode(n), decode(v)))
            .collect()
    }
}

impl From<hyper::Request<Bytes>> for HttpRequest {
    fn from(request: hyper::Request<Bytes>) -> Self {
        let (parts, body) = request.into_parts();
        Self {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            body,
        }
    }
}
