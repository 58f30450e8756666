//! All objects of all kinds: what a name stands for, and who is to be woken when it changes.

use crate::engine::{
    api::reference::TypedLocalReference,
    cache::{cached_object::CachedObject, object_summary::ConditionSummary},
    kind::Kind,
};
use futures::FutureExt;
use kube::{
    Resource, ResourceExt,
    runtime::{
        reflector::{ObjectRef, Store},
        watcher,
    },
};
use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::sync::broadcast;

/// What is known of an object that another one names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceTarget {
    /// CloudFront's id, once there is one.
    pub id: Option<String>,
    /// Whether the object is being deleted.
    pub deleting: bool,
    /// Whether its last change has not reached CloudFront's edges, or was not even looked at.
    pub deploying: bool,
}

/// Something happened to an object, which others may have been waiting for.
#[derive(Clone, Debug)]
pub struct ObjectChange {
    /// The object's namespace.
    pub namespace: String,
    /// The object itself, as others would name it.
    pub object: TypedLocalReference,
    /// What it depends on: these may have waited for it to let go.
    pub references: Vec<TypedLocalReference>,
}

/// How long a listing is waited for. A kind whose definition is missing is never listed, and must not hold up others.
const SYNC_TIMEOUT: Duration = Duration::from_secs(10);

/// Objects of one kind, in one namespace or in all.
#[derive(Clone, Debug)]
struct KindStore {
    kind: &'static str,
    namespace: Option<String>,
    store: Arc<dyn ErasedStore>,
    /// Why the objects could not be listed at the last attempt. Means nothing once they have been.
    list_error: Option<Arc<str>>,
}

/// A kind's objects could not be listed in time, so nothing is known of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotSynced;

/// Every kind's objects, as the watches last showed them.
///
/// A hint, never a proof: what is irreversible is checked against CloudFront.
#[derive(Clone, Debug)]
pub struct ObjectRegistry {
    stores: Arc<RwLock<Vec<KindStore>>>,
    changes: broadcast::Sender<ObjectChange>,
}

impl Default for ObjectRegistry {
    fn default() -> Self {
        Self {
            stores: Arc::default(),
            changes: broadcast::channel(4096).0,
        }
    }
}

impl ObjectRegistry {
    /// Adds objects of a kind: those of one namespace, or all of them.
    pub fn register<K: Kind>(&self, namespace: Option<String>, store: Store<CachedObject<K>>) {
        let mut stores = self.stores.write().unwrap_or_else(PoisonError::into_inner);
        stores.push(KindStore {
            kind: K::KIND,
            namespace,
            store: Arc::new(TypedStore(store)),
            list_error: None,
        });
    }

    /// Notes why the objects of a kind could not be listed, in one namespace or in all.
    pub fn record_list_error<K: Kind>(&self, namespace: Option<&str>, error: &watcher::Error) {
        let list_error: Arc<str> = list_error::<K>(namespace, error).into();
        let mut stores = self.stores.write().unwrap_or_else(PoisonError::into_inner);
        let concerned = stores.iter_mut().filter(|kind_store| {
            kind_store.kind == K::KIND && kind_store.namespace.as_deref() == namespace
        });
        for kind_store in concerned {
            kind_store.list_error = Some(list_error.clone());
        }
    }

    /// Tells everybody of a change. Nobody listening is fine.
    pub fn publish(&self, change: ObjectChange) {
        // The only error is that nobody listens.
        let _ = self.changes.send(change);
    }

    /// All changes from now on.
    pub fn changes(&self) -> broadcast::Receiver<ObjectChange> {
        self.changes.subscribe()
    }

