//! An API request from its bytes to what is delivered.

use super::{Delivery, Received, Reply, visit::Visit};
use crate::{
    clock::{Millis, http_date, real_now},
    error::ApiError,
    faults::FaultMode,
    shared::Shared,
    world::World,
};

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
    let mut reply = visit.carry_out(&mut world, &request, mode.as_ref());
    reply.set_header("date", &http_date(world.server_time()));
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
        Some(FaultMode::Without { element }) => {
            reply.body = without(&reply.body, &element);
            Delivery::Answer(reply)
        }
    }
}

/// A document without the elements of a name, which holds no other of that name.
fn without(document: &[u8], element: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(document);
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let mut parts = text.split(&open);
    let mut left = parts.next().unwrap_or_default().to_owned();
    left.extend(
        parts
            .filter_map(|part| part.split_once(&close))
            .map(|(_, rest)| rest),
    );
    left.into_bytes()
}

impl World {
    /// What the server takes for the present time: signatures are judged by it, and answers carry it.
    pub(super) fn server_time(&self) -> Millis {
        real_now() + self.settings.signing_skew_seconds * 1000
    }

    fn take_fault(&mut self, operation: &str, account: Option<&str>) -> Option<FaultMode> {
        self.faults.take(operation, account, &mut self.kept.ids)
    }

    /// Throttles an account that exceeds the rate limit.
    pub(super) fn admit(&mut self, account: &str) -> Result<(), ApiError> {
        let (rate, now) = (self.settings.rate_limit, real_now());
        if rate <= 0.0 || self.account_mut(account).bucket.take(rate, now) {
            return Ok(());
        }
        Err(ApiError::new("Throttling", "Rate exceeded"))
    }
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn an_answer_can_lack_a_member_and_keeps_the_rest() {
        let document = b"<A><Id>1</Id><Comment>x</Comment><B><Comment></Comment>y</B></A>";
        assert_eq!(without(document, "Comment"), b"<A><Id>1</Id><B>y</B></A>");
    }
}
