//! Records the history of a scenario for the checker of the campaigns.

use super::object_reader::ObjectReader;
use campaign::{Event, History, KindResource, Names, Version, What, resources};
use cloudfront_operator::engine::FIELD_MANAGER;
use cloudfront_simulator::Control;
use futures::StreamExt;
use k8s_openapi::{
    ByteString,
    api::{core::v1::Secret, events::v1},
};
use kube::{
    Api, Client, Resource,
    api::{ApiResource, DynamicObject, ListParams, Request, WatchEvent, WatchParams},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};
use tokio::{runtime::Handle, time::sleep};

/// The pause before a watch that has ended begins again, and between two comparisons with the objects in the API server.
const PAUSE: Duration = Duration::from_millis(10);

/// The longest time by which a watch may be late. A working API server needs milliseconds.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The shortest value of a Secret that is not shown in a message of AWS, in characters.
const MIN_SECRET: usize = 6;

/// Records the objects and Secrets of the namespaces of a scenario, and the requests to its simulator.
pub(crate) struct Recorder {
    client: Client,
    control: Control,
    recording: Arc<Mutex<Recording>>,
    watched: Mutex<Vec<Watched>>,
}

/// The objects of one type in one namespace.
#[derive(Clone)]
struct Watched {
    namespace: String,
    resource: ApiResource,
}

/// The members of an object that the checker reads. The others can have a megabyte, and would slow the scenario.
#[derive(Clone, Deserialize, Serialize)]
struct Recorded {
    kind: String,
    metadata: Metadata,
    #[serde(default)]
    spec: Management,
    #[serde(default)]
    status: Value,
    /// The values of a Secret.
    #[serde(default, skip_serializing)]
    data: BTreeMap<String, ByteString>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    name: String,
    uid: String,
    resource_version: String,
    generation: Option<u64>,
    finalizers: Option<Vec<String>>,
    deletion_timestamp: Option<String>,
    #[serde(default, skip_serializing)]
    managed_fields: Vec<Manager>,
}

#[derive(Clone, Deserialize)]
struct Manager {
    manager: Option<String>,
    subresource: Option<String>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Management {
    adopt_id: Option<String>,
    deletion_policy: Option<String>,
}

#[derive(Default)]
struct Recording {
    /// The versions of objects, with the reads of CloudFront that the operator sent before a version was received.
    events: Vec<What>,
    /// The changes of resources. They follow all versions in the history: a watch can be later than the operator.
    writes: Vec<What>,
    last_sequence: u64,
    /// The versions of the objects that exist, by uid.
    live: BTreeMap<String, String>,
}

impl Recorder {
    pub(crate) fn new(reader: &ObjectReader, control: Control) -> Self {
        Self {
            client: reader.client(),
            control,
            recording: Arc::default(),
            watched: Mutex::default(),
        }
    }

    /// Starts to record the objects of a namespace, which is still empty.
    pub(crate) fn watch(&self, runtime: &Handle, namespace: &str) {
        let secrets: Api<Secret> = Api::namespaced(self.client.clone(), namespace);
        let list = runtime.block_on(secrets.list(&ListParams::default()));
        let list = list.expect("the API server lists the Secrets");
        // The resource version counts the changes of all types, so that each watch can begin at it.
        let version = list.metadata.resource_version.unwrap_or_default();
        let kinds = KindResource::all().iter().map(|it| it.api.clone());
        for resource in kinds.chain([ApiResource::erase::<Secret>(&())]) {
            let watched = Watched {
                namespace: namespace.into(),
                resource,
            };
            lock(&self.watched).push(watched.clone());
            let (recording, control) = (self.recording.clone(), self.control.clone());
            let versions = watched.record(self.client.clone(), version.clone(), recording, control);
            runtime.spawn(versions);
        }
    }

    /// Waits until the watches have received all versions, and returns the history.
    pub(crate) async fn finish(&self) -> History {
        let watched = lock(&self.watched).clone();
        let started = Instant::now();
        while self.existing(&watched).await != Some(lock(&self.recording).live.clone()) {
            assert!(
                started.elapsed() < TIMEOUT,
                "the watches do not receive the last versions"
            );
            sleep(PAUSE).await;
        }
        let texts = self.event_texts(&watched).await;
        let mut recording = lock(&self.recording);
        recording.observe_requests(&self.control);
        let outputs = texts.into_iter().map(|text| What::Output {
            place: "event",
            text,
        });
        let resources = resources(&self.control, &Names::new());
        let mut all = std::mem::take(&mut recording.events);
        all.append(&mut recording.writes);
        all.extend(outputs);
        all.push(What::Resources(resources.into()));
        let events = all.into_iter().map(|what| Event {
            at: Duration::ZERO,
            what,
        });
        History {
            events: events.collect(),
        }
    }

