//! The queries of a reflector store, without the type of the kind.

use crate::{
    cloudfront::{CloudFrontError, Request, Response},
    engine::{
        cache::{
            cached_object::CachedObject,
            claims::{RemoteClaim, RemoteClaims, objects_naming},
            object_summary::ConditionSummary,
        },
        kind::Kind,
        kubernetes::{metadata::has_finalizer, request::get},
        remote::resource::{Remote, incomplete_response},
    },
};
use kube::{
    Client, Resource, ResourceExt,
    api::ApiResource,
    runtime::reflector::{ObjectRef, Store},
};
use std::{future::Future, pin::Pin};

/// The state of an object that another object references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceTarget {
    /// The id of its CloudFront resource.
    pub id: Option<String>,
    /// Whether the object is being deleted.
    pub is_deleting: bool,
    /// Whether its last change is not deployed, or was not reconciled yet.
    pub is_deploying: bool,
}

impl ReferenceTarget {
    fn of<K: Kind>(object: &CachedObject<K>) -> Self {
        let summary = object.summary();
        let is_observed = summary.observed_generation == object.meta().generation;
        Self {
            id: summary.id.as_deref().map(Into::into),
            is_deleting: object.meta().deletion_timestamp.is_some(),
            is_deploying: !is_observed || summary.is_reconciling,
        }
    }
}

/// The result of a read of an object from the API server. `None`: it does not exist.
pub(super) type ReadResult = Result<Option<ReferenceTarget>, kube::Error>;

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

/// The queries of a reflector store, without the type of the kind.
pub(super) trait ErasedStore: Send + Sync + std::fmt::Debug {
    fn ready(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
    fn find(&self, namespace: &str, name: &str) -> Option<ReferenceTarget>;
    fn read<'a>(
        &'a self,
        kube: &'a Client,
        namespace: &'a str,
        name: &'a str,
    ) -> Pin<Box<dyn Future<Output = ReadResult> + Send + 'a>>;
    fn add_claims(&self, claims: &mut RemoteClaims, id: &str, identity: &str);
    fn objects_naming(&self, id: &str) -> Vec<RemoteClaim>;
    fn ids_of_others(&self, uid: &str) -> Vec<String>;
    fn get(&self, id: &str) -> Request;
    fn caller_reference(
        &self,
        request: &Request,
        response: Response,
    ) -> Result<Option<String>, CloudFrontError>;
    fn resource(&self) -> ApiResource;
    fn is_empty(&self) -> bool;
    fn has_finalizers(&self, namespace: &str) -> bool;
    fn condition_summaries(&self) -> Vec<ConditionSummary>;
    fn named_conditions(&self) -> Vec<NamedConditions>;
    fn drift(&self) -> i64;
}

pub(super) struct TypedStore<K: Kind>(pub(super) Store<CachedObject<K>>);

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
        Some(ReferenceTarget::of(&*object))
    }

    fn read<'a>(
        &'a self,
        kube: &'a Client,
        namespace: &'a str,
        name: &'a str,
    ) -> Pin<Box<dyn Future<Output = ReadResult> + Send + 'a>> {
        Box::pin(async move {
            let object: Option<CachedObject<K>> = get::<K, _>(kube, Some(namespace), name).await?;
            Ok(object.as_ref().map(ReferenceTarget::of))
        })
    }

    fn add_claims(&self, claims: &mut RemoteClaims, id: &str, identity: &str) {
        claims.add(&self.0, id, identity);
    }

    fn objects_naming(&self, id: &str) -> Vec<RemoteClaim> {
        objects_naming(&self.0, id)
    }

    fn get(&self, id: &str) -> Request {
        K::API.get_request(K::API.collection, id)
    }

    fn caller_reference(
        &self,
        request: &Request,
        response: Response,
    ) -> Result<Option<String>, CloudFrontError> {
        let remote = Remote::from_response(K::API, request, response);
        let remote = remote.ok_or_else(|| incomplete_response(request))?;
        Ok(remote.identity(K::API).map(str::to_owned))
    }

    fn ids_of_others(&self, uid: &str) -> Vec<String> {
        let objects = self.0.state();
        let others = objects
            .iter()
            .filter(|object| object.meta().uid.as_deref() != Some(uid));
        let ids = others.filter_map(|object| {
            let recorded = object.summary().id.as_deref();
            recorded.or(object.summary().adopt_id.as_deref())
        });
        ids.map(str::to_owned).collect()
    }

    fn resource(&self) -> ApiResource {
        ApiResource::erase::<K>(&())
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
