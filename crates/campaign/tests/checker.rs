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

    #[track_caller]
    fn assert_violates(&self, invariant: &str) {
        let found = check(&self.history, &self.scenario, &self.reference);
        let names: Vec<&str> = found.iter().map(|it| it.invariant).collect();
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
    let (_, last) = subject.history.versions().last().expect("a version");
    let mut version = last.clone();
    let mut object = version.object.as_ref().clone();
    object["status"]["observedGeneration"] = json!(0);
    version.object = Arc::new(object);
    subject.push(What::Version(version));
    subject.assert_violates("monotone");
}
