//! The history of a run: everything that the Kubernetes API, CloudFront and the operator did, in one order.

use crate::{
    label::{Label, Side},
    parents::{id_of_object, key_of_object},
};
use cloudfront_simulator::JournalEntry;
use serde_json::Value;
use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

/// The history of a run.
#[derive(Debug, Default)]
pub struct History {
    /// The events, in their order.
    pub events: Vec<Event>,
}

/// One event.
#[derive(Clone, Debug)]
pub struct Event {
    /// The simulated time since the start of the run.
    pub at: Duration,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What {
    /// A process of the operator started.
    Started,
    /// The process of the operator was killed.
    Crashed,
    /// From now on, a process cannot renew its Lease, and does not see what others do.
    TakenOver,
    /// The operator sent a request, and the server has executed it.
    Request(Label),
    /// An object of the operator's API has a new version.
    Version(Version),
    /// The simulator has executed or rejected a request.
    CloudFront(Box<JournalEntry>),
    /// The resources in CloudFront, after a change of one or when an object reported its state.
    Resources(Arc<[Resource]>),
    /// The user did a step of the scenario.
    Step(String),
    /// The objects did not reach the state of the step before the deadline.
    StepFailed(String),
    /// Another client has added an element to a configuration, which no spec manages.
    Foreign {
        /// The id of the resource.
        id: String,
        /// The element, as XML.
        element: String,
    },
    /// Another client writes the status of this object, `Kind/name`, which only the operator should write.
    StatusForged(String),
    /// From now on, this value is secret.
    Secret(String),
    /// The operator has written a text for people, such as an event or a log.
    Output {
        /// Where the text is: `event` or `log`.
        place: &'static str,
        /// The text.
        text: String,
    },
    /// A reconciliation of this kind, or a task of the operator, has panicked.
    Panicked(String),
    /// More requests to a server than ever before wait for their responses.
    Peak {
        /// The server.
        side: Side,
        /// The number of requests.
        in_flight: usize,
    },
    /// The end of the last step. Without changes, the operator writes nothing from now on.
    Quiet,
}

/// A version of an object.
#[derive(Clone, Debug)]
pub struct Version {
    /// The plural of the kind.
    pub plural: String,
    /// Whether the object was removed.
    pub is_removed: bool,
    /// The object.
    pub object: Arc<Value>,
}

/// A resource in CloudFront.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The collection in the simulator, such as `distributions`.
    pub collection: String,
    /// The id.
    pub id: String,
    /// The caller reference, which has the uid of the object that created the resource. For a kind without caller references, the name.
    pub caller_reference: String,
    /// Whether the last change is deployed.
    pub is_deployed: bool,
    /// The configuration as XML without the caller reference and with names in the place of ids.
    pub config: String,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// The pairs of a key-value store.
    pub pairs: BTreeMap<String, String>,
}

impl Version {
    /// Returns the uid.
    pub fn uid(&self) -> &str {
        self.object["metadata"]["uid"].as_str().unwrap_or_default()
    }

    /// Returns `Kind/name`.
    pub fn name(&self) -> String {
        name_of(&self.object)
    }

    /// Returns the namespace.
    pub fn namespace(&self) -> &str {
        let namespace = &self.object["metadata"]["namespace"];
        namespace.as_str().unwrap_or_default()
    }

    /// Returns the generation.
    pub fn generation(&self) -> u64 {
        self.object["metadata"]["generation"].as_u64().unwrap_or(0)
    }

    /// Returns the id of the resource in the status.
    pub fn id(&self) -> Option<String> {
        self.resource_id(&self.object["status"]["id"])
    }

    /// Returns the id of the resource that the spec adopts.
    pub(crate) fn adopted_id(&self) -> Option<String> {
        self.resource_id(&self.object["spec"]["adoptId"])
    }

    fn resource_id(&self, id: &Value) -> Option<String> {
        Some(id_of_object(&self.object, id.as_str()?))
    }

    /// Whether a condition is `True` for the generation that it names, and returns that generation.
    pub fn true_condition(&self, type_: &str) -> Option<u64> {
        true_condition(&self.object, type_)
    }

    /// Whether the object keeps its resource when it is deleted.
    pub fn retains(&self) -> bool {
        let spec = &self.object["spec"];
        match spec["deletionPolicy"].as_str() {
            Some(policy) => policy == "Retain",
            None => spec["adoptId"].is_string(),
        }
    }
}

/// Returns `Kind/name` of an object.
pub(crate) fn name_of(object: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (kind, name) = (text(&object["kind"]), text(&object["metadata"]["name"]));
    format!("{kind}/{name}")
}

/// Returns the generation that a condition names, if it is `True`.
pub(crate) fn true_condition(object: &Value, type_: &str) -> Option<u64> {
    let conditions = object["status"]["conditions"].as_array();
    let found = conditions.into_iter().flatten();
    let mut found = found.filter(|it| it["type"] == type_ && it["status"] == "True");
    found.next()?["observedGeneration"].as_u64()
}

