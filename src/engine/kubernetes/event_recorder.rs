//! Publishes events. A warning that repeats becomes a series: the event that exists counts it, and no other is created.

use crate::engine::api::{condition::strip_volatile, message::shorten, reason::Reason};
use k8s_openapi::api::core::v1::ObjectReference;
use kube::{
    Client, Error,
    runtime::events::{Event, EventType, Recorder, Reporter},
};
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::time::Instant;

/// How long a warning can be repeated. kube's recorder has the same limit.
const MAX_AGE: Duration = Duration::from_mins(6);

/// The most warnings that can be repeated, which limits the memory. A warning beyond that is published without a series.
const MAX_SERIES: usize = 1_000;

/// The maximum length of a note, in bytes.
const MAX_NOTE: usize = 1_024;

/// The event recorder of the process.
#[derive(Clone)]
pub struct EventRecorder {
    kube: Client,
    reporter: Reporter,
    warnings: Arc<Mutex<HashMap<SeriesKey, Series>>>,
    warnings_only: bool,
}

/// What two warnings of one series have in common: the UID of the object, the reason, and the note without its request id.
type SeriesKey = (Option<String>, String, String);

struct Series {
    /// kube's recorder does not distinguish notes, so each note has its own.
    recorder: Recorder,
    last_used: Instant,
}

impl EventRecorder {
    /// Creates the recorder.
    pub fn new(kube: Client, reporter: Reporter) -> Self {
        Self {
            kube,
            reporter,
            warnings: Arc::default(),
            warnings_only: false,
        }
    }

    /// Returns a recorder that publishes only warnings and corrections of drift, which users do not cause themselves.
    #[must_use]
    pub fn warnings_only(self) -> Self {
        Self {
            warnings_only: true,
            ..self
        }
    }

    fn leaves_out(&self, event: &Event) -> bool {
        let is_expected =
            event.type_ == EventType::Normal && event.reason != Reason::DriftCorrected.to_string();
        self.warnings_only && is_expected
    }

    /// Publishes an event about an object.
    pub async fn publish(&self, mut event: Event, object: &ObjectReference) -> Result<(), Error> {
        if self.leaves_out(&event) {
            return Ok(());
        }
        event.note = event
            .note
            .map(|note| shorten(note, MAX_NOTE, char::len_utf8));
        // Each write is an event of its own: its note has the fields and the request id of this write.
        if event.type_ == EventType::Normal {
            return self.new_series().publish(&event, object).await;
        }
        let note = strip_volatile(event.note.as_deref().unwrap_or_default());
        let key = (object.uid.clone(), event.reason.clone(), note.to_owned());
        let published = self.series(&key).publish(&event, object).await;
        if !matches!(&published, Err(Error::Api(status)) if status.code == 404) {
            return published;
        }
        // The first event of the series was deleted.
        self.warnings.lock().remove(&key);
        self.series(&key).publish(&event, object).await
    }

    /// Returns the recorder of a series, which is new unless the warning was published a short time ago.
    fn series(&self, key: &SeriesKey) -> Recorder {
        let now = Instant::now();
        let mut warnings = self.warnings.lock();
        if let Some(series) = warnings.get_mut(key) {
            series.last_used = now;
            return series.recorder.clone();
        }
        let recorder = self.new_series();
        warnings.retain(|_, series| now.duration_since(series.last_used) < MAX_AGE);
        if warnings.len() < MAX_SERIES {
            let series = Series {
                recorder: recorder.clone(),
                last_used: now,
            };
            warnings.insert(key.clone(), series);
        }
        recorder
    }

    fn new_series(&self) -> Recorder {
        Recorder::new(self.kube.clone(), self.reporter.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{Request, Response};
    use http_body_util::BodyExt;
    use kube::client::Body;
    use serde_json::Value;
    use std::convert::Infallible;

    type Published = Arc<Mutex<Vec<Value>>>;

    /// Returns a recorder of an API server that accepts each event, and the events.
    fn recorder() -> (EventRecorder, Published) {
        let events = Published::default();
        let published = events.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let published = published.clone();
            async move {
                let body = request.into_body().collect().await.expect("a body");
                let bytes = body.to_bytes();
                let event = serde_json::from_slice(&bytes).expect("an event is JSON");
                published.lock().push(event);
                Ok::<_, Infallible>(Response::new(Body::from(bytes.to_vec())))
            }
        });
        let reporter = Reporter {
            controller: "test".into(),
            instance: None,
        };
        let recorder = EventRecorder::new(Client::new(service, "default"), reporter);
        (recorder, events)
    }

    async fn publish(recorder: &EventRecorder, type_: EventType, reason: &str, note: &str) {
        let event = Event {
            type_,
            reason: reason.into(),
            note: Some(note.into()),
            action: "Reconcile".into(),
            secondary: None,
        };
        let object = ObjectReference {
            namespace: Some("default".into()),
            ..ObjectReference::default()
        };
        recorder.publish(event, &object).await.unwrap();
    }

    #[tokio::test]
    async fn a_long_note_is_cut_and_keeps_its_fix() {
        let (recorder, events) = recorder();
        let link = " Fix: https://example.com/errors.md#throttling";
        let note = format!("{}{link}", "é".repeat(2_000));
        publish(&recorder, EventType::Warning, "Rejected", &note).await;
        let events = events.lock();
        let note = events[0]["note"].as_str().unwrap_or_default();
        assert!(note.len() <= MAX_NOTE, "{}", note.len());
        assert!(note.ends_with(link), "{note}");
    }

    #[tokio::test]
    async fn warnings_and_corrections_of_drift_are_published_without_the_expected_writes() {
        let (recorder, events) = recorder();
        for recorder in [&recorder, &recorder.clone().warnings_only()] {
            publish(recorder, EventType::Normal, "Created", "Created it").await;
            publish(recorder, EventType::Normal, "DriftCorrected", "Reverted").await;
            publish(recorder, EventType::Warning, "Rejected", "No").await;
        }
        let events = events.lock();
        let reasons = events.iter().filter_map(|it| it["reason"].as_str());
        let all = ["Created", "DriftCorrected", "Rejected"];
        assert_eq!(reasons.collect::<Vec<_>>(), [&all[..], &all[1..]].concat());
    }
}
