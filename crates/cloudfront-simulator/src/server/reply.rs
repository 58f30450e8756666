//! Answers before they are sent.

use std::time::Duration;

use crate::error::ApiError;

/// An HTTP answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// A pause between a few bytes and the next.
    pub(crate) pace: Option<Duration>,
}

impl Reply {
    pub(crate) fn xml(status: u16, request_id: &str, body: String) -> Self {
        let mut headers = vec![("x-amzn-requestid", request_id.to_owned())];
        if !body.is_empty() {
            headers.push(("content-type", "text/xml".to_owned()));
        }
        Self {
            status,
            headers,
            body: body.into_bytes(),
            pace: None,
        }
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
            pace: None,
        }
    }

    pub(crate) fn set_header(&mut self, name: &'static str, value: &str) {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
    }
}
