//! The objects of all kinds: resolves references between them, and publishes their changes.

use crate::engine::{
    api::reference::TypedLocalReference,
    cache::{cached_object::CachedObject, object_summary::ConditionSummary},
    kind::Kind,
    kubernetes::metadata::has_finalizer,
};
use futures::FutureExt;
use kube::{
    Resource, ResourceExt,
    runtime::{
        reflector::{ObjectRef, Store},
        watcher,
    },
};
use parking_lot::RwLock;
use std::{
    collections::{BTreeSet, HashMap},
    future::Future,
    pin::Pin,
    sync::Arc,
    time::Duration,
};
use tokio::sync::broadcast;

/// How long a lookup waits for the initial list of a kind. If its CustomResourceDefinition is missing, it is never listed, which must
/// not block other kinds.
const SYNC_TIMEOUT: Duration = Duration::from_secs(10);

/// The number of changes that a receiver can lag behind.
const CHANGES_CAPACITY: usize = 4096;

/// The cached state of an object that another object references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceTarget {
    /// The id of its CloudFront resource.
    pub id: Option<String>,
    /// Whether the object is being deleted.
    pub is_deleting: bool,
    /// Whether its last change is not deployed, or was not reconciled yet.
    pub is_deploying: bool,
}

/// A change of an object, for which other objects may be waiting.
#[derive(Clone, Debug)]
pub struct ObjectChange {
    /// The object's namespace.
    pub namespace: String,
    /// The object, as a reference to it.
    pub object: TypedLocalReference,
    /// The objects that it references. Their deletion may be waiting for this object.
    pub references: Vec<TypedLocalReference>,
}

/// The objects of a kind could not be listed within the timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotSynced;

/// An object that has a CloudFront resource, or is to adopt it.
///
/// The smallest claim of a resource wins: a recorded id comes before an adoption, then the older object comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemoteClaim {
    /// Whether only the spec names the resource, so that the object has not adopted it yet.
    pub is_unverified: bool,
    /// The creation time of the object.
    pub created: Option<k8s_openapi::jiff::Timestamp>,
    /// The object's uid.
    pub uid: String,
    /// `namespace/name`.
    pub name: String,
}

/// The objects of all kinds, as of the last events of the watches.
///
/// The registry is a cache: irreversible decisions are verified against CloudFront.
#[derive(Clone, Debug)]
pub struct ObjectRegistry {
    stores: Arc<RwLock<Vec<KindStore>>>,
    changes: broadcast::Sender<ObjectChange>,
}

/// The conditions of one object.
#[derive(Clone, Debug)]
pub struct NamedConditions {
    /// The kind of the object.
    pub kind: &'static str,
    /// The namespace of the object.
    pub namespace: String,
    /// The name of the object.
    pub name: String,
    /// The conditions.
    pub conditions: Box<[ConditionSummary]>,
}

impl NamedConditions {
    /// Returns what identifies the object.
    pub fn key(&self) -> (&str, &str, &str) {
        (self.kind, &self.namespace, &self.name)
    }
}

/// The objects of one kind, in one namespace or in all namespaces.
#[derive(Clone, Debug)]
struct KindStore {
    kind: &'static str,
    namespace: Option<String>,
    objects: Arc<dyn ErasedStore>,
    /// The error of the last attempt to list the objects. It is ignored once they are listed.
    list_error: Option<Arc<str>>,
}

/// The queries of a reflector store, without the type of the kind.
trait ErasedStore: Send + Sync + std::fmt::Debug {
    fn ready(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
    fn find(&self, namespace: &str, name: &str) -> Option<ReferenceTarget>;
    fn dependents(&self, namespace: &str, object: &TypedLocalReference) -> Vec<String>;
    fn claims(&self) -> Vec<(String, RemoteClaim)>;
    fn is_empty(&self) -> bool;
    fn has_finalizers(&self, namespace: &str) -> bool;
    fn condition_summaries(&self) -> Vec<ConditionSummary>;
    fn named_conditions(&self) -> Vec<NamedConditions>;
    fn drift(&self) -> i64;
}

struct TypedStore<K: Kind>(Store<CachedObject<K>>);

impl Default for ObjectRegistry {
    fn default() -> Self {
        Self {
            stores: Arc::default(),
            changes: broadcast::channel(CHANGES_CAPACITY).0,
        }
    }
}

impl ObjectRegistry {
    /// Adds the objects of a kind, in one namespace or in all namespaces.
    pub fn register<K: Kind>(&self, namespace: Option<String>, objects: Store<CachedObject<K>>) {
        self.stores.write().push(KindStore {
            kind: K::KIND,
            namespace,
            objects: Arc::new(TypedStore(objects)),
            list_error: None,
        });
    }

