//! The objects of one namespace, as whoever applies them sees them.

use crate::Outcome;
use cloudfront_operator::kinds::{distribution::Distribution, invalidation::Invalidation};
use futures::{StreamExt, TryStreamExt, stream};
use kube::{
    Api, Client, ResourceExt,
    api::{ApiResource, DeleteParams, DynamicObject, Patch, PatchParams, PostParams},
    runtime::{
        WatchStreamExt,
        watcher::{self, Event},
    },
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{task::JoinHandle, time::sleep};

/// Requests at once, so that the API server is as busy as one writer can make it.
const AT_ONCE: usize = 16;

/// Requests at once where a rate is offered: more wait only where the API server is slower.
const OFFERED_AT_ONCE: usize = 256;

/// The generation for which an object is ready, and since when.
type Ready = HashMap<String, (i64, Instant)>;

/// The objects of one kind in one namespace, followed by a watch.
pub(crate) struct Objects {
    api: Api<DynamicObject>,
    resource: ApiResource,
    ready: Arc<Mutex<Ready>>,
    task: JoinHandle<()>,
}

impl Objects {
    pub(crate) fn distributions(client: Client, namespace: &str) -> Self {
        Self::of(client, namespace, ApiResource::erase::<Distribution>(&()))
    }

    pub(crate) fn invalidations(client: Client, namespace: &str) -> Self {
        Self::of(client, namespace, ApiResource::erase::<Invalidation>(&()))
    }

    fn of(client: Client, namespace: &str, resource: ApiResource) -> Self {
        let api: Api<DynamicObject> = Api::namespaced_with(client, namespace, &resource);
        let ready = Arc::new(Mutex::default());
        let task = tokio::spawn(follow(api.clone(), ready.clone()));
        Self {
            api,
            resource,
            ready,
            task,
        }
    }

    /// Creates objects, several at once.
    pub(crate) async fn create(&self, specs: Vec<(String, Value)>) -> Outcome<()> {
        stream::iter(specs)
            .map(Ok)
            .try_for_each_concurrent(AT_ONCE, |(name, spec)| async move {
                let object = DynamicObject::new(&name, &self.resource).data(json!({"spec": spec}));
                self.api.create(&PostParams::default(), &object).await?;
                Ok(())
            })
            .await
    }

    /// Changes the comment of each, several at once.
    pub(crate) async fn edit(&self, names: &[String], comment: &str) -> Outcome<()> {
        let patch = Patch::Merge(json!({"spec": {"comment": comment}}));
        stream::iter(names)
            .map(Ok)
            .try_for_each_concurrent(AT_ONCE, |name| async {
                let parameters = PatchParams::default();
                self.api.patch(name, &parameters, &patch).await?;
                Ok(())
            })
            .await
    }

    /// Begins so many edits at a fixed rate, of each object in turn, and waits until all were taken.
    pub(crate) async fn offer(&self, names: &[String], rate: u32, edits: u32) -> Outcome<()> {
        let begun = Instant::now();
        let due = (0..edits).map(|n| begun + Duration::from_secs(1) / rate * n);
        stream::iter(due.zip(names.iter().cycle()))
            .then(|(due, name)| async move {
                sleep(due.saturating_duration_since(Instant::now())).await;
                name
            })
            .map(Ok)
            .try_for_each_concurrent(OFFERED_AT_ONCE, |name| async move {
                let comment = format!("after {:?}", begun.elapsed());
                self.edit(std::slice::from_ref(name), &comment).await
            })
            .await
    }

    /// Deletes each, several at once.
    pub(crate) async fn delete(&self, names: &[String]) -> Outcome<()> {
        stream::iter(names)
            .map(Ok)
            .try_for_each_concurrent(AT_ONCE, |name| async {
                self.api.delete(name, &DeleteParams::default()).await?;
                Ok(())
            })
            .await
    }

    /// Waits until so many are ready for this generation at least, and says when the last one of those was.
    pub(crate) async fn until_ready(
        &self,
        count: usize,
        generation: i64,
        patience: Duration,
    ) -> Outcome<Instant> {
        let all = |ready: &Ready| {
            // Sorting tens of thousands for nothing would take CPU from what is measured.
            if ready.len() < count {
                return None;
            }
            let times = ready.values().filter(|(seen, _)| *seen >= generation);
            let mut times: Vec<Instant> = times.map(|(_, at)| *at).collect();
            times.sort_unstable();
            match count.checked_sub(1) {
                None => Some(Instant::now()),
                Some(last) => times.get(last).copied(),
            }
        };
        self.until(all, patience).await
    }

    /// Waits until no more than so many are left of those that were ready once.
    pub(crate) async fn until_left(&self, count: usize, patience: Duration) -> Outcome<()> {
        let few = |ready: &Ready| (ready.len() <= count).then_some(());
        self.until(few, patience).await
    }

    async fn until<T>(
        &self,
        holds: impl Fn(&Ready) -> Option<T>,
        patience: Duration,
    ) -> Outcome<T> {
        let begun = Instant::now();
        loop {
            if let Some(answer) = holds(&self.lock()) {
                return Ok(answer);
            }
            if begun.elapsed() > patience {
                return Err(format!("gave up with {} objects ready", self.lock().len()).into());
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Ready> {
        lock(&self.ready)
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// `count` distributions from a number on.
pub(crate) fn distributions(first: usize, count: usize) -> Vec<(String, Value)> {
    let one = |n| {
        let spec = json!({
            "comment": "first",
            "origins": [{"id": "api", "domainName": "api.example.com", "customOriginConfig": {"originProtocolPolicy": "https-only"}}],
            "defaultCacheBehavior": {
                "targetOriginId": "api",
                "viewerProtocolPolicy": "redirect-to-https",
                "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            },
        });
        (format!("site-{n}"), spec)
    };
    (first..first + count).map(one).collect()
}

async fn follow(api: Api<DynamicObject>, ready: Arc<Mutex<Ready>>) {
    let events = watcher::watcher(api, watcher::Config::default()).default_backoff();
    events
        .for_each(|event| {
            match event {
                Ok(Event::Apply(object) | Event::InitApply(object)) => note(&ready, &object),
                Ok(Event::Delete(object)) => {
                    lock(&ready).remove(&object.name_any());
                }
                Ok(Event::Init | Event::InitDone) => {}
                Err(error) => eprintln!("benchmarks: the watch broke and goes on: {error}"),
            }
            std::future::ready(())
        })
        .await;
}

/// Remembers since when an object is ready for its generation.
fn note(ready: &Mutex<Ready>, object: &DynamicObject) {
    let generation = object.metadata.generation.unwrap_or_default();
    let status = &object.data["status"];
    let conditions = status["conditions"].as_array().map_or(&[][..], |all| all);
    let is = conditions
        .iter()
        .any(|one| one["type"] == "Ready" && one["status"] == "True");
    let mut ready = lock(ready);
    if status["observedGeneration"] == generation && is {
        let before = ready.get(&object.name_any()).map(|(seen, _)| *seen);
        if before != Some(generation) {
            ready.insert(object.name_any(), (generation, Instant::now()));
        }
    }
}

fn lock(ready: &Mutex<Ready>) -> MutexGuard<'_, Ready> {
    ready.lock().unwrap_or_else(PoisonError::into_inner)
}
