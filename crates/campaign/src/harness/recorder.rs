//! Records the history of a run, and selects the requests at which a fault occurs.

use super::{
    faults::{Faults, NextFault},
    log::Log,
};
use crate::{
    api_server::{ApiServer, ObjectVersion},
    fault::Fault,
    history::{Event, History, Resource, Version, What, is_finished, is_of},
    label::{Label, Side},
    objects::GROUP,
    parents::{id_in_path, key},
    plan::Plan,
    resources::{Names, add_created_name, learn_names, resources},
};
use cloudfront_simulator::InProcessSimulator;
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};
use tokio::time::Instant;

/// The recorder of a run.
pub(crate) struct Recorder {
    server: ApiServer,
    simulator: InProcessSimulator,
    log: Log,
    started: Instant,
    pub(crate) history: History,
    faults: Faults,
    /// The requests so far by side, operation and object.
    counts: HashMap<(Side, String, String), u32>,
    /// The requests that the operator began to send, in their order.
    pub(crate) labels: Vec<Label>,
    names: Names,
    last_revision: u64,
    last_sequence: u64,
    /// The requests that wait for their responses, and the most of them so far, by server.
    in_flight: BTreeMap<Side, (usize, usize)>,
}

impl Recorder {
    pub(crate) fn new(
        server: ApiServer,
        simulator: InProcessSimulator,
        log: Log,
        plan: &Plan,
    ) -> Self {
        Self {
            server,
            simulator,
            log,
            started: Instant::now(),
            history: History::default(),
            faults: Faults::new(&plan.faults),
            counts: HashMap::new(),
            labels: vec![],
            names: Names::new(),
            last_revision: 0,
            last_sequence: 0,
            in_flight: BTreeMap::new(),
        }
    }

    pub(crate) fn push(&mut self, what: What) {
        let at = self.started.elapsed();
        self.history.events.push(Event { at, what });
    }

    /// Returns the label of the next request, and the fault that occurs at it.
    pub(crate) fn begin(
        &mut self,
        side: Side,
        operation: String,
        object: String,
    ) -> (Label, Option<Fault>) {
        let key = (side, operation.clone(), object.clone());
        let count = self.counts.entry(key).or_default();
        *count += 1;
        let label = Label {
            side,
            operation,
            object,
            ordinal: *count,
        };
        self.labels.push(label.clone());
        let fault = self.faults.at(&label);
        (label, fault)
    }

    /// Counts a request that waits for its response from now on.
    pub(crate) fn enter(&mut self, side: Side) {
        let (now, most) = self.in_flight.entry(side).or_default();
        *now += 1;
        if *now > *most {
            *most = *now;
            let in_flight = *now;
            self.push(What::Peak { side, in_flight });
        }
    }

    /// Counts a request that does not wait any more.
    pub(crate) fn leave(&mut self, side: Side) {
        let (now, _) = self.in_flight.entry(side).or_default();
        *now = now.saturating_sub(1);
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Records that a server has executed a request.
    pub(crate) fn end(&mut self, label: Label) {
        self.push(What::Request(label));
        self.observe();
    }

    /// Records what was logged, and what has changed in Kubernetes and CloudFront since the last call.
    pub(crate) fn observe(&mut self) {
        for text in self.log.take() {
            let place = "log";
            self.push(What::Output { place, text });
        }
        if self.observe_journal() {
            self.observe_resources();
        }
        self.observe_objects();
    }

    /// Clears all faults.
    pub(super) fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// Lets a fault occur at a later request, or no fault.
    pub(super) fn set_next_fault(&mut self, next: Option<NextFault>) {
        self.faults.set_next(next);
    }

    /// Returns the requests of the plan at which no fault occurred.
    pub(crate) fn missed(&self) -> Vec<Label> {
        self.faults.missed()
    }

    /// Records new versions of objects, each after the resources that it reports.
    fn observe_objects(&mut self) {
        for ObjectVersion {
            revision,
            group,
            plural,
            is_removed,
            object,
        } in self.server.versions_after(self.last_revision)
        {
            self.last_revision = revision;
            if plural == "events" {
                let text = object.to_string();
                self.push(What::Output {
                    place: "event",
                    text,
                });
            }
            if group != GROUP {
                continue;
            }
            learn_names(&mut self.names, &object);
            if is_finished(&object) {
                self.observe_resources();
            }
            let version = Version {
                plural,
                is_removed,
                object,
            };
            self.push(What::Version(version));
        }
    }

    /// Records new requests to CloudFront. Returns whether there are any: time changes resources too, and what it has changed before a
    /// request must not look like the effect of a later one.
    fn observe_journal(&mut self) -> bool {
        let mut are_there_any = false;
        for mut entry in self.simulator.control().journal_since(self.last_sequence) {
            self.last_sequence = entry.sequence;
            add_created_name(&self.simulator.control(), &self.names, &mut entry);
            are_there_any = true;
            let owner = entry
                .caller_reference
                .as_deref()
                .and_then(|it| self.owner(it));
            if let Some((id, owner)) = entry.id.clone().zip(owner).filter(|_| entry.committed) {
                self.names.insert(id, owner);
            }
            self.push(What::CloudFront(Box::new(entry)));
        }
        are_there_any
    }

    /// Records the resources in CloudFront.
    pub(crate) fn observe_resources(&mut self) {
        let resources = self.resources();
        let last = self.history.resources().last();
        if last.is_none_or(|(_, last)| *last != *resources) {
            self.push(What::Resources(resources.into()));
        }
    }

    /// Returns the resources in CloudFront.
    pub(crate) fn resources(&self) -> Vec<Resource> {
        resources(&self.simulator.control(), &self.names)
    }

    /// Returns the object that a request to CloudFront is about, or an empty text.
    pub(crate) fn object_of(&self, uri: &str, body: &[u8]) -> String {
        let text = String::from_utf8_lossy(body);
        let reference = text
            .split_once("<CallerReference>")
            .and_then(|(_, rest)| rest.split_once("</CallerReference>"))
            .and_then(|(reference, _)| self.owner(reference));
        let identified = id_in_path(uri)
            .and_then(|id| key(&id, |parent| self.names.get(parent).cloned()))
            .and_then(|key| self.names.get(&key).cloned());
        if let Some(name) = identified {
            return name;
        }
        let named = || {
            let found = self.names.iter().filter_map(|(id, name)| {
                let at = uri.rfind(id.as_str())?;
                Some((at, name.clone()))
            });
            found.max().map(|(_, name)| name)
        };
        named().or(reference).unwrap_or_default()
    }

    /// Returns the name of the object whose uid a caller reference has.
    fn owner(&self, caller_reference: &str) -> Option<String> {
        let mut names = self.names.iter();
        let found = names.find(|(key, _)| is_of(key, caller_reference) || *key == caller_reference);
        found.map(|(_, name)| name.clone())
    }
}
