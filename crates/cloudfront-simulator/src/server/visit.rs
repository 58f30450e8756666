//! A request from its signature to its answer, and its entry in the journal.

use super::{Received, Reply};
use crate::{
    api::{self, Call},
    clock::iso,
    error::ApiError,
    faults::FaultMode,
    journal::JournalEntry,
    model::{MODEL, Target},
    sigv4::{self, Authorization, Expectation},
    sts,
    world::World,
};

const LOCATION: &str = "https://cloudfront.amazonaws.com/2020-05-31/";

/// What is known of a request before it is carried out.
pub(super) struct Visit {
    pub(super) operation: String,
    request_id: String,
    access_key: Option<String>,
    /// Who signed, or why that is not known; empty for calls without a signature.
    pub(super) account: Result<String, ApiError>,
}

impl Visit {
    pub(super) fn begin(world: &mut World, request: &Received) -> Self {
        let query = Received::pairs(&request.query);
        let to_sts = sts::is_for_sts(request);
        let operation = match MODEL.route(&request.method, &request.path, &query) {
            _ if to_sts => sts::action(request),
            Target::Operation { name, .. } | Target::NotSimulated(name) => name.to_owned(),
            Target::Unknown => "Unknown".to_owned(),
        };
        let authorization = Authorization::of(&request.headers);
        let access_key = authorization
            .ok()
            .map(|authorization| authorization.access_key.to_owned());
        let anonymous = to_sts && sts::is_anonymous(&operation);
        let account = if anonymous {
            Ok(String::new())
        } else {
            authenticate(world, request, to_sts)
        };
        Self {
            operation,
            request_id: world.kept.ids.request(),
            access_key,
            account,
        }
    }

    pub(super) fn carry_out(
        self,
        world: &mut World,
        request: &Received,
        mode: Option<&FaultMode>,
    ) -> Reply {
        let mut entry = self.entry(world, request, mode);
        let mut reply = Reply::default();
        if mode.is_none_or(FaultMode::commits) {
            let lag = mode.map_or(0, FaultMode::lag);
            reply = match self.execute(world, request, lag, &mut entry) {
                Ok(reply) => reply,
                Err(error) => {
                    entry.code = Some(error.code.clone());
                    Reply::error(&error, &self.request_id)
                }
            };
            entry.status = Some(reply.status);
        }
        if let Some(FaultMode::Error {
            status,
            code,
            message,
            ..
        }) = mode
        {
            reply = Reply::error(
                &ApiError::with_status(*status, code, message),
                &self.request_id,
            );
        }
        world.journal.push(entry);
        reply
    }

    fn execute(
        &self,
        world: &mut World,
        request: &Received,
        lag: u64,
        entry: &mut JournalEntry,
    ) -> Result<Reply, ApiError> {
        let account = self.account.clone()?;
        if sts::is_for_sts(request) {
            return sts::answer(
                world,
                request,
                &self.operation,
                self.access_key.as_deref(),
                &self.request_id,
            );
        }
        world.admit(&account)?;
        let call = call(request, account, lag)?;
        entry.id = call
            .path
            .get("Id")
            .or_else(|| call.path.get("DistributionId"))
            .cloned();
        let answer = api::execute(world, &call)?;
        entry.committed = answer.committed;
        entry.id = answer.id.clone().or(entry.id.take());
        let mut reply = Reply::xml(call.operation.status, &self.request_id, answer.document());
        reply.headers.extend(answer.etag.map(|etag| ("etag", etag)));
        reply.headers.extend(
            answer
                .location
                .map(|path| ("location", format!("{LOCATION}{path}"))),
        );
        Ok(reply)
    }

    fn entry(&self, world: &World, request: &Received, mode: Option<&FaultMode>) -> JournalEntry {
        let query = if request.query.is_empty() {
            String::new()
        } else {
            format!("?{}", request.query)
        };
        JournalEntry {
            time: iso(world.now()),
            operation: self.operation.clone(),
            method: request.method.clone(),
            path: format!("{}{query}", request.path),
            key: api::reference_in(&request.body),
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

fn call(request: &Received, account: String, lag: u64) -> Result<Call<'_>, ApiError> {
    let query = Received::pairs(&request.query);
    let (name, operation, path) = match MODEL.route(&request.method, &request.path, &query) {
        Target::Operation {
            name,
            operation,
            path,
        } => (name, operation, path),
        Target::NotSimulated(name) => return Err(not_simulated(name)),
        Target::Unknown => {
            return Err(ApiError::new(
                "InvalidURI",
                "Could not parse the specified URI.",
            ));
        }
    };
    // HTTP quotes entity tags and CloudFront does not; clients that do mean the same.
    let if_match = request
        .header("if-match")
        .map(|etag| etag.trim_matches('"').to_owned());
    Ok(Call {
        name,
        operation,
        path,
        query,
        if_match,
        body: &request.body,
        account,
        lag,
    })
}

fn authenticate(world: &World, request: &Received, to_sts: bool) -> Result<String, ApiError> {
    let (service, region) = if to_sts {
        ("sts", None)
    } else {
        ("cloudfront", Some("us-east-1"))
    };
    let expectation = Expectation {
        service,
        region,
        signing_time: world.server_time(),
        now: world.now(),
        switches: &world.kept.switches,
    };
    let signed = sigv4::Request {
        method: &request.method,
        path: &request.path,
        query: &request.query,
        headers: &request.headers,
        body: &request.body,
    };
    sigv4::verify(&signed, &world.kept.keyring, &expectation).map(|key| key.account.clone())
}

fn not_simulated(name: &str) -> ApiError {
    let message =
        format!("{name} is an operation of CloudFront that this simulator does not answer yet.");
    ApiError::with_status(501, "NotImplemented", message)
}