/// Whether an object reports that nothing is left to do for its present generation.
pub(crate) fn is_finished(object: &Value) -> bool {
    let generation = object["metadata"]["generation"].as_u64();
    let finished = ["Ready", "Complete", "Failed"];
    let mut finished = finished.iter().map(|it| true_condition(object, it));
    generation.is_some() && finished.any(|observed| observed == generation)
}

/// Whether a caller reference has this uid, with or without a recreate count after it, or a default name ends with its first digits.
pub(crate) fn is_of(uid: &str, caller_reference: &str) -> bool {
    let rest = caller_reference.strip_prefix(uid);
    let name = uid.get(..8);
    let name = name.and_then(|digits| caller_reference.strip_suffix(digits));
    !uid.is_empty()
        && (rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            || name.is_some_and(|start| start.ends_with('-')))
}

/// Whether an object has created a resource with this caller reference or name.
pub(crate) fn has_created(object: &Value, caller_reference: &str) -> bool {
    let uid = object["metadata"]["uid"].as_str().unwrap_or_default();
    is_of(uid, caller_reference)
        || object["spec"]["name"] == *caller_reference
        || key_of_object(object).is_some_and(|key| key == caller_reference)
}

impl History {
    /// Returns the versions of all objects, with the positions of their events.
    pub fn versions(&self) -> impl Iterator<Item = (usize, &Version)> {
        let events = self.events.iter().enumerate();
        events.filter_map(|(at, event)| match &event.what {
            What::Version(version) => Some((at, version)),
            _ => None,
        })
    }

    /// Returns the requests that CloudFront received, with the positions of their events.
    pub fn journal(&self) -> impl Iterator<Item = (usize, &JournalEntry)> {
        let events = self.events.iter().enumerate();
        events.filter_map(|(at, event)| match &event.what {
            What::CloudFront(entry) => Some((at, &**entry)),
            _ => None,
        })
    }

    /// Returns the states of CloudFront, with the positions of their events.
    pub fn resources(&self) -> impl Iterator<Item = (usize, &[Resource])> {
        let events = self.events.iter().enumerate();
        events.filter_map(|(at, event)| match &event.what {
            What::Resources(resources) => Some((at, &**resources)),
            _ => None,
        })
    }

    /// Returns the resources at the end.
    pub fn last_resources(&self) -> &[Resource] {
        self.resources()
            .last()
            .map_or(&[], |(_, resources)| resources)
    }

    /// Returns the requests that the operator sent, with the positions of their events.
    pub fn requests(&self) -> impl Iterator<Item = (usize, &Label)> {
        let events = self.events.iter().enumerate();
        events.filter_map(|(at, event)| match &event.what {
            What::Request(label) => Some((at, label)),
            _ => None,
        })
    }

    /// Returns the position at which the quiet period begins.
    pub fn quiet_from(&self) -> usize {
        let found = self
            .events
            .iter()
            .position(|it| matches!(it.what, What::Quiet));
        found.unwrap_or(self.events.len())
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started => f.write_str("the operator starts"),
            Self::Crashed => f.write_str("the operator is killed"),
            Self::TakenOver => f.write_str("another process takes over"),
            Self::Request(label) => write!(f, "  {label}"),
            Self::Version(version) => {
                let (name, object) = (version.name(), &version.object);
                let removed = if version.is_removed {
                    " is removed"
                } else {
                    ""
                };
                let (generation, status) = (version.generation(), &object["status"]);
                write!(f, "    {name}{removed}: generation {generation}, {status}")
            }
            Self::CloudFront(entry) => {
                let (operation, status) = (&entry.operation, entry.status.unwrap_or(0));
                let code = entry.code.as_deref().unwrap_or_default();
                let id = entry.id.as_deref().unwrap_or_default();
                write!(f, "    {operation} {id}: {status} {code}")
            }
            Self::Resources(resources) => {
                write!(f, "    CloudFront has {} resources", resources.len())
            }
            Self::Step(step) => write!(f, "STEP {step}"),
            Self::StepFailed(detail) => write!(f, "FAILED {detail}"),
            Self::Foreign { id, element } => write!(f, "    another client adds {element} to {id}"),
            Self::StatusForged(name) => write!(f, "    another client writes the status of {name}"),
            Self::Secret(_) => f.write_str("    a value becomes secret"),
            Self::Output { place, text } => write!(f, "    {place}: {text}"),
            Self::Panicked(what) => write!(f, "PANIC {what}"),
            Self::Peak { side, in_flight } => {
                write!(f, "    {in_flight} requests in flight to {side:?}")
            }
            Self::Quiet => f.write_str("QUIET"),
        }
    }
}