    /// Returns the versions of the objects that exist, by uid. `None`: a kind cannot be listed at the moment.
    async fn existing(&self, watched: &[Watched]) -> Option<BTreeMap<String, String>> {
        let mut existing = BTreeMap::new();
        for watched in watched {
            let objects = watched.objects(&self.client);
            let list = objects.list_metadata(&ListParams::default()).await.ok()?;
            for object in list.items {
                existing.extend(object.metadata.uid.zip(object.metadata.resource_version));
            }
        }
        Some(existing)
    }

    /// Returns the events of all namespaces.
    async fn event_texts(&self, watched: &[Watched]) -> Vec<String> {
        let mut namespaces: Vec<&str> = watched.iter().map(|it| it.namespace.as_str()).collect();
        namespaces.dedup();
        let mut texts = vec![];
        for namespace in namespaces {
            let events: Api<v1::Event> = Api::namespaced(self.client.clone(), namespace);
            let list = events.list(&ListParams::default()).await;
            let list = list.expect("the API server lists the events");
            texts.extend(list.items.into_iter().filter_map(|it| it.note));
        }
        texts
    }
}

impl Watched {
    fn objects(&self, client: &Client) -> Api<DynamicObject> {
        Api::namespaced_with(client.clone(), &self.namespace, &self.resource)
    }

    /// Records the versions of the objects after a resource version.
    async fn record(
        self,
        client: Client,
        mut after: String,
        recording: Arc<Mutex<Recording>>,
        control: Control,
    ) {
        let path = DynamicObject::url_path(&self.resource, Some(&self.namespace));
        loop {
            let request = Request::new(&path).watch(&WatchParams::default(), &after);
            let request = request.expect("the request is valid");
            if let Ok(events) = client.request_events::<Recorded>(request).await {
                let mut events = pin!(events);
                while let Some(Ok(event)) = events.next().await {
                    let (object, is_removed) = match event {
                        WatchEvent::Added(object) | WatchEvent::Modified(object) => (object, false),
                        WatchEvent::Deleted(object) => (object, true),
                        WatchEvent::Bookmark(bookmark) => {
                            after = bookmark.metadata.resource_version;
                            continue;
                        }
                        WatchEvent::Error(_) => break,
                    };
                    after.clone_from(&object.metadata.resource_version);
                    lock(&recording).add(object, is_removed, &control);
                }
            }
            // The API server ends a watch after some minutes, and when the CustomResourceDefinition changes.
            sleep(PAUSE).await;
        }
    }
}

impl Recording {
    fn add(&mut self, object: Recorded, is_removed: bool, control: &Control) {
        let Metadata {
            uid,
            resource_version,
            ..
        } = object.metadata.clone();
        if is_removed {
            self.live.remove(&uid);
        } else {
            self.live.insert(uid, resource_version);
        }
        self.observe_requests(control);
        let Some(kind) = KindResource::of_kind(&object.kind) else {
            let values = object.data.into_values();
            let values = values.filter_map(|value| String::from_utf8(value.0).ok());
            let values = values.filter(|value| value.chars().count() >= MIN_SECRET);
            return self.events.extend(values.map(What::Secret));
        };
        let json = serde_json::to_value(&object).expect("an object is JSON");
        let version = Version {
            plural: kind.api.plural.clone(),
            is_removed,
            object: json.into(),
        };
        if object.metadata.has_status_of_others() {
            self.events.push(What::StatusForged(version.name()));
        }
        self.events.push(What::Version(version));
    }

    /// Records the requests to CloudFront since the last call.
    fn observe_requests(&mut self, control: &Control) {
        for entry in control.journal_since(self.last_sequence) {
            self.last_sequence = entry.sequence;
            let is_read = ["Get", "List"]
                .iter()
                .any(|verb| entry.operation.starts_with(verb));
            let what = What::CloudFront(Box::new(entry));
            if is_read {
                self.events.push(what);
            } else {
                self.writes.push(what);
            }
        }
    }
}

impl Metadata {
    /// Whether another client than the operator has written the status.
    fn has_status_of_others(&self) -> bool {
        let mut managers = self.managed_fields.iter();
        managers.any(|it| {
            it.subresource.as_deref() == Some("status")
                && it.manager.as_deref() != Some(FIELD_MANAGER)
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("the lock is not poisoned")
}
