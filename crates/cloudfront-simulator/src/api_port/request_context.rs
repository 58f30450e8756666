//! A request with its operation, its caller and its journal entry.

use crate::{
    api::{self, ApiRequest, ApiResult},
    clock::format_iso8601,
    error::ApiError,
    faults::FaultMode,
    http::{HttpRequest, HttpResponse},
    journal::JournalEntry,
    model::{MODEL, Operation, Route},
    pairs,
    service::Service,
    sigv4::{self, Authorization, SignatureScope, SignedRequest},
    sts,
};

use super::ApiService;

const LOCATION: &str = "https://cloudfront.amazonaws.com/2020-05-31/";

/// The properties of a request that are known before it is executed.
pub(super) struct RequestContext {
    api_service: ApiService,
    pub(super) operation: String,
    request_id: String,
    access_key: Option<String>,
    /// The caller's account, or the authentication error. Empty for operations that need no signature.
    pub(super) account: Result<String, ApiError>,
}

impl RequestContext {
    /// Finds the operation, verifies the signature and assigns a request ID.
    pub(super) fn new(service: &mut Service, request: &HttpRequest) -> Self {
        let api_service = ApiService::of(request);
        let operation = api_service.operation(request);
        let authorization = Authorization::from_headers(&request.headers);
        let access_key = authorization
            .ok()
            .map(|authorization| authorization.access_key.to_owned());
        let account = if api_service == ApiService::Sts && sts::is_unsigned(&operation) {
            Ok(String::new())
        } else {
            authenticate(service, request, api_service)
        };
        Self {
            api_service,
            operation,
            request_id: service.state.ids.next_uuid(),
            access_key,
            account,
        }
    }

    /// Executes the operation unless the fault prevents it, and adds an entry to the journal.
    pub(super) fn execute(
        self,
        service: &mut Service,
        request: &HttpRequest,
        mode: Option<&FaultMode>,
    ) -> HttpResponse {
        let mut entry = self.journal_entry(service, request, mode);
        let api_service = self.api_service;
        let mut response = HttpResponse::default();
        if mode.is_none_or(FaultMode::executes_operation) {
            let lag = mode.map_or(0, FaultMode::stale_read_lag);
            response = match self.respond(service, request, lag, &mut entry) {
                Ok(response) => response,
                Err(error) => {
                    entry.code = Some(api_service.error_code(&error));
                    api_service.error_response(&error, &self.request_id)
                }
            };
            entry.status = Some(response.status);
        }
        if let Some(FaultMode::Error {
            status,
            code,
            message,
            ..
        }) = mode
        {
            let error = ApiError::with_status(*status, code, message);
            response = api_service.error_response(&error, &self.request_id);
        }
        service.journal.push(entry);
        response
    }

    fn respond(
        &self,
        service: &mut Service,
        request: &HttpRequest,
        lag: u64,
        entry: &mut JournalEntry,
    ) -> Result<HttpResponse, ApiError> {
        let account = self.account.clone()?;
        if self.api_service == ApiService::Sts {
            return sts::execute(
                service,
                request,
                &self.operation,
                self.access_key.as_deref(),
                &self.request_id,
            );
        }
        service.check_rate_limit(&account, self.api_service)?;
        if self.api_service == ApiService::KeyValueStore {
            entry.id = pairs::store_id(request);
            let result = pairs::execute(service, request, &account, lag)?;
            entry.committed = result.committed;
            return Ok(to_json_response(result, &self.request_id));
        }
        let api_request = parse_api_request(request, account, lag)?;
        entry.id = api_request
            .path
            .get("Id")
            .or_else(|| api_request.path.get("DistributionId"))
            .or_else(|| api_request.path.get("Name"))
            .cloned();
        let result = api::execute(service, &api_request)?;
        entry.committed = result.committed;
        entry.id = result.id.clone().or(entry.id.take());
        Ok(to_response(api_request.operation, result, &self.request_id))
    }

