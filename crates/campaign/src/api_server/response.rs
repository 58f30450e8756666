//! Responses and errors, in the form of kube-apiserver.

use super::types::ResourceType;
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use serde_json::{Value, json};
use std::convert::Infallible;

/// A body that is complete, or the stream of a watch.
pub(crate) type ResponseBody = UnsyncBoxBody<Bytes, Infallible>;

/// A rejected request: the `Status` object that the API returns.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct ApiError {
    code: StatusCode,
    reason: &'static str,
    message: String,
}

impl ApiError {
    pub(super) fn unknown_path() -> Self {
        Self {
            code: StatusCode::NOT_FOUND,
            reason: "NotFound",
            message: "the server could not find the requested resource".into(),
        }
    }

    pub(super) fn not_found(resource: &ResourceType, name: &str) -> Self {
        Self {
            code: StatusCode::NOT_FOUND,
            reason: "NotFound",
            message: format!("{} \"{name}\" not found", resource.qualified_name()),
        }
    }

    pub(super) fn already_exists(resource: &ResourceType, name: &str) -> Self {
        Self {
            code: StatusCode::CONFLICT,
            reason: "AlreadyExists",
            message: format!("{} \"{name}\" already exists", resource.qualified_name()),
        }
    }

    pub(super) fn conflict(resource: &ResourceType, name: &str, cause: &str) -> Self {
        let resource = resource.qualified_name();
        Self {
            code: StatusCode::CONFLICT,
            reason: "Conflict",
            message: format!("Operation cannot be fulfilled on {resource} \"{name}\": {cause}"),
        }
    }

    /// The request has an older resource version than the object.
    pub(super) fn modified(resource: &ResourceType, name: &str) -> Self {
        let cause = "the object has been modified; please apply your changes to the latest version and try again";
        Self::conflict(resource, name, cause)
    }

    pub(super) fn invalid(resource: &ResourceType, name: &str, cause: &str) -> Self {
        let kind = &resource.kind;
        let group = &resource.group;
        Self {
            code: StatusCode::UNPROCESSABLE_ENTITY,
            reason: "Invalid",
            message: format!("{kind}.{group} \"{name}\" is invalid: {cause}"),
        }
    }

    pub(super) fn bad_request(message: &str) -> Self {
        Self {
            code: StatusCode::BAD_REQUEST,
            reason: "BadRequest",
            message: message.into(),
        }
    }

    pub(super) fn expired() -> Self {
        Self {
            code: StatusCode::GONE,
            reason: "Expired",
            message: "too old resource version".into(),
        }
    }

    /// The real server behind this one does not respond.
    pub(super) fn unavailable(message: &str) -> Self {
        Self {
            code: StatusCode::SERVICE_UNAVAILABLE,
            reason: "ServiceUnavailable",
            message: message.into(),
        }
    }

    pub(super) fn to_status(&self) -> Value {
        json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code.as_u16(),
        })
    }

    pub(super) fn into_response(self) -> Response<ResponseBody> {
        response(self.code, &self.to_status())
    }
}

/// Returns the response with which the API server refuses a request for a reason of its own.
pub(crate) fn refused(code: u16) -> Response<ResponseBody> {
    refusal(code).into_response()
}

/// Returns the event with which a watch ends that the API server cannot continue.
pub(crate) fn watch_error(code: u16) -> String {
    super::watch::line("ERROR", &refusal(code).to_status())
}

fn refusal(code: u16) -> ApiError {
    let reason = match code {
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        409 => "Conflict",
        410 => "Expired",
        422 => "Invalid",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "InternalError",
    };
    let code = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let message = "the server refuses this request for a test".into();
    ApiError {
        code,
        reason,
        message,
    }
}

/// Returns the response to a request that returns one JSON value.
pub(super) fn into_response(
    result: Result<(StatusCode, Value), ApiError>,
) -> Response<ResponseBody> {
    match result {
        Ok((code, value)) => response(code, &value),
        Err(error) => error.into_response(),
    }
}

fn response(code: StatusCode, value: &Value) -> Response<ResponseBody> {
    let body = Full::from(value.to_string());
    let mut response = Response::new(body.boxed_unsync());
    *response.status_mut() = code;
    let json = http::HeaderValue::from_static("application/json");
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, json);
    response
}
