//! Error responses in JSON.

use serde_json::json;

use crate::{error::ApiError, http::HttpResponse, model::PAIRS_MODEL};

/// Codes of the common errors of AWS in a service with JSON, by their codes in a service with XML (docs: "Common Errors").
const COMMON_CODES: [(&str, &str); 7] = [
    ("SignatureDoesNotMatch", "InvalidSignatureException"),
    ("RequestTimeTooSkewed", "InvalidSignatureException"),
    ("InvalidClientTokenId", "UnrecognizedClientException"),
    ("ExpiredToken", "ExpiredTokenException"),
    (
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
    ),
    ("IncompleteSignature", "IncompleteSignatureException"),
    ("Throttling", "ThrottlingException"),
];

/// Creates an error with the status of the code in the service model. Any other code has status 400.
pub(super) fn pair_error(code: &str, message: impl Into<String>) -> ApiError {
    ApiError::with_status(PAIRS_MODEL.status_of(code).unwrap_or(400), code, message)
}

pub(super) fn validation_error(message: impl Into<String>) -> ApiError {
    pair_error("ValidationException", message)
}

/// Returns the response for an error, with its code in the header `x-amzn-errortype`.
pub(crate) fn to_response(error: &ApiError, request_id: &str) -> HttpResponse {
    let body = json!({ "Message": error.message });
    let mut response = HttpResponse::rest_json(error.status, request_id, &body);
    response.set_header("x-amzn-errortype", code_in_json(&error.code));
    response
}

/// Returns the code in a service with JSON.
pub(crate) fn code_in_json(code: &str) -> &str {
    let mut codes = COMMON_CODES.iter();
    codes
        .find(|(in_xml, _)| *in_xml == code)
        .map_or(code, |(_, in_json)| in_json)
}
