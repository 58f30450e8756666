//! Parsing of control requests, and their errors.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{clock::DurationError, control::ControlError, http::HttpRequest};

/// A control request is not valid or cannot be applied.
#[derive(Debug, thiserror::Error)]
pub(super) enum RequestError {
    #[error("there is no {0}; GET /_sim lists the paths")]
    NotFound(String),
    #[error("the body is not what this needs: {0}")]
    Body(#[from] serde_json::Error),
    #[error("the query is not what this needs: {0}")]
    Query(String),
    #[error(transparent)]
    Duration(#[from] DurationError),
    #[error(transparent)]
    Control(#[from] ControlError),
}

impl RequestError {
    pub(super) fn not_found(request: &HttpRequest) -> Self {
        Self::NotFound(format!("{} {}", request.method, request.path))
    }

    /// The HTTP status of the response.
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::NotFound(_) | Self::Control(ControlError::NoSuchResource(_)) => 404,
            _ => 400,
        }
    }
}

/// The response to a successful request that returns no data.
pub(super) fn done() -> Value {
    json!({ "done": true })
}

pub(super) fn query_parameter(request: &HttpRequest, name: &str) -> Option<String> {
    let mut query = HttpRequest::decode_pairs(&request.query).into_iter();
    query.find(|(key, _)| key == name).map(|(_, value)| value)
}

pub(super) fn parse_body<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, RequestError> {
    Ok(serde_json::from_slice(&request.body)?)
}