    /// Records why the objects of a kind could not be listed, in one namespace or in all namespaces.
    pub fn record_list_error<K: Kind>(&self, namespace: Option<&str>, error: &watcher::Error) {
        let message: Arc<str> = list_error::<K>(namespace, error).into();
        let mut stores = self.stores.write();
        let failed = stores
            .iter_mut()
            .filter(|store| store.kind == K::KIND && store.namespace.as_deref() == namespace);
        for store in failed {
            store.list_error = Some(message.clone());
        }
    }

    /// Publishes a change to all receivers.
    pub fn publish(&self, change: ObjectChange) {
        // The only error is that there is no receiver.
        let _ = self.changes.send(change);
    }

    /// Returns a receiver of all later changes.
    pub fn changes(&self) -> broadcast::Receiver<ObjectChange> {
        self.changes.subscribe()
    }

    /// Returns the referenced object, after its kind was listed. `None`: the object does not exist.
    pub async fn find(
        &self,
        namespace: &str,
        reference: &TypedLocalReference,
    ) -> Result<Option<ReferenceTarget>, NotSynced> {
        for store in self.of_kind(reference.kind) {
            let only = store.namespace.as_deref();
            if only.is_none_or(|only| only == namespace) {
                store.wait_until_synced().await?;
                if let Some(target) = store.objects.find(namespace, &reference.name) {
                    return Ok(Some(target));
                }
            }
        }
        Ok(None)
    }

    /// Returns the objects of a namespace that reference an object, as `Distribution www`, in alphabetical order.
    pub fn dependents(&self, namespace: &str, object: &TypedLocalReference) -> Vec<String> {
        let mut all = vec![];
        for store in self.all() {
            let names = store.objects.dependents(namespace, object);
            all.extend(names.iter().map(|name| format!("{} {name}", store.kind)));
        }
        all.sort();
        all
    }

    /// Returns the claims of the objects of a kind, by resource id.
    pub async fn claims(&self, kind: &'static str) -> HashMap<String, Vec<RemoteClaim>> {
        let mut claims: HashMap<String, Vec<RemoteClaim>> = HashMap::new();
        for store in self.of_kind(kind) {
            // Objects that cannot be listed have no known claims.
            let _ = store.wait_until_synced().await;
            for (id, claim) in store.objects.claims() {
                claims.entry(id).or_default().push(claim);
            }
        }
        claims
    }

    /// Returns which kinds are not listed yet and why, one sentence each.
    pub fn unsynced(&self) -> Vec<String> {
        let stores = self.all().into_iter();
        let unsynced = stores.filter(|store| store.objects.ready().now_or_never().is_none());
        let mut messages: Vec<String> = unsynced
            .map(|store| match store.list_error {
                Some(error) => error.to_string(),
                None => format!("{} is still being listed", store.kind),
            })
            .collect();
        // A CustomResourceDefinition is missing in all namespaces at once.
        messages.sort();
        messages.dedup();
        messages
    }

    /// Returns the conditions of all objects with their kinds.
    pub fn condition_summaries(&self) -> Vec<(&'static str, ConditionSummary)> {
        let mut all = vec![];
        for store in self.all() {
            let conditions = store.objects.condition_summaries().into_iter();
            all.extend(conditions.map(|condition| (store.kind, condition)));
        }
        all
    }

    /// Returns the kinds that have objects.
    pub fn kinds_in_use(&self) -> BTreeSet<&'static str> {
        let stores = self.all().into_iter();
        stores
            .filter(|store| !store.objects.is_empty())
            .map(|store| store.kind)
            .collect()
    }

    /// Whether an object of the namespace has the operator's finalizer. `None`: not all objects are listed yet.
    pub fn has_finalizers(&self, namespace: &str) -> Option<bool> {
        let mut stores = self.all();
        stores.retain(|store| store.namespace.as_deref().is_none_or(|it| it == namespace));
        let is_found = stores.iter().any(|it| it.objects.has_finalizers(namespace));
        let is_synced = |store: &KindStore| store.objects.ready().now_or_never().is_some();
        (is_found || stores.iter().all(is_synced)).then_some(is_found)
    }

