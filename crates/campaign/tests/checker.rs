//! The checker finds each kind of violation. Each test takes the history of a run, which violates nothing, and puts one defect into it.

use campaign::{
    Event, History, Label, Plan, Reference, Resource, Scenario, Side, What, check, run, scenarios,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// The run of a scenario, and what runs without faults show.
struct Subject {
    scenario: Scenario,
    reference: Reference,
    history: History,
}

impl Subject {
    fn of(name: &str) -> Self {
        let mut all = scenarios().expect("each kind has an example").into_iter();
        let scenario = all.find(|it| it.name == name).expect("the scenario exists");
        let plan = Plan {
            quiet_periods: 1,
            ..Plan::without_faults(name, 1)
        };
        let run = run(&scenario, &plan).expect("the plan runs");
        let mut reference = Reference::default();
        reference.add(&scenario, &run);
        Self {
            scenario,
            reference,
            history: run.history,
        }
    }

    fn created() -> Self {
        Self::of("OriginAccessIdentity: create")
    }

    fn push(&mut self, what: What) {
        let at = self.history.events.last().map(|event| event.at);
        let at = at.unwrap_or_default();
        self.history.events.push(Event { at, what });
    }

    /// Returns the position of a request to CloudFront.
    fn request(&self, operation: &str) -> usize {
        let mut journal = self.history.journal();
        let found = journal.find(|(_, entry)| entry.operation == operation);
        found.expect("the request was sent").0
    }

    fn resources(&self) -> Vec<Resource> {
        self.history.last_resources().to_vec()
    }

    /// Changes the objects of all versions.
    fn change_objects(&mut self, change: impl Fn(&mut Value)) {
        for event in &mut self.history.events {
            if let What::Version(version) = &mut event.what {
                let mut object = version.object.as_ref().clone();
                change(&mut object);
                version.object = Arc::new(object);
            }
        }
    }

    fn violated(&self) -> Vec<&'static str> {
        let found = check(&self.history, &self.scenario, &self.reference);
        found.iter().map(|it| it.invariant).collect()
    }

    #[track_caller]
    fn assert_violates(&self, invariant: &str) {
        let names = self.violated();
        assert!(names.contains(&invariant), "{names:?}");
    }
}

const CREATE: &str = "CreateCloudFrontOriginAccessIdentity";

#[test]
fn a_resource_without_an_object_is_an_orphan() {
    let mut subject = Subject::created();
    let mut resources = subject.resources();
    let mut orphan = resources[0].clone();
    orphan.caller_reference = "00000000-0000-4000-8000-00000000ffff".into();
    orphan.id = "E2".into();
    resources.push(orphan);
    subject.push(What::Resources(resources.into()));
    subject.assert_violates("I1");
    subject.assert_violates("I9");
}

#[test]
fn a_create_that_is_executed_twice_is_a_duplicate() {
    let mut subject = Subject::created();
    let at = subject.request(CREATE);
    let again = subject.history.events[at].clone();
    subject.history.events.insert(at, again);
    subject.assert_violates("I2");
    subject.assert_violates("I9");
}

#[test]
fn an_update_of_a_resource_of_no_object_has_the_wrong_target() {
    let mut subject = Subject::created();
    let (_, create) = subject.history.journal().next().expect("a request");
    let mut update = create.clone();
    update.operation = "UpdateCloudFrontOriginAccessIdentity".into();
    update.id = Some("E2".into());
    subject.push(What::CloudFront(Box::new(update)));
    subject.assert_violates("I3");
}

#[test]
fn an_object_that_does_not_finish_violates_convergence() {
    let mut subject = Subject::created();
    subject.push(What::StepFailed("all objects have finished".into()));
    subject.assert_violates("I4");
}

#[test]
fn a_write_in_the_quiet_period_is_found() {
    let mut subject = Subject::created();
    subject.push(What::Request(Label {
        side: Side::Kubernetes,
        operation: "patch originaccessidentities/status".into(),
        object: "OriginAccessIdentity/site".into(),
        ordinal: 9,
    }));
    subject.assert_violates("I5");
}

#[test]
fn a_create_without_a_finalizer_is_found() {
    let mut subject = Subject::created();
    subject.change_objects(|object| object["metadata"]["finalizers"] = json!(null));
    subject.assert_violates("I6");
}

#[test]
fn a_deletion_that_does_not_end_is_found() {
    let mut subject = Subject::created();
    let time = json!("2026-01-01T00:00:00Z");
    subject.change_objects(|object| object["metadata"]["deletionTimestamp"] = time.clone());
    subject.assert_violates("I7");
}

#[test]
fn an_object_that_is_ready_without_its_configuration_is_found() {
    let mut subject = Subject::created();
    for event in &mut subject.history.events {
        if let What::Resources(resources) = &mut event.what {
            let mut changed = resources.to_vec();
            for resource in &mut changed {
                resource.config.push_str("<Other/>");
            }
            *resources = changed.into();
        }
    }
    subject.assert_violates("I8");
}

#[test]
fn an_observed_generation_that_goes_back_is_found() {
    let mut subject = Subject::created();
    with_later_status(&mut subject, |status| {
        status["observedGeneration"] = json!(0);
    });
    subject.assert_violates("monotone");
}

#[test]
fn a_foreign_element_that_is_lost_is_found() {
    let mut subject = Subject::of("OriginAccessIdentity: unknown element");
    let mut lost = subject.resources();
    let element = "<FromTheFuture><Deep>stays</Deep></FromTheFuture>";
    assert!(lost[0].config.contains(element));
    lost[0].config = lost[0].config.replace(element, "");
    subject.push(What::Resources(lost.into()));
    subject.assert_violates("I10");
}

