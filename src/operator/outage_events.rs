//! Events about the pod of the operator: CloudFront does not serve the account, and it serves it again.
//!
//! A failure that concerns all requests is one event, regardless of the number of objects.

use crate::{
    cloudfront::{Availability, Outage},
    engine::{EventRecorder, Leadership},
};
use k8s_openapi::api::core::v1::ObjectReference;
use kube::runtime::events::{Event, EventType};
use std::time::Duration;
use tokio::{sync::watch::Receiver, time::timeout};

/// How long CloudFront must fail, or respond, before an event reports it. A shorter change is not reported.
const MIN_DURATION: Duration = Duration::from_secs(5);

/// Publishes the events of one process.
pub(super) struct OutageEvents {
    pub(super) events: EventRecorder,
    pub(super) availability: Availability,
    pub(super) leadership: Leadership,
    /// The pod of this process. Without one there is no event, only the log.
    pub(super) pod: Option<ObjectReference>,
}

impl OutageEvents {
    /// Reports the outages of each term of leadership. Never returns.
    pub(super) async fn run(self) {
        loop {
            let term = self.leadership.last_term();
            tokio::select! {
                () = self.report() => {}
                // Another replica may have reported the end of the outage.
                _ = self.leadership.wait_for_term_after(term) => {}
            }
        }
    }

    /// Reports the beginning and the end of each outage, while the service is in use.
    async fn report(&self) {
        let mut outages = self.availability.subscribe();
        loop {
            if let Some(outage) = wait_for(&mut outages, Option::is_some).await {
                self.publish(began(&outage)).await;
            }
            wait_for(&mut outages, Option::is_none).await;
            self.publish(ended()).await;
        }
    }

    async fn publish(&self, event: Event) {
        let note = event.note.as_deref().unwrap_or_default();
        match event.type_ {
            EventType::Warning => tracing::warn!("{note}"),
            EventType::Normal => tracing::info!("{note}"),
        }
        let Some(pod) = &self.pod else {
            return;
        };
        if let Err(error) = self.events.publish(event, pod).await {
            tracing::warn!(%error, "could not write an event about this pod");
        }
    }
}

/// Waits until the state is as wanted for [`MIN_DURATION`] without a pause, and returns it.
async fn wait_for(
    outages: &mut Receiver<Option<Outage>>,
    is_wanted: fn(&Option<Outage>) -> bool,
) -> Option<Outage> {
    loop {
        let state = outages.wait_for(is_wanted).await;
        let state = state
            .expect("the client lives as long as the program")
            .clone();
        let ends = outages.wait_for(|state| !is_wanted(state));
        if timeout(MIN_DURATION, ends).await.is_err() {
            return state;
        }
    }
}

fn began(outage: &Outage) -> Event {
    // The cause contains another link, to the error code.
    let cause = outage.cause.split(" Fix: ").next().unwrap_or_default();
    let repository = env!("CARGO_PKG_REPOSITORY");
    let note = format!(
        "CloudFront serves no request of this account: {cause} Changes of all objects wait. Fix: {repository}/blob/main/docs/runbooks/CloudFrontUnreachable.md"
    );
    event(EventType::Warning, "CloudFrontUnavailable", note)
}

fn ended() -> Event {
    let note = "CloudFront serves requests of this account again. All objects continue.";
    event(EventType::Normal, "CloudFrontAvailable", note.into())
}

fn event(type_: EventType, reason: &str, note: String) -> Event {
    Event {
        type_,
        reason: reason.into(),
        action: "CallCloudFront".into(),
        note: Some(note),
        secondary: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Moment;
    use http::{Method, Request, Response};
    use http_body_util::BodyExt;
    use kube::{Client, client::Body, runtime::events::Reporter};
    use parking_lot::Mutex;
    use serde_json::Value;
    use std::{convert::Infallible, sync::Arc};
    use tokio::time::sleep;

    /// The reasons of the written events, with the method of the request.
    type Written = Arc<Mutex<Vec<(Method, String)>>>;

    /// Returns a client of an API server that accepts each event.
    fn api_server(written: Written) -> Client {
        let service = tower::service_fn(move |request: Request<Body>| {
            let written = written.clone();
            async move {
                let method = request.method().clone();
                let body = request.into_body().collect().await.expect("a body");
                let bytes = body.to_bytes();
                let event: Value = serde_json::from_slice(&bytes).expect("an event is JSON");
                if method == Method::POST {
                    assert_eq!(event["regarding"]["uid"], "8f3c");
                }
                let reason = event["reason"].as_str().unwrap_or_default().to_owned();
                written.lock().push((method, reason));
                Ok::<_, Infallible>(Response::new(Body::from(bytes.to_vec())))
            }
        });
        Client::new(service, "cloudfront-operator")
    }

    /// Starts the reports, and returns the state of CloudFront, the leadership, and what is written.
    fn start() -> (Availability, Leadership, Written) {
        let (availability, written) = (Availability::default(), Written::default());
        let leadership = Leadership::standby();
        leadership
            .begin_term(Moment::now(crate::cloudfront::Clock::System).after(MIN_DURATION * 1_000));
        let reporter = Reporter {
            controller: "test".into(),
            instance: None,
        };
        let reports = OutageEvents {
            events: EventRecorder::new(api_server(written.clone()), reporter),
            availability: availability.clone(),
            leadership: leadership.clone(),
            pod: Some(ObjectReference {
                namespace: Some("cloudfront-operator".into()),
                uid: Some("8f3c".into()),
                ..ObjectReference::default()
            }),
        };
        tokio::spawn(reports.run());
        (availability, leadership, written)
    }

    fn reasons(written: &Written) -> Vec<String> {
        let written = written.lock();
        written.iter().map(|(_, reason)| reason.clone()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_is_one_event_at_its_beginning_and_one_at_its_end() {
        let (service, _leadership, written) = start();
        for _ in 0..60 {
            service.record_failure(|| "Throttling: Rate exceeded".into());
            sleep(Duration::from_secs(1)).await;
        }
        assert_eq!(reasons(&written), ["CloudFrontUnavailable"]);
        service.record_success();
        sleep(Duration::from_secs(60)).await;
        let both = ["CloudFrontUnavailable", "CloudFrontAvailable"];
        assert_eq!(reasons(&written), both);
    }

    #[tokio::test(start_paused = true)]
    async fn failures_between_successes_are_no_outage_and_successes_between_failures_do_not_end_one()
     {
        let (service, _leadership, written) = start();
        let alternate = async || {
            for _ in 0..30 {
                service.record_failure(|| "reset".into());
                sleep(Duration::from_secs(2)).await;
                service.record_success();
                sleep(Duration::from_secs(2)).await;
            }
        };
        alternate().await;
        assert_eq!(reasons(&written), [""; 0]);
        service.record_failure(|| "reset".into());
        sleep(Duration::from_secs(10)).await;
        alternate().await;
        assert_eq!(reasons(&written)[..], ["CloudFrontUnavailable"]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_an_outage_of_an_earlier_term_is_not_reported() {
        let (service, leadership, written) = start();
        service.record_failure(|| "reset".into());
        sleep(Duration::from_secs(10)).await;
        leadership.end_term();
        sleep(Duration::from_secs(600)).await;
        leadership
            .begin_term(Moment::now(crate::cloudfront::Clock::System).after(MIN_DURATION * 1_000));
        sleep(Duration::from_secs(1)).await;
        service.record_success();
        sleep(Duration::from_secs(60)).await;
        assert_eq!(reasons(&written), ["CloudFrontUnavailable"]);
    }
}
