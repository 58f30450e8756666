//! The pairs of key-value stores, which are a service of their own: JSON, Signature Version 4A and entity tags of its own.

mod changes;
mod errors;
mod operations;
mod schema;
mod store;

pub(crate) use errors::{code_in_json, to_response};
pub(crate) use operations::PairResult;

use std::collections::BTreeMap;

use crate::{
    error::ApiError,
    http::HttpRequest,
    model::{Operation, PAIRS_MODEL, Route},
    service::Service,
};
use errors::pair_error;

/// The name of the service in signatures and in the names of its operations, as in IAM policies.
pub(crate) const SERVICE: &str = "cloudfront-keyvaluestore";

/// A request with a known operation and a verified signature.
pub(crate) struct PairRequest<'a> {
    name: &'static str,
    operation: &'static Operation,
    /// The decoded path parameters.
    path: BTreeMap<String, String>,
    http: &'a HttpRequest,
    /// The account of the caller.
    account: &'a str,
    /// The number of writes that a read lags behind; 0 without a fault.
    lag: u64,
}

impl PairRequest<'_> {
    fn path_parameter(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }
}

/// Whether the request is for this service. `CloudFront` has no such path.
pub(crate) fn is_pair_request(request: &HttpRequest) -> bool {
    request.path.starts_with("/key-value-stores/")
}

/// Returns the name of the operation as in IAM policies, which differs from all names of `CloudFront`.
pub(crate) fn operation(request: &HttpRequest) -> String {
    let name = route(request).map_or("Unknown", |(name, ..)| name);
    format!("{SERVICE}:{name}")
}

/// Returns the ID of the store in the path.
pub(crate) fn store_id(request: &HttpRequest) -> Option<String> {
    let (_, _, path) = route(request)?;
    let (_, id) = path.get("KvsARN")?.rsplit_once('/')?;
    Some(id.to_owned())
}

/// Validates and executes a request of an account.
pub(crate) fn execute(
    service: &mut Service,
    request: &HttpRequest,
    account: &str,
    lag: u64,
) -> Result<PairResult, ApiError> {
    let (name, operation, path) = route(request).ok_or_else(|| {
        let message = "The service has no operation with this method and this path.";
        ApiError::with_status(404, "UnknownOperationException", message)
    })?;
    let request = PairRequest {
        name,
        operation,
        path,
        http: request,
        account,
        lag,
    };
    let result = operations::execute(service, &request)?;
    service.is_dirty |= result.committed;
    Ok(result)
}

type Found = (&'static str, &'static Operation, BTreeMap<String, String>);

fn route(request: &HttpRequest) -> Option<Found> {
    match PAIRS_MODEL.route(&request.method, &request.path, &[]) {
        Route::Operation {
            name,
            operation,
            path,
        } => Some((name, operation, path)),
        Route::NotSimulated(_) | Route::Unknown => None,
    }
}

/// Returns the account in front of the host, as in `111122223333.cloudfront-kvs.global.api.aws`.
fn account_in_host(request: &HttpRequest) -> Option<&str> {
    let (label, _) = request.header("host")?.split_once('.')?;
    let is_account = label.len() == 12 && label.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then_some(label)
}

/// Rejects a host of another account and, while a setting is on, a host without an account.
fn check_host(service: &Service, request: &PairRequest<'_>, account: &str) -> Result<(), ApiError> {
    let is_valid = match account_in_host(request.http) {
        Some(host_account) => host_account == account,
        None => !service.settings.require_account_host,
    };
    if is_valid {
        return Ok(());
    }
    let message =
        format!("The host must begin with the account of the key value store, {account}.");
    Err(pair_error("AccessDeniedException", message))
}
