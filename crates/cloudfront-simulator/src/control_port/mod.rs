//! The control port: JSON over HTTP.

mod endpoints;
mod request;
mod settings_endpoints;

use serde_json::{Value, json};

use crate::{
    control::Control,
    faults::Fault,
    http::{Delivery, Handler, HttpRequest, HttpResponse},
};

use request::{RequestError, done, parse_body, query_parameter};

/// The description of the control port, returned by `GET /_sim` and `--help`.
pub const CONTROL_HELP: &str = include_str!("help.txt");

/// Handles requests to the control port.
#[derive(Clone)]
pub(crate) struct ControlPortHandler(pub(crate) Control);

impl Handler for ControlPortHandler {
    async fn handle(&self, request: HttpRequest) -> Delivery {
        let response = match respond(&self.0, &request) {
            Ok(value) => HttpResponse::json(200, &value),
            Err(error) => {
                HttpResponse::json(error.status(), &json!({ "error": error.to_string() }))
            }
        };
        Delivery::Send(response)
    }
}

fn respond(control: &Control, request: &HttpRequest) -> Result<Value, RequestError> {
    let path = request.path.strip_prefix("/_sim").unwrap_or_default();
    if path.starts_with("/faults") {
        return respond_to_faults(control, request, path);
    }
    match (request.method.as_str(), path) {
        ("GET", "" | "/") => Ok(json!({ "help": CONTROL_HELP.lines().collect::<Vec<_>>() })),
        ("GET", "/journal") => {
            let since = query_parameter(request, "since").map_or(Ok(0), |text| text.parse());
            let since = since.map_err(|_| RequestError::Query("since is a number".to_owned()))?;
            Ok(json!({ "entries": control.journal_since(since) }))
        }
        ("DELETE", "/journal") => {
            control.clear_journal();
            Ok(done())
        }
        ("GET", "/state") => Ok(control.state()),
        (_, "/clock" | "/advance" | "/settings" | "/switches" | "/quotas") => {
            settings_endpoints::respond(control, request, path)
        }
        _ => endpoints::respond(control, request, path),
    }
}

fn respond_to_faults(
    control: &Control,
    request: &HttpRequest,
    path: &str,
) -> Result<Value, RequestError> {
    match (request.method.as_str(), path) {
        ("GET", "/faults") => {
            Ok(json!({ "waiting": control.faults(), "held": control.held_response_count() }))
        }
        ("POST", "/faults") => {
            Ok(json!({ "number": control.inject(parse_body::<Fault>(request)?) }))
        }
        ("DELETE", "/faults") => {
            control.clear_faults();
            Ok(done())
        }
        ("POST", "/faults/release") => Ok(json!({ "released": control.release_held_responses() })),
        ("DELETE", _) => {
            let number = path.trim_start_matches("/faults/").parse().ok();
            let is_removed = number.is_some_and(|number| control.remove_fault(number));
            Ok(json!({ "removed": is_removed }))
        }
        _ => Err(RequestError::not_found(request)),
    }
}