    /// What a name stands for, once its kind's objects have been listed. `None`: there is no such object.
    pub async fn find(
        &self,
        namespace: &str,
        name: &TypedLocalReference,
    ) -> Result<Option<ReferenceTarget>, NotSynced> {
        for kind_store in self.of_kind(name.kind) {
            if kind_store
                .namespace
                .as_deref()
                .is_none_or(|only| only == namespace)
            {
                kind_store.listed().await?;
                if let Some(found) = kind_store.store.find(namespace, &name.name) {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }

    /// The objects of all kinds in a namespace that depend on this one, as `Distribution www`, in alphabetical order.
    pub fn dependents(&self, namespace: &str, name: &TypedLocalReference) -> Vec<String> {
        let mut all = vec![];
        for kind_store in self.all() {
            let names = kind_store.store.dependents(namespace, name);
            all.extend(
                names
                    .iter()
                    .map(|name| format!("{} {name}", kind_store.kind)),
            );
        }
        all.sort();
        all
    }

    /// The remotes that the objects of a kind hold, by id, and who holds each.
    pub async fn claims(&self, kind: &'static str) -> HashMap<String, Vec<RemoteClaim>> {
        let mut claims: HashMap<String, Vec<RemoteClaim>> = HashMap::new();
        for kind_store in self.of_kind(kind) {
            // What cannot be listed holds nothing that we could know of.
            let _ = kind_store.listed().await;
            for (id, holder) in kind_store.store.claims() {
                claims.entry(id).or_default().push(holder);
            }
        }
        claims
    }

    /// What has not been listed yet, and why: a sentence each.
    pub fn unsynced(&self) -> Vec<String> {
        let stores = self.all().into_iter();
        let waiting = stores.filter(|kind_store| kind_store.store.ready().now_or_never().is_none());
        let mut told: Vec<String> = waiting
            .map(|kind_store| match kind_store.list_error {
                Some(list_error) => list_error.to_string(),
                None => format!("{} is still being listed", kind_store.kind),
            })
            .collect();
        // A missing definition is missing in every namespace.
        told.sort();
        told.dedup();
        told
    }

    /// What the conditions of every object of every kind say.
    pub fn condition_summaries(&self) -> Vec<(&'static str, ConditionSummary)> {
        let mut all = vec![];
        for kind_store in self.all() {
            let summaries = kind_store.store.condition_summaries().into_iter();
            all.extend(summaries.map(|summary| (kind_store.kind, summary)));
        }
        all
    }

    /// At how many places CloudFront differs from the specs of a kind and is left so.
    pub fn drift(&self) -> Vec<(&'static str, i64)> {
        let stores = self.all().into_iter();
        stores
            .map(|kind_store| (kind_store.kind, kind_store.store.drift()))
            .collect()
    }

    fn all(&self) -> Vec<KindStore> {
        let stores = self.stores.read().unwrap_or_else(PoisonError::into_inner);
        stores.clone()
    }

    fn of_kind(&self, kind: &str) -> Vec<KindStore> {
        let stores = self.all().into_iter();
        stores
            .filter(|kind_store| kind_store.kind == kind)
            .collect()
    }
}

impl KindStore {
    /// Waits until the objects have been listed.
    async fn listed(&self) -> Result<(), NotSynced> {
        let listed = tokio::time::timeout(SYNC_TIMEOUT, self.store.ready()).await;
        listed.map_err(|_| NotSynced)
    }
}

/// Why the objects of a kind could not be listed, and what helps.
fn list_error<K: Kind>(namespace: Option<&str>, error: &watcher::Error) -> String {
    let kind = K::KIND;
    let place = match namespace {
        Some(namespace) => format!("in namespace {namespace}"),
        None => "in all namespaces".into(),
    };
    match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status)) => match status.code {
            404 => format!(
                "cannot list {kind}: its definition is missing; install it with `cloudfront-operator crds | kubectl apply -f -`"
            ),
            403 => format!(
                "cannot list {kind} {place}: the service account may not; grant list and watch on {}",
                K::crd_name()
            ),
            _ => format!("cannot list {kind} {place}: {status}"),
        },
        watcher::Error::InitialListFailed(error) => {
            format!("cannot list {kind} {place}: {error}")
        }
        other => format!("cannot list {kind} {place}: {other}"),
    }
}

/// An object that holds a remote, or claims one. The lesser of two has it: the one that has it on record, else the older.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemoteClaim {
    /// Whether the object only names the remote in its spec, and has not taken it over yet.
    pub is_unverified: bool,
    /// When the object was created.
    pub created: Option<k8s_openapi::jiff::Timestamp>,
    /// The object's uid.
    pub uid: String,
    /// `namespace/name`.
    pub name: String,
}

/// The objects of one kind, without its type.
trait ErasedStore: Send + Sync + std::fmt::Debug {
    fn ready(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
    fn find(&self, namespace: &str, name: &str) -> Option<ReferenceTarget>;
    fn dependents(&self, namespace: &str, name: &TypedLocalReference) -> Vec<String>;
    fn claims(&self) -> Vec<(String, RemoteClaim)>;
    fn condition_summaries(&self) -> Vec<ConditionSummary>;
    fn drift(&self) -> i64;
}

struct TypedStore<K: Kind>(Store<CachedObject<K>>);

impl<K: Kind> std::fmt::Debug for TypedStore<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple(K::KIND).field(&self.0.len()).finish()
    }
}

impl<K: Kind> ErasedStore for TypedStore<K> {
    fn ready(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async {
            // The writer is only dropped at shutdown, when nobody waits for the answer any more.
            let _ = self.0.wait_until_ready().await;
        })
    }

    fn find(&self, namespace: &str, name: &str) -> Option<ReferenceTarget> {
        let object = self.0.get(&ObjectRef::new(name).within(namespace))?;
        let summary = object.summary();
        let seen = summary.observed_generation == object.meta().generation;
        Some(ReferenceTarget {
            id: summary.id.as_deref().map(Into::into),
            deleting: object.meta().deletion_timestamp.is_some(),
            deploying: !seen || summary.reconciling,
        })
    }

    fn dependents(&self, namespace: &str, name: &TypedLocalReference) -> Vec<String> {
        let all = self.0.state_filter(|object| {
            object.namespace().as_deref() == Some(namespace)
                && object.summary().references.contains(name)
        });
        all.iter().map(|object| object.name_any()).collect()
    }

    fn claims(&self) -> Vec<(String, RemoteClaim)> {
        let objects = self.0.state();
        let holding = objects.iter().filter_map(|object| {
            let recorded = object.summary().id.as_deref();
            let id = recorded.or(object.summary().adopt_id.as_deref())?;
            let namespace = object.namespace().unwrap_or_default();
            let holder = RemoteClaim {
                is_unverified: recorded.is_none(),
                created: object.creation_timestamp().map(|time| time.0),
                uid: object.uid().unwrap_or_default(),
                name: format!("{namespace}/{}", object.name_any()),
            };
            Some((id.to_owned(), holder))
        });
        holding.collect()
    }

    fn condition_summaries(&self) -> Vec<ConditionSummary> {
        let objects = self.0.state();
        let all = objects
            .iter()
            .flat_map(|object| &object.summary().conditions);
        all.cloned().collect()
    }

    fn drift(&self) -> i64 {
        let objects = self.0.state();
        objects.iter().map(|object| object.summary().drift).sum()
    }
}
