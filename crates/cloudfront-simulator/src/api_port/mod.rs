//! The API port: authenticates a request, applies faults, executes the operation and records it in the journal.

mod api_service;
mod request_context;

use serde_json::Value;

use crate::{
    clock::format_http_date,
    faults::FaultMode,
    http::{Delivery, Handler, HttpRequest, HttpResponse},
    service::{Service, SharedService},
};

pub(crate) use api_service::ApiService;
use request_context::RequestContext;

/// Handles requests to the API port.
#[derive(Clone)]
pub(crate) struct ApiPortHandler(pub(crate) SharedService);

impl Handler for ApiPortHandler {
    async fn handle(&self, request: HttpRequest) -> Delivery {
        let latency = self.0.lock().settings.latency;
        tokio::time::sleep(latency).await;
        let (context, mode) = {
            let mut service = self.0.lock();
            let context = RequestContext::new(&mut service, &request);
            let account = context.account.as_ref().ok().map(String::as_str);
            let mode = service.next_fault(&context.operation, account);
            (context, mode)
        };
        if let Some(delay) = mode.as_ref().map(FaultMode::delay) {
            tokio::time::sleep(delay).await;
        }
        let mut service = self.0.lock();
        let mut response = context.execute(&mut service, &request, mode.as_ref());
        response.set_header("date", &format_http_date(service.server_time()));
        apply_fault(&mut service, mode, response)
    }
}

/// Applies the fault to the response and to its delivery.
fn apply_fault(
    service: &mut Service,
    mode: Option<FaultMode>,
    mut response: HttpResponse,
) -> Delivery {
    match mode {
        None
        | Some(FaultMode::StaleRead { .. } | FaultMode::Delay { .. } | FaultMode::Error { .. }) => {
            Delivery::Send(response)
        }
        Some(FaultMode::Timeout { .. }) => Delivery::Never,
        Some(FaultMode::ResetBeforeCommit | FaultMode::ResetAfterCommit) => Delivery::Reset,
        Some(FaultMode::Hold) => Delivery::Hold(response, service.faults.hold_response()),
        Some(FaultMode::TruncatedBody { at }) => Delivery::Truncate(response, at),
        Some(FaultMode::Redirect { status, location }) => {
            response = HttpResponse::xml(status, "redirected", String::new());
            response.set_header("location", &location);
            Delivery::Send(response)
        }
        Some(FaultMode::Hostile { body }) => {
            body.apply_to(&mut response);
            Delivery::Send(response)
        }
        Some(FaultMode::Without { element }) => {
            response.body = match response.json_body() {
                Some(mut body) => {
                    remove_members(&mut body, &element);
                    body.to_string().into_bytes()
                }
                None => remove_elements(&response.body, &element),
            };
            Delivery::Send(response)
        }
    }
}

/// Removes all elements of a name from a document. An element must not contain another of the same name.
fn remove_elements(document: &[u8], name: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(document);
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut parts = text.split(&open);
    let mut rest = parts.next().unwrap_or_default().to_owned();
    rest.extend(
        parts
            .filter_map(|part| part.split_once(&close))
            .map(|(_, after)| after),
    );
    rest.into_bytes()
}

/// Removes all members of a name from a value.
fn remove_members(value: &mut Value, name: &str) {
    match value {
        Value::Object(members) => {
            members.remove(name);
            members
                .values_mut()
                .for_each(|member| remove_members(member, name));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| remove_members(item, name)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::remove_elements;

    #[test]
    fn remove_elements_keeps_the_other_elements() {
        let document = b"<A><Id>1</Id><Comment>x</Comment><B><Comment></Comment>y</B></A>";
        assert_eq!(
            remove_elements(document, "Comment"),
            b"<A><Id>1</Id><B>y</B></A>"
        );
    }
}
