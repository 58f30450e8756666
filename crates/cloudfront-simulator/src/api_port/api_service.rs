//! The services on the API port.

use crate::{
    error::ApiError,
    http::{HttpRequest, HttpResponse},
    model::{MODEL, Route},
    pairs,
    sigv4::Algorithm,
    sts,
};

/// The service that a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ApiService {
    CloudFront,
    /// The pairs of key-value stores.
    KeyValueStore,
    Sts,
}

impl ApiService {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        if sts::is_sts_request(request) {
            Self::Sts
        } else if pairs::is_pair_request(request) {
            Self::KeyValueStore
        } else {
            Self::CloudFront
        }
    }

    /// Returns the name of the operation; one that does not exist is `Unknown`.
    pub(crate) fn operation(self, request: &HttpRequest) -> String {
        match self {
            Self::Sts => sts::action(request),
            Self::KeyValueStore => pairs::operation(request),
            Self::CloudFront => {
                let query = HttpRequest::decode_pairs(&request.query);
                match MODEL.route(&request.method, &request.path, &query) {
                    Route::Operation { name, .. } | Route::NotSimulated(name) => name.to_owned(),
                    Route::Unknown => "Unknown".to_owned(),
                }
            }
        }
    }

    /// Returns the algorithm, the name and the regions in signatures. `None` accepts any region.
    pub(super) fn signature(self) -> (Algorithm, &'static str, Option<&'static str>) {
        match self {
            Self::CloudFront => (Algorithm::Hmac, "cloudfront", Some("us-east-1")),
            Self::KeyValueStore => (Algorithm::Ecdsa, pairs::SERVICE, Some("*")),
            Self::Sts => (Algorithm::Hmac, "sts", None),
        }
    }

    /// Returns the response for an error in the format of the service.
    pub(super) fn error_response(self, error: &ApiError, request_id: &str) -> HttpResponse {
        match self {
            Self::KeyValueStore => pairs::to_response(error, request_id),
            Self::CloudFront | Self::Sts => HttpResponse::error(error, request_id),
        }
    }

    /// Returns the code of an error in the format of the service.
    pub(super) fn error_code(self, error: &ApiError) -> String {
        match self {
            Self::KeyValueStore => pairs::code_in_json(&error.code).to_owned(),
            Self::CloudFront | Self::Sts => error.code.clone(),
        }
    }
}
