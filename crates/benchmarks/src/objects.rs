//! Applies the objects of one namespace, and watches when they become ready.

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

/// Concurrent requests, enough to keep the API server busy.
const MAX_CONCURRENT_REQUESTS: usize = 16;

/// Concurrent requests at a fixed rate. The rate drops only if the API server is too slow for it.
const MAX_CONCURRENT_EDITS: usize = 256;

/// The objects of almost the maximum size in the workload `large`.
pub const LARGE: usize = 200;

/// The bytes of each of them.
pub const LARGE_BYTES: usize = 1_400_000;

/// The objects of the usual size beside them.
pub const SMALL: usize = 10_000;

/// For each object by name: the generation for which it is ready, and since when.
type ReadyObjects = HashMap<String, (i64, Instant)>;

/// The objects of one kind in one namespace, with a watch on them.
pub struct Objects {
    api: Api<DynamicObject>,
    resource: ApiResource,
    ready: Arc<Mutex<ReadyObjects>>,
    task: JoinHandle<()>,
}

impl Objects {
    /// The distributions of a namespace.
    pub fn distributions(client: Client, namespace: &str) -> Self {
        Self::of(client, namespace, ApiResource::erase::<Distribution>(&()))
    }

    /// The invalidations of a namespace.
    pub fn invalidations(client: Client, namespace: &str) -> Self {
        Self::of(client, namespace, ApiResource::erase::<Invalidation>(&()))
    }

    /// The objects of any kind in a namespace.
    pub fn of(client: Client, namespace: &str, resource: ApiResource) -> Self {
        let api: Api<DynamicObject> = Api::namespaced_with(client, namespace, &resource);
        let ready = Arc::new(Mutex::default());
        let task = tokio::spawn(watch(api.clone(), ready.clone()));
        Self {
            api,
            resource,
            ready,
            task,
        }
    }

    /// Creates objects concurrently.
    pub async fn create(&self, specs: Vec<(String, Value)>) -> Outcome<()> {
        stream::iter(specs)
            .map(Ok)
            .try_for_each_concurrent(MAX_CONCURRENT_REQUESTS, |(name, spec)| async move {
                let object = DynamicObject::new(&name, &self.resource).data(json!({"spec": spec}));
                self.api.create(&PostParams::default(), &object).await?;
                Ok(())
            })
            .await
    }

    /// Changes the comment of each object concurrently.
    pub async fn edit(&self, names: &[String], comment: &str) -> Outcome<()> {
        let patch = Patch::Merge(json!({"spec": {"comment": comment}}));
        stream::iter(names)
            .map(Ok)
            .try_for_each_concurrent(MAX_CONCURRENT_REQUESTS, |name| async {
                let parameters = PatchParams::default();
                self.api.patch(name, &parameters, &patch).await?;
                Ok(())
            })
            .await
    }

    /// Starts `edits` edits at a fixed rate per second, of each object in turn, and waits until the API server has accepted all of them.
    pub async fn edit_at_rate(&self, names: &[String], rate: u32, edits: u32) -> Outcome<()> {
        let started = Instant::now();
        let due = (0..edits).map(|n| started + Duration::from_secs(1) / rate * n);
        stream::iter(due.zip(names.iter().cycle()))
            .then(|(due, name)| async move {
                sleep(due.saturating_duration_since(Instant::now())).await;
                name
            })
            .map(Ok)
            .try_for_each_concurrent(MAX_CONCURRENT_EDITS, |name| async move {
                let comment = format!("after {:?}", started.elapsed());
                self.edit(std::slice::from_ref(name), &comment).await
            })
            .await
    }

    /// Deletes objects concurrently.
    pub async fn delete(&self, names: &[String]) -> Outcome<()> {
        stream::iter(names)
            .map(Ok)
            .try_for_each_concurrent(MAX_CONCURRENT_REQUESTS, |name| async {
                self.api.delete(name, &DeleteParams::default()).await?;
                Ok(())
            })
            .await
    }

