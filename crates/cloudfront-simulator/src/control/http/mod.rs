//! The control port: JSON over HTTP.

mod things;
mod time;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Control, ControlError};
use crate::{
    clock::DurationError,
    faults::Fault,
    server::{Delivery, Handler, Received, Reply},
};

/// What the control port answers, for `GET /_sim` and `--help`.
pub const CONTROL_HELP: &str = include_str!("../help.txt");

#[derive(Clone)]
pub(crate) struct ControlHandler(pub(crate) Control);

impl Handler for ControlHandler {
    async fn handle(&self, request: Received) -> Delivery {
        let reply = match answer(&self.0, &request) {
            Ok(value) => Reply::json(200, &value),
            Err(refusal) => Reply::json(refusal.status(), &json!({ "error": refusal.to_string() })),
        };
        Delivery::Answer(reply)
    }
}

#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("there is no {0}; GET /_sim tells what there is")]
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

impl Refusal {
    fn not_found(request: &Received) -> Self {
        Self::NotFound(format!("{} {}", request.method, request.path))
    }

    fn status(&self) -> u16 {
        match self {
            Self::NotFound(_) | Self::Control(ControlError::NoSuchResource(_)) => 404,
            _ => 400,
        }
    }
}

fn answer(control: &Control, request: &Received) -> Result<Value, Refusal> {
    let path = request.path.strip_prefix("/_sim").unwrap_or_default();
    if path.starts_with("/faults") {
        return faults(control, request, path);
    }
    match (request.method.as_str(), path) {
        ("GET", "" | "/") => Ok(json!({ "help": CONTROL_HELP.lines().collect::<Vec<_>>() })),
        ("GET", "/journal") => {
            let since = parameter(request, "since").map_or(Ok(0), |text| text.parse());
            let since = since.map_err(|_| Refusal::Query("since is a number".to_owned()))?;
            Ok(json!({ "entries": control.journal_since(since) }))
        }
        ("DELETE", "/journal") => {
            control.clear_journal();
            Ok(done())
        }
        ("GET", "/state") => Ok(control.state()),
        (_, "/clock" | "/advance" | "/settings" | "/switches" | "/quotas") => {
            time::answer(control, request, path)
        }
        _ => things::answer(control, request, path),
    }
}

fn faults(control: &Control, request: &Received, path: &str) -> Result<Value, Refusal> {
    match (request.method.as_str(), path) {
        ("GET", "/faults") => Ok(json!({ "waiting": control.faults(), "held": control.held() })),
        ("POST", "/faults") => Ok(json!({ "number": control.inject(body::<Fault>(request)?) })),
        ("DELETE", "/faults") => {
            control.clear_faults();
            Ok(done())
        }
        ("POST", "/faults/release") => Ok(json!({ "released": control.release() })),
        ("DELETE", _) => {
            let number = path.trim_start_matches("/faults/").parse().ok();
            let removed = number.is_some_and(|number| control.remove_fault(number));
            Ok(json!({ "removed": removed }))
        }
        _ => Err(Refusal::not_found(request)),
    }
}

fn done() -> Value {
    json!({ "done": true })
}

fn parameter(request: &Received, name: &str) -> Option<String> {
    let mut query = Received::pairs(&request.query).into_iter();
    query.find(|(key, _)| key == name).map(|(_, value)| value)
}

fn body<T: DeserializeOwned>(request: &Received) -> Result<T, Refusal> {
    Ok(serde_json::from_slice(&request.body)?)
}
