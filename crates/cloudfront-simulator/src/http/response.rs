//! HTTP responses before delivery.

use std::time::Duration;

use crate::error::ApiError;

/// An HTTP response.
#[derive(Clone, Debug, Default)]
pub(crate) struct HttpResponse {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// The delay between chunks of a few bytes; `None` sends the body at once.
    pub(crate) chunk_delay: Option<Duration>,
}

impl HttpResponse {
    pub(crate) fn xml(status: u16, request_id: &str, body: String) -> Self {
        let mut headers = vec![("x-amzn-requestid", request_id.to_owned())];
        if !body.is_empty() {
            headers.push(("content-type", "text/xml".to_owned()));
        }
        Self {
            status,
            headers,
            body: body.into_bytes(),
            chunk_delay: None,
        }
    }

    pub(crate) fn binary(status: u16, request_id: &str, body: Vec<u8>) -> Self {
        let headers = vec![
            ("x-amzn-requestid", request_id.to_owned()),
            ("content-type", "application/octet-stream".to_owned()),
        ];
        Self {
            status,
            headers,
            body,
            chunk_delay: None,
        }
    }

    /// Whether the body is bytes and no document.
    pub(crate) fn is_binary(&self) -> bool {
        let mut headers = self.headers.iter();
        headers.any(|(name, value)| *name == "content-type" && value == "application/octet-stream")
    }

    pub(crate) fn error(error: &ApiError, request_id: &str) -> Self {
        Self::xml(error.status, request_id, error.to_document(request_id))
    }

    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self {
            status,
            headers,
            body: format!("{body:#}\n").into_bytes(),
            chunk_delay: None,
        }
    }

    /// Returns a response of a service with JSON.
    pub(crate) fn rest_json(status: u16, request_id: &str, body: &serde_json::Value) -> Self {
        let headers = vec![
            ("x-amzn-requestid", request_id.to_owned()),
            ("content-type", "application/json".to_owned()),
        ];
        Self {
            status,
            headers,
            body: body.to_string().into_bytes(),
            chunk_delay: None,
        }
    }

    /// Returns the body of a response in JSON.
    pub(crate) fn json_body(&self) -> Option<serde_json::Value> {
        let is_json =
            |(name, value): &(&str, String)| *name == "content-type" && value == "application/json";
        let mut headers = self.headers.iter();
        headers.find(|header| is_json(header))?;
        serde_json::from_slice(&self.body).ok()
    }

    pub(crate) fn set_header(&mut self, name: &'static str, value: &str) {
        self.headers.retain(|(existing, _)| *existing != name);
        self.headers.push((name, value.to_owned()));
    }
}