    /// Waits until `count` objects are ready for this generation or a later one, and returns the time at which the last of them became
    /// ready.
    pub async fn until_ready(
        &self,
        count: usize,
        generation: i64,
        timeout: Duration,
    ) -> Outcome<Instant> {
        let all = |ready: &ReadyObjects| {
            // Sorting tens of thousands of entries at each check would take CPU from the measured program.
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
        self.until(all, timeout).await
    }

    /// Waits until at most `count` of the objects that were ready still exist.
    pub async fn until_remaining(&self, count: usize, timeout: Duration) -> Outcome<()> {
        let few = |ready: &ReadyObjects| (ready.len() <= count).then_some(());
        self.until(few, timeout).await
    }

    async fn until<T>(
        &self,
        check: impl Fn(&ReadyObjects) -> Option<T>,
        timeout: Duration,
    ) -> Outcome<T> {
        let started = Instant::now();
        loop {
            if let Some(result) = check(&self.lock()) {
                return Ok(result);
            }
            if started.elapsed() > timeout {
                return Err(format!("timed out with {} objects ready", self.lock().len()).into());
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, ReadyObjects> {
        lock(&self.ready)
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// `count` distributions with consecutive numbers.
pub fn distributions(first: usize, count: usize) -> Vec<(String, Value)> {
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

/// `count` distributions with tags, which most users have.
pub fn tagged_distributions(count: usize) -> Vec<(String, Value)> {
    let mut specs = distributions(0, count);
    for (_, spec) in &mut specs {
        spec["tags"] = json!({"team": "web", "environment": "production"});
    }
    specs
}

/// `count` distributions of about `size` bytes each. Their origins have headers with random values, which cannot be compressed.
pub fn large_distributions(count: usize, size: usize) -> Vec<(String, Value)> {
    // CloudFront accepts 10,240 characters in the names and values of an origin.
    const HEADERS: usize = 6;
    const VALUE: usize = 1_650;
    let mut random = fastrand::Rng::with_seed(1);
    let mut specs = distributions(0, count);
    for (name, spec) in &mut specs {
        *name = format!("large-{name}");
        for origin in 0..size / (HEADERS * VALUE) {
            let headers: Vec<Value> = (0..HEADERS)
                .map(|header| {
                    let value = std::iter::repeat_with(|| random.alphanumeric());
                    let value: String = value.take(VALUE).collect();
                    json!({"headerName": format!("x-note-{header}"), "headerValue": value})
                })
                .collect();
            let origin = json!({
                "id": format!("large-{origin}"), "domainName": "api.example.com",
                "customOriginConfig": {"originProtocolPolicy": "https-only"}, "customHeaders": headers,
            });
            spec["origins"]
                .as_array_mut()
                .into_iter()
                .for_each(|all| all.push(origin.clone()));
        }
    }
    specs
}

async fn watch(api: Api<DynamicObject>, ready: Arc<Mutex<ReadyObjects>>) {
    let events = watcher::watcher(api, watcher::Config::default()).default_backoff();
    events
        .for_each(|event| {
            match event {
                Ok(Event::Apply(object) | Event::InitApply(object)) => {
                    record_ready(&ready, &object);
                }
                Ok(Event::Delete(object)) => {
                    lock(&ready).remove(&object.name_any());
                }
                Ok(Event::Init | Event::InitDone) => {}
                Err(error) => eprintln!("benchmarks: the watch failed and is retried: {error}"),
            }
            std::future::ready(())
        })
        .await;
}

/// Records the time from which an object is ready for its generation.
fn record_ready(ready: &Mutex<ReadyObjects>, object: &DynamicObject) {
    let generation = object.metadata.generation.unwrap_or_default();
    let status = &object.data["status"];
    let conditions = status["conditions"].as_array().map_or(&[][..], |all| all);
    let is_ready = conditions
        .iter()
        .any(|one| one["type"] == "Ready" && one["status"] == "True");
    let mut ready = lock(ready);
    if status["observedGeneration"] == generation && is_ready {
        let before = ready.get(&object.name_any()).map(|(seen, _)| *seen);
        if before != Some(generation) {
            ready.insert(object.name_any(), (generation, Instant::now()));
        }
    }
}

fn lock(ready: &Mutex<ReadyObjects>) -> MutexGuard<'_, ReadyObjects> {
    ready.lock().unwrap_or_else(PoisonError::into_inner)
}