    fn journal_entry(
        &self,
        service: &Service,
        request: &HttpRequest,
        mode: Option<&FaultMode>,
    ) -> JournalEntry {
        let query = if request.query.is_empty() {
            String::new()
        } else {
            format!("?{}", request.query)
        };
        JournalEntry {
            time: format_iso8601(service.now()),
            operation: self.operation.clone(),
            method: request.method.clone(),
            path: format!("{}{query}", request.path),
            // A value in the body of another service must not appear here.
            caller_reference: Some(&request.body)
                .filter(|_| self.api_service == ApiService::CloudFront)
                .and_then(|body| api::caller_reference_in(body)),
            access_key: self.access_key.clone(),
            account: self
                .account
                .as_ref()
                .ok()
                .filter(|account| !account.is_empty())
                .cloned(),
            request_id: self.request_id.clone(),
            fault: mode.map(|mode| mode.name().to_owned()),
            ..JournalEntry::default()
        }
    }
}

/// Returns a response with the headers that the service model declares for the operation.
fn to_response(
    operation: &'static Operation,
    mut result: ApiResult,
    request_id: &str,
) -> HttpResponse {
    let mut response = match result.bytes.take() {
        Some(bytes) => HttpResponse::binary(operation.status, request_id, bytes),
        None => HttpResponse::xml(operation.status, request_id, result.to_document()),
    };
    let etag = operation.etag.as_deref().zip(result.etag);
    response.headers.extend(etag);
    let location = result.location.filter(|_| operation.has_location);
    let location = location.map(|path| ("location", format!("{LOCATION}{path}")));
    response.headers.extend(location);
    response
}

fn to_json_response(result: pairs::PairResult, request_id: &str) -> HttpResponse {
    let mut response = HttpResponse::rest_json(result.status, request_id, &result.body);
    let etag = result.etag.map(|etag| ("etag", etag));
    response.headers.extend(etag);
    response
}

fn parse_api_request(
    request: &HttpRequest,
    account: String,
    lag: u64,
) -> Result<ApiRequest<'_>, ApiError> {
    let query = HttpRequest::decode_pairs(&request.query);
    let (name, operation, path) = match MODEL.route(&request.method, &request.path, &query) {
        Route::Operation {
            name,
            operation,
            path,
        } => (name, operation, path),
        Route::NotSimulated(name) => return Err(not_simulated(name)),
        Route::Unknown => {
            return Err(ApiError::new(
                "InvalidURI",
                "Could not parse the specified URI.",
            ));
        }
    };
    // CloudFront returns entity tags without quotes. HTTP clients can send them with quotes.
    let if_match = request
        .header("if-match")
        .map(|etag| etag.trim_matches('"').to_owned());
    Ok(ApiRequest {
        name,
        operation,
        path,
        query,
        if_match,
        staging: request.header("staging") == Some("true"),
        body: &request.body,
        account,
        lag,
    })
}

/// Verifies the signature and returns the account of the key.
fn authenticate(
    service: &Service,
    request: &HttpRequest,
    api_service: ApiService,
) -> Result<String, ApiError> {
    let (algorithm, signed_service, region) = api_service.signature();
    let scope = SignatureScope {
        algorithm,
        service: signed_service,
        region,
        signing_time: service.server_time(),
        now: service.now(),
        switches: &service.state.switches,
    };
    let signed = SignedRequest {
        method: &request.method,
        path: &request.path,
        query: &request.query,
        headers: &request.headers,
        body: &request.body,
    };
    let key = sigv4::verify(&signed, &service.state.keyring, &scope)?;
    if api_service == ApiService::KeyValueStore && key.has_version_1_token {
        let message = "Authentication failed";
        return Err(ApiError::with_status(403, "AccessDeniedException", message));
    }
    Ok(key.account.clone())
}

fn not_simulated(name: &str) -> ApiError {
    let message =
        format!("{name} is an operation of CloudFront that this simulator does not answer yet.");
    ApiError::with_status(501, "NotImplemented", message)
}