    /// Returns the conditions of each object.
    pub fn named_conditions(&self) -> Vec<NamedConditions> {
        let stores = self.all().into_iter();
        stores
            .flat_map(|store| store.objects.named_conditions())
            .collect()
    }

    /// Returns how many fields differ from the specs and are not corrected, by kind.
    pub fn drift(&self) -> Vec<(&'static str, i64)> {
        let stores = self.all().into_iter();
        stores
            .map(|store| (store.kind, store.objects.drift()))
            .collect()
    }

    fn all(&self) -> Vec<KindStore> {
        self.stores.read().clone()
    }

    fn of_kind(&self, kind: &str) -> Vec<KindStore> {
        let stores = self.all().into_iter();
        stores.filter(|store| store.kind == kind).collect()
    }
}

impl KindStore {
    async fn wait_until_synced(&self) -> Result<(), NotSynced> {
        let ready = tokio::time::timeout(SYNC_TIMEOUT, self.objects.ready()).await;
        ready.map_err(|_| NotSynced)
    }
}

/// Returns why the objects of a kind could not be listed, and how to fix it.
fn list_error<K: Kind>(namespace: Option<&str>, error: &watcher::Error) -> String {
    let kind = K::KIND;
    let place = match namespace {
        Some(namespace) => format!("in namespace {namespace}"),
        None => "in all namespaces".into(),
    };
    match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status)) => match status.code {
            404 => format!(
                "cannot list {kind}: its CRD is missing; install it with `cloudfront-operator crds | kubectl apply --server-side -f -`"
            ),
            403 => format!(
                "cannot list {kind} {place}: the ServiceAccount is not allowed to; grant list and watch on {}",
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

impl<K: Kind> std::fmt::Debug for TypedStore<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple(K::KIND).field(&self.0.len()).finish()
    }
}

impl<K: Kind> ErasedStore for TypedStore<K> {
    fn ready(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async {
            // The writer is dropped only at shutdown, when the result does not matter.
            let _ = self.0.wait_until_ready().await;
        })
    }

    fn find(&self, namespace: &str, name: &str) -> Option<ReferenceTarget> {
        let object = self.0.get(&ObjectRef::new(name).within(namespace))?;
        let summary = object.summary();
        let is_observed = summary.observed_generation == object.meta().generation;
        Some(ReferenceTarget {
            id: summary.id.as_deref().map(Into::into),
            is_deleting: object.meta().deletion_timestamp.is_some(),
            is_deploying: !is_observed || summary.is_reconciling,
        })
    }

    fn dependents(&self, namespace: &str, reference: &TypedLocalReference) -> Vec<String> {
        let dependents = self.0.state_filter(|object| {
            object.namespace().as_deref() == Some(namespace)
                && object.summary().references.contains(reference)
        });
        dependents.iter().map(|object| object.name_any()).collect()
    }

    fn claims(&self) -> Vec<(String, RemoteClaim)> {
        let objects = self.0.state();
        let claims = objects.iter().filter_map(|object| {
            let recorded = object.summary().id.as_deref();
            let id = recorded.or(object.summary().adopt_id.as_deref())?;
            let namespace = object.namespace().unwrap_or_default();
            let claim = RemoteClaim {
                is_unverified: recorded.is_none(),
                created: object.creation_timestamp().map(|time| time.0),
                uid: object.uid().unwrap_or_default(),
                name: format!("{namespace}/{}", object.name_any()),
            };
            Some((id.to_owned(), claim))
        });
        claims.collect()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn has_finalizers(&self, namespace: &str) -> bool {
        let objects = self.0.state();
        objects.iter().any(|object| {
            has_finalizer(&**object) && object.namespace().as_deref() == Some(namespace)
        })
    }

    fn condition_summaries(&self) -> Vec<ConditionSummary> {
        let objects = self.0.state();
        let conditions = objects
            .iter()
            .flat_map(|object| &object.summary().conditions);
        conditions.cloned().collect()
    }

    fn named_conditions(&self) -> Vec<NamedConditions> {
        let objects = self.0.state();
        let conditions = objects.iter().map(|object| NamedConditions {
            kind: K::KIND,
            namespace: object.namespace().unwrap_or_default(),
            name: object.name_any(),
            conditions: object.summary().conditions.clone(),
        });
        conditions.collect()
    }

    fn drift(&self) -> i64 {
        let objects = self.0.state();
        objects.iter().map(|object| object.summary().drift).sum()
    }
}