#[test]
fn too_many_requests_in_a_minute_are_found() {
    let mut subject = Subject::created();
    for ordinal in 1..=1_000 {
        subject.push(What::Request(Label {
            side: Side::CloudFront,
            operation: "GetCloudFrontOriginAccessIdentity".into(),
            object: "OriginAccessIdentity/site".into(),
            ordinal,
        }));
    }
    subject.assert_violates("I11");
}

#[test]
fn too_many_requests_at_the_same_time_are_found() {
    let mut subject = Subject::created();
    subject.push(What::Peak {
        side: Side::CloudFront,
        in_flight: 1_000,
    });
    subject.assert_violates("I11");
}

#[test]
fn a_panic_is_found() {
    let mut subject = Subject::created();
    subject.push(What::Panicked("OriginAccessIdentity".into()));
    subject.assert_violates("I11");
}

#[test]
fn a_secret_in_a_status_is_found() {
    let mut subject = Subject::of("Distribution: secret");
    let message = json!("The value canary-7d1f-first is not valid.");
    subject.change_objects(|object| object["status"]["conditions"][0]["message"] = message.clone());
    subject.assert_violates("I12");
}

#[test]
fn a_secret_in_an_event_is_found() {
    let mut subject = Subject::of("Distribution: secret");
    subject.push(What::Output {
        place: "event",
        text: "Updated canary-7d1f-second".into(),
    });
    subject.assert_violates("I12");
}

#[test]
fn an_object_that_waits_for_many_writes_of_another_one_is_found() {
    let mut subject = Subject::created();
    let (at, first) = subject.history.versions().next().expect("a version");
    let mut other = first.clone();
    let mut object = other.object.as_ref().clone();
    object["metadata"]["uid"] = json!("00000000-0000-4000-8000-00000000ffff");
    other.object = Arc::new(object);
    let create = subject.request(CREATE);
    let What::CloudFront(entry) = subject.history.events[create].what.clone() else {
        unreachable!("the event is a request");
    };
    let mut events = vec![What::Version(other)];
    for _ in 0..5 {
        let mut write = entry.clone();
        write.caller_reference = Some("00000000-0000-4000-8000-00000000ffff".into());
        write.id = Some("E2".into());
        events.push(What::CloudFront(write));
    }
    let time = subject.history.events[at].at;
    let events = events.into_iter().map(|what| Event { at: time, what });
    subject.history.events.splice(create..create, events);
    subject.assert_violates("fairness");
}

/// Adds a version in which the last status is changed.
fn with_later_status(subject: &mut Subject, change: impl Fn(&mut Value)) {
    let (_, last) = subject.history.versions().last().expect("a version");
    let mut version = last.clone();
    let mut object = version.object.as_ref().clone();
    change(&mut object["status"]);
    version.object = Arc::new(object);
    subject.push(What::Version(version));
}

#[test]
fn a_transition_time_that_goes_back_is_found() {
    let mut subject = Subject::created();
    with_later_status(&mut subject, |status| {
        status["conditions"][0]["lastTransitionTime"] = json!("2001-01-01T00:00:00Z");
    });
    subject.assert_violates("monotone");
}

#[test]
fn a_transition_time_that_changes_without_its_status_is_found() {
    let mut subject = Subject::created();
    with_later_status(&mut subject, |status| {
        status["conditions"][0]["lastTransitionTime"] = json!("2101-01-01T00:00:00Z");
    });
    subject.assert_violates("monotone");
}

#[test]
fn a_modification_time_that_goes_back_is_found() {
    let mut subject = Subject::of("StreamingDistribution: edit");
    with_later_status(&mut subject, |status| {
        assert!(status["lastModifiedTime"].is_string(), "{status}");
        status["lastModifiedTime"] = json!("2001-01-01T00:00:00Z");
    });
    subject.assert_violates("monotone");
}

/// Returns a run in which the last status reports the first ETag again, after another event.
fn with_first_etag_after(before: impl Fn(&History) -> Option<What>) -> Subject {
    let mut subject = Subject::of("OriginAccessIdentity: edit");
    let first = subject
        .history
        .versions()
        .find(|(_, it)| it.object["status"]["etag"].is_string());
    let (_, first) = first.expect("a status with an ETag");
    let etag = first.object["status"]["etag"].clone();
    if let Some(what) = before(&subject.history) {
        subject.push(what);
    }
    with_later_status(&mut subject, |status| status["etag"] = etag.clone());
    subject
}

#[test]
fn an_etag_that_comes_back_is_found() {
    with_first_etag_after(|_| None).assert_violates("monotone");
}

#[test]
fn an_etag_may_come_back_only_after_a_stale_read_of_its_resource() {
    let stale_read = |history: &History, is_own: bool| {
        let (_, update) = history.journal().last()?;
        let mut read = update.clone();
        let own = history.last_resources()[0].id.clone();
        read.id = Some(if is_own { own } else { "E2".into() });
        read.fault = Some("stale-read".into());
        Some(What::CloudFront(Box::new(read)))
    };
    with_first_etag_after(|history| stale_read(history, false)).assert_violates("monotone");
    let subject = with_first_etag_after(|history| stale_read(history, true));
    assert_eq!(subject.violated(), [""; 0]);
}

#[test]
fn an_etag_may_come_back_if_another_client_writes_the_status() {
    let forged = |_: &_| Some(What::StatusForged("OriginAccessIdentity/site".into()));
    assert_eq!(with_first_etag_after(forged).violated(), [""; 0]);
}
