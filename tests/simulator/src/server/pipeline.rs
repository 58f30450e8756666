//! An API request from its bytes to what is delivered.

use super::{Delivery, Received, Reply};
use crate::{
    api::{self, Call},
    clock::{iso, real_now},
    error::ApiError,
    faults::FaultMode,
    journal::JournalEntry,
    model::{MODEL, Target},
    shared::Shared,
    sigv4::{self, Authorization, Expectation},
    sts,
    world::World,
};

const LOCATION: &str = "https://cloudfront.amazonaws.com/2020-05-31/";

/// Handles a request to the API port.
pub(crate) async fn api(shared: &Shared, request: Received) -> Delivery {
    let latency = shared.lock().settings.latency;
    tokio::time::sleep(latency).await;
    let (visit, mode) = {
        let mut world = shared.lock();
        let visit = Visit::begin(&mut world, &request);
        let mode = world.take_fault(
            &visit.operation,
            visit.account.as_ref().ok().map(String::as_str),
        );
        (visit, mode)
    };
    if let Some(delay) = mode.as_ref().map(FaultMode::delay) {
        tokio::time::sleep(delay).await;
    }
    let mut world = shared.lock();
    let reply = visit.carry_out(&mut world, &request, mode.as_ref());
    deliver(&mut world, mode, reply)
}

/// Bends an answer as the fault says.
fn deliver(world: &mut World, mode: Option<FaultMode>, mut reply: Reply) -> Delivery {
    match mode {
        None
        | Some(FaultMode::StaleRead { .. } | FaultMode::Delay { .. } | FaultMode::Error { .. }) => {
            Delivery::Answer(reply)
        }
        Some(FaultMode::Timeout { .. }) => Delivery::Never,
        Some(FaultMode::ResetBeforeCommit | FaultMode::ResetAfterCommit) => Delivery::Reset,
        Some(FaultMode::Hold) => Delivery::Held(reply, world.faults.hold()),
        Some(FaultMode::TruncatedBody { at }) => Delivery::Cut(reply, at),
        Some(FaultMode::Redirect { status, location }) => {
            reply = Reply::xml(status, "redirected", String::new());
            reply.set_header("location", &location);
            Delivery::Answer(reply)
        }
        Some(FaultMode::Hostile { body }) => {
            body.spoil(&mut reply);
            Delivery::Answer(reply)
        }
    }
}

/// What is known of a request before it is carried out.
struct Visit {
    operation: String,
    request_id: String,
    access_key: Option<String>,
    account: Result<String, ApiError>,
}

impl Visit {
    fn begin(world: &mut World, request: &Received) -> Self {
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

    fn carry_out(self, world: &mut World, request: &Received, mode: Option<&FaultMode>) -> Reply {
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
        entry.id = path
            .get("Id")
            .or_else(|| path.get("DistributionId"))
            .cloned();
        let if_match = request
            .header("if-match")
            .map(|etag| etag.trim_matches('"').to_owned());
        let call = Call {
            name,
            operation,
            path,
            query,
            if_match,
            body: &request.body,
            account,
            lag,
        };
        let answer = api::execute(world, &call)?;
        entry.committed = answer.committed;
        entry.id = answer.id.clone().or(entry.id.take());
        let mut reply = Reply::xml(operation.status, &self.request_id, answer.document());
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

fn authenticate(world: &World, request: &Received, to_sts: bool) -> Result<String, ApiError> {
    let (service, region) = if to_sts {
        ("sts", None)
    } else {
        ("cloudfront", Some("us-east-1"))
    };
    let expectation = Expectation {
        service,
        region,
        signing_time: real_now() + world.settings.signing_skew_seconds * 1000,
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

impl World {
    fn take_fault(&mut self, operation: &str, account: Option<&str>) -> Option<FaultMode> {
        self.faults.take(operation, account, &mut self.kept.ids)
    }

    /// Throttles an account that exceeds the rate limit.
    fn admit(&mut self, account: &str) -> Result<(), ApiError> {
        let (rate, now) = (self.settings.rate_limit, real_now());
        if rate <= 0.0 || self.account_mut(account).bucket.take(rate, now) {
            return Ok(());
        }
        Err(ApiError::new("Throttling", "Rate exceeded"))
    }
}
