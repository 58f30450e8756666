//! The objects of all kinds: resolves references between them, and publishes their changes.

use crate::{
    cloudfront::{Client, CloudFrontError, Priority},
    engine::{
        api::reference::TypedLocalReference,
        cache::{
            cached_object::CachedObject,
            claims::{RemoteClaim, RemoteClaims},
            condition_summary::ConditionSummary,
            kind_store::{KindStore, NamedConditions, ReferenceTarget},
            value_index::{ValueHolder, ValueIndex},
        },
        definition::KindDefinition,
        remote::reader::CallerReferenceCache,
    },
};
use kube::{
    api::ApiResource,
    runtime::{reflector::Store, watcher},
};
use parking_lot::RwLock;
use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
    time::Duration,
};
use tokio::sync::broadcast;

/// How long a lookup waits for the initial list of a kind. If its CustomResourceDefinition is missing, it is never listed, which must
/// not block other kinds.
const SYNC_TIMEOUT: Duration = Duration::from_secs(10);

/// The number of changes that a receiver can lag behind.
const CHANGES_CAPACITY: usize = 4096;

/// A kind, and values of its objects.
pub(super) type KindValues = (&'static str, Arc<ValueIndex>);

/// A change of an object, for which other objects may be waiting.
#[derive(Clone, Debug)]
pub struct ObjectChange {
    /// The object's namespace.
    pub namespace: String,
    /// The object, as a reference to it.
    pub object: TypedLocalReference,
    /// The unique values that it does not have any more. Other objects may be waiting for them.
    pub freed_values: Vec<Arc<str>>,
    /// The resources that its resource does not use any more. Their deletion may be waiting for this object.
    pub released: Vec<Arc<str>>,
}

/// The objects of a kind could not be listed within the timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotSynced;

/// The objects of all kinds, as of the last events of the watches.
///
/// The registry is a cache: irreversible decisions are verified against CloudFront.
#[derive(Clone, Debug)]
pub struct ObjectRegistry {
    stores: Arc<RwLock<Vec<KindStore>>>,
    changes: broadcast::Sender<ObjectChange>,
    /// The unique values of the objects of each kind.
    unique_values: Arc<RwLock<Vec<KindValues>>>,
    /// The resources that the resources of each kind use.
    pub(super) uses: Arc<RwLock<Vec<KindValues>>>,
    /// The caller references of resources that objects of several namespaces name.
    caller_references: Arc<CallerReferenceCache>,
}

impl Default for ObjectRegistry {
    fn default() -> Self {
        Self {
            stores: Arc::default(),
            changes: broadcast::channel(CHANGES_CAPACITY).0,
            unique_values: Arc::default(),
            uses: Arc::default(),
            caller_references: Arc::default(),
        }
    }
}

impl ObjectRegistry {
    /// Adds the objects of a kind, in one namespace or in all namespaces.
    pub fn register(
        &self,
        definition: &'static KindDefinition,
        namespace: Option<String>,
        objects: Store<CachedObject>,
    ) {
        let store = KindStore::new(definition, namespace, objects);
        self.stores.write().push(store);
    }

    /// Adds the unique values of the objects of a kind, and the resources that they use.
    pub(crate) fn register_values(
        &self,
        kind: &'static str,
        values: Arc<ValueIndex>,
        uses: Arc<ValueIndex>,
    ) {
        self.unique_values.write().push((kind, values));
        self.uses.write().push((kind, uses));
    }

    /// Returns the objects whose resource uses one of these resources, in alphabetical order.
    pub(crate) fn users(&self, used: &[String]) -> Vec<ValueHolder> {
        let indexes = self.uses.read().clone();
        let mut users: Vec<ValueHolder> = indexes
            .iter()
            .flat_map(|(kind, index)| used.iter().flat_map(|it| index.holders(kind, it)))
            .collect();
        users.sort();
        users.dedup();
        users
    }

    /// Returns the objects, apart from this one, whose resource has a unique value.
    pub(crate) fn value_holders(
        &self,
        value: &str,
        namespace: &str,
        object: &TypedLocalReference,
    ) -> Vec<ValueHolder> {
        let indexes = self.unique_values.read().clone();
        let mut holders: Vec<ValueHolder> = indexes
            .iter()
            .flat_map(|(kind, index)| index.holders(kind, value))
            .collect();
        holders.retain(|it| {
            it.namespace != namespace || it.kind != object.kind || it.name != object.name
        });
        holders
    }

    /// Records why the objects of a kind could not be listed, in one namespace or in all namespaces.
    pub fn record_list_error(
        &self,
        definition: &KindDefinition,
        namespace: Option<&str>,
        error: &watcher::Error,
    ) {
        let message: Arc<str> = list_error(definition, namespace, error).into();
        let mut stores = self.stores.write();
        let failed = stores.iter_mut().filter(|store| {
            store.kind() == definition.kind && store.namespace.as_deref() == namespace
        });
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

    /// Whether the operator manages the objects of a kind.
    pub(crate) fn is_managed(&self, kind: &str) -> bool {
        self.stores.read().iter().any(|store| store.kind() == kind)
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
                if let Some(target) = store.find(namespace, &reference.name) {
                    return Ok(Some(target));
                }
            }
        }
        Ok(None)
    }

    /// Reads the referenced object from the API server, since a watch can lag. `None`: the object does not exist.
    pub async fn read(
        &self,
        kube: &kube::Client,
        namespace: &str,
        reference: &TypedLocalReference,
    ) -> Result<Option<ReferenceTarget>, kube::Error> {
        match self.of_kind(reference.kind).first() {
            Some(store) => store.read(kube, namespace, &reference.name).await,
            None => Ok(None),
        }
    }

    /// Returns the objects of a kind that can hold a resource with this caller reference or name.
    ///
    /// Fails if not all objects of the kind are listed: one of the others may hold it.
    pub async fn claims(
        &self,
        kind: &'static str,
        id: &str,
        identity: &str,
    ) -> Result<RemoteClaims, NotSynced> {
        let mut claims = RemoteClaims::default();
        for store in self.of_kind(kind) {
            store.wait_unless_failed().await?;
            store.add_claims(&mut claims, id, identity);
        }
        Ok(claims)
    }

    /// Returns the objects of a kind whose status or spec names a resource. Both can be wrong.
    ///
    /// Fails if not all objects of the kind are listed.
    pub(crate) async fn objects_naming(
        &self,
        kind: &'static str,
        id: &str,
    ) -> Result<Vec<RemoteClaim>, NotSynced> {
        let mut naming = vec![];
        for store in self.of_kind(kind) {
            store.wait_unless_failed().await?;
            naming.extend(store.objects_naming(id));
        }
        Ok(naming)
    }

    /// Returns the same of the objects that are listed, for a message.
    pub(crate) fn objects_naming_now(&self, kind: &'static str, id: &str) -> Vec<RemoteClaim> {
        let stores = self.of_kind(kind).into_iter();
        stores.flat_map(|store| store.objects_naming(id)).collect()
    }

    /// Returns the caller reference of a resource, which proves which object created it. It never changes, so it is read once. `None`:
    /// the resource does not exist.
    pub(crate) async fn caller_reference(
        &self,
        kind: &'static str,
        id: &str,
        priority: Priority,
        client: &Client,
    ) -> Result<Option<String>, CloudFrontError> {
        if let Some(known) = self.caller_references.get(id) {
            return Ok(Some(known.into()));
        }
        let Some(store) = self.of_kind(kind).pop() else {
            return Ok(None);
        };
        let request = store.get_request(id).priority(priority);
        let response = match client.send(&request).await {
            Err(error) if error.is_not_found() || error.is_invalid_request() => return Ok(None),
            response => response?,
        };
        let reference = store.caller_reference(&request, response)?;
        self.caller_references.insert(id, reference.as_deref());
        Ok(reference)
    }

    /// Returns the ids that the listed objects of a kind name, apart from the object with this uid. Statuses can be forged.
    pub fn ids_of_others(&self, kind: &'static str, uid: &str) -> HashSet<String> {
        let stores = self.of_kind(kind).into_iter();
        stores.flat_map(|store| store.ids_of_others(uid)).collect()
    }

    /// Returns how the API server names the objects of a kind.
    pub fn resource(&self, kind: &str) -> Option<ApiResource> {
        let stores = self.of_kind(kind);
        stores.first().map(|store| (store.definition.resource)())
    }

    /// Returns which kinds are not listed yet and why, one sentence each.
    pub fn unsynced(&self) -> Vec<String> {
        let stores = self.all().into_iter();
        let unsynced = stores.filter(|store| !store.is_ready());
        let mut messages: Vec<String> = unsynced
            .map(|store| match store.list_error {
                Some(error) => error.to_string(),
                None => format!("{} is still being listed", store.kind()),
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
            let conditions = store.condition_summaries().into_iter();
            all.extend(conditions.map(|condition| (store.kind(), condition)));
        }
        all
    }

    /// Returns the kinds that have objects.
    pub fn kinds_in_use(&self) -> BTreeSet<&'static str> {
        let stores = self.all().into_iter();
        stores
            .filter(|store| !store.objects.is_empty())
            .map(|store| store.kind())
            .collect()
    }

    /// Whether an object of the namespace has the operator's finalizer. `None`: not all objects are listed yet.
    pub fn has_finalizers(&self, namespace: &str) -> Option<bool> {
        let mut stores = self.all();
        stores.retain(|store| store.namespace.as_deref().is_none_or(|it| it == namespace));
        let is_found = stores.iter().any(|it| it.has_finalizers(namespace));
        let is_synced = |store: &KindStore| store.is_ready();
        (is_found || stores.iter().all(is_synced)).then_some(is_found)
    }

    /// Returns the conditions of each object.
    pub fn named_conditions(&self) -> Vec<NamedConditions> {
        let stores = self.all().into_iter();
        stores.flat_map(|store| store.named_conditions()).collect()
    }

    /// Returns how many fields differ from the specs and are not corrected, by kind.
    pub fn drift(&self) -> Vec<(&'static str, i64)> {
        let stores = self.all().into_iter();
        stores.map(|store| (store.kind(), store.drift())).collect()
    }

    fn all(&self) -> Vec<KindStore> {
        self.stores.read().clone()
    }

    pub(super) fn of_kind(&self, kind: &str) -> Vec<KindStore> {
        let stores = self.all().into_iter();
        stores.filter(|store| store.kind() == kind).collect()
    }
}

impl KindStore {
    async fn wait_until_synced(&self) -> Result<(), NotSynced> {
        let ready = tokio::time::timeout(SYNC_TIMEOUT, self.ready()).await;
        ready.map_err(|_| NotSynced)
    }

    /// Waits as well, unless the last attempt to list the objects failed.
    async fn wait_unless_failed(&self) -> Result<(), NotSynced> {
        if self.list_error.is_some() && !self.is_ready() {
            return Err(NotSynced);
        }
        self.wait_until_synced().await
    }
}

/// Returns why the objects of a kind could not be listed, and how to fix it.
fn list_error(
    definition: &KindDefinition,
    namespace: Option<&str>,
    error: &watcher::Error,
) -> String {
    let kind = definition.kind;
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
                definition.crd_name()
            ),
            _ => format!("cannot list {kind} {place}: {status}"),
        },
        watcher::Error::InitialListFailed(error) => {
            format!("cannot list {kind} {place}: {error}")
        }
        other => format!("cannot list {kind} {place}: {other}"),
    }
}
