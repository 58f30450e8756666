//! Records the history of a scenario for the checker of the campaigns.

mod recording;
mod watched;

use self::{recording::Recording, watched::Watched};
use super::object_reader::ObjectReader;
use campaign::{Event, History, KindResource, What, resources};
use cloudfront_simulator::Control;
use futures::future::join_all;
use k8s_openapi::api::{core::v1::Secret, events::v1};
use kube::{
    Api, Client,
    api::{ApiResource, ListParams},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};
use tokio::{
    runtime::Handle,
    time::{sleep, timeout},
};

/// The pause before a request that has failed is repeated, and between two comparisons with the objects in the API server.
const PAUSE: Duration = Duration::from_millis(20);

/// The longest time by which a watch may be late. A working API server needs milliseconds.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Records the objects and Secrets of the namespaces of a scenario, and the requests to its simulator.
pub(crate) struct Recorder {
    client: Client,
    control: Control,
    recording: Arc<Mutex<Recording>>,
    watched: Mutex<Vec<Watched>>,
}

impl Recorder {
    pub(crate) fn new(reader: &ObjectReader, control: Control) -> Self {
        Self {
            client: reader.client(),
            recording: Arc::new(Mutex::new(Recording::new(control.clone()))),
            control,
            watched: Mutex::default(),
        }
    }

    /// Starts to record the objects of a namespace.
    pub(crate) fn watch(&self, runtime: &Handle, namespace: &str) {
        let kinds = KindResource::all().iter().map(|it| it.api.clone());
        let types = kinds.chain([ApiResource::erase::<Secret>(&())]);
        let watched: Vec<Watched> = types
            .map(|resource| Watched {
                client: self.client.clone(),
                namespace: namespace.into(),
                resource,
                recording: self.recording.clone(),
            })
            .collect();
        let lists = runtime.block_on(async {
            let lists = join_all(watched.iter().map(Watched::list));
            timeout(TIMEOUT, lists).await
        });
        let versions = lists.expect("the API server lists the objects");
        for (watched, version) in watched.iter().zip(versions) {
            runtime.spawn(watched.clone().record(version));
        }
        lock(&self.watched).extend(watched);
    }

    /// Waits until the watches have received all versions, and returns the history.
    pub(crate) async fn finish(&self) -> History {
        let watched = lock(&self.watched).clone();
        let started = Instant::now();
        while let Some(difference) = self.difference(&watched).await {
            assert!(
                started.elapsed() < TIMEOUT,
                "the watches do not receive the last versions: {difference}"
            );
            sleep(PAUSE).await;
        }
        let texts = self.event_texts(&watched).await;
        let outputs = texts.into_iter().map(|text| What::Output {
            place: "event",
            text,
        });
        let mut recording = lock(&self.recording);
        let resources = resources(&self.control, &recording.names);
        let mut all = recording.take();
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

    /// Returns in what the last recorded versions differ from those of the objects that exist. `None`: in nothing.
    async fn difference(&self, watched: &[Watched]) -> Option<String> {
        let existing = match existing(watched).await {
            Ok(existing) => existing,
            Err(error) => return Some(error.to_string()),
        };
        let recording = lock(&self.recording);
        let recorded = recording.last_versions();
        (recorded != existing).then(|| {
            let error = recording.last_error.as_deref().unwrap_or("none");
            format!("{recorded:?} instead of {existing:?}; the last error of a watch: {error}")
        })
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

/// Returns the versions of the objects that exist, by uid.
async fn existing(watched: &[Watched]) -> Result<BTreeMap<String, String>, kube::Error> {
    let mut existing = BTreeMap::new();
    for watched in watched {
        existing.extend(watched.versions().await?);
    }
    Ok(existing)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("the lock is not poisoned")
}
