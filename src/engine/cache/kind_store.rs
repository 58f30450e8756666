//! The objects of one kind, as of the last events of the watch, and the queries of them.

use crate::{
    cloudfront::{CloudFrontError, Request, Response},
    engine::{
        cache::{
            cached_object::{CachedObject, RawObject},
            claims::{RemoteClaim, RemoteClaims, objects_naming},
            condition_summary::ConditionSummary,
        },
        definition::KindDefinition,
        kubernetes::{metadata::has_finalizer, request::get},
        remote::resource::{Remote, incomplete_response},
    },
};
use futures::FutureExt;
use kube::{
    Client, Resource, ResourceExt,
    runtime::reflector::{ObjectRef, Store},
};
use std::sync::Arc;

/// The state of an object that another object references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceTarget {
    /// The id of its CloudFront resource.
    pub id: Option<String>,
    /// The ARN of that resource, of a kind whose resources are referenced by it.
    pub arn: Option<String>,
    /// The domain name of that resource, if it is a distribution.
    pub domain_name: Option<String>,
    /// Whether a version of the resource's code is published, or without code whether CloudFront has created the resource completely.
    pub is_usable: bool,
    /// Whether the object is being deleted.
    pub is_deleting: bool,
    /// Whether its last change is not deployed, or was not reconciled yet.
    pub is_deploying: bool,
}

impl ReferenceTarget {
    fn of(object: &CachedObject) -> Self {
        let summary = object.summary();
        let is_observed = summary.observed_generation == object.meta().generation;
        Self {
            id: summary.id.as_deref().map(Into::into),
            arn: summary.arn.as_deref().map(Into::into),
            domain_name: summary.domain_name.as_deref().map(Into::into),
            is_usable: summary.is_usable,
            is_deleting: object.meta().deletion_timestamp.is_some(),
            is_deploying: !is_observed || summary.is_reconciling,
        }
    }
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
#[derive(Clone)]
pub(super) struct KindStore {
    pub(super) definition: &'static KindDefinition,
    pub(super) namespace: Option<String>,
    pub(super) objects: Store<CachedObject>,
    /// The error of the last attempt to list the objects. It is ignored once they are listed.
    pub(super) list_error: Option<Arc<str>>,
}

impl std::fmt::Debug for KindStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, objects) = (self.kind(), self.objects.len());
        f.debug_tuple(kind).field(&objects).finish()
    }
}

impl KindStore {
    pub(super) fn new(
        definition: &'static KindDefinition,
        namespace: Option<String>,
        objects: Store<CachedObject>,
    ) -> Self {
        Self {
            definition,
            namespace,
            objects,
            list_error: None,
        }
    }

    pub(super) fn kind(&self) -> &'static str {
        self.definition.kind
    }

    /// Waits until the objects are listed.
    pub(super) async fn ready(&self) {
        // The writer is dropped only at shutdown, when the result does not matter.
        let _ = self.objects.wait_until_ready().await;
    }

    /// Whether the objects are listed.
    pub(super) fn is_ready(&self) -> bool {
        self.ready().now_or_never().is_some()
    }

    pub(super) fn find(&self, namespace: &str, name: &str) -> Option<ReferenceTarget> {
        let key = ObjectRef::new_with(name, self.definition).within(namespace);
        self.objects.get(&key).map(|it| ReferenceTarget::of(&it))
    }

    /// Reads an object from the API server. `None`: it does not exist.
    pub(super) async fn read(
        &self,
        kube: &Client,
        namespace: &str,
        name: &str,
    ) -> Result<Option<ReferenceTarget>, kube::Error> {
        let raw: Option<RawObject> = get(self.definition, kube, Some(namespace), name).await?;
        let object = raw.map(|raw| CachedObject::new(self.definition, raw));
        Ok(object.as_ref().map(ReferenceTarget::of))
    }

    pub(super) fn add_claims(&self, claims: &mut RemoteClaims, id: &str, identity: &str) {
        claims.add(&self.objects, id, identity);
    }

    pub(super) fn objects_naming(&self, id: &str) -> Vec<RemoteClaim> {
        objects_naming(&self.objects, id)
    }

    /// Returns the request that reads a resource.
    pub(super) fn get_request(&self, id: &str) -> Request {
        let api = self.definition.api;
        api.get_request(api.collection, id)
    }

    /// Returns the caller reference in the response to that request.
    pub(super) fn caller_reference(
        &self,
        request: &Request,
        response: Response,
    ) -> Result<Option<String>, CloudFrontError> {
        let api = self.definition.api;
        let remote = Remote::from_response(api, request, response);
        let remote = remote.ok_or_else(|| incomplete_response(request))?;
        Ok(remote.identity(api).map(str::to_owned))
    }

    pub(super) fn ids_of_others(&self, uid: &str) -> Vec<String> {
        let objects = self.objects.state();
        let others = objects
            .iter()
            .filter(|object| object.meta().uid.as_deref() != Some(uid));
        let ids = others.filter_map(|object| {
            let recorded = object.summary().id.as_deref();
            recorded.or(object.summary().adopt_id.as_deref())
        });
        ids.map(str::to_owned).collect()
    }

    pub(super) fn has_finalizers(&self, namespace: &str) -> bool {
        let objects = self.objects.state();
        objects.iter().any(|object| {
            has_finalizer(&**object) && object.namespace().as_deref() == Some(namespace)
        })
    }

    pub(super) fn condition_summaries(&self) -> Vec<ConditionSummary> {
        let objects = self.objects.state();
        let conditions = objects
            .iter()
            .flat_map(|object| &object.summary().conditions);
        conditions.cloned().collect()
    }

    pub(super) fn named_conditions(&self) -> Vec<NamedConditions> {
        let objects = self.objects.state();
        let conditions = objects.iter().map(|object| NamedConditions {
            kind: self.kind(),
            namespace: object.namespace().unwrap_or_default(),
            name: object.name_any(),
            conditions: object.summary().conditions.clone(),
        });
        conditions.collect()
    }

    pub(super) fn drift(&self) -> i64 {
        let objects = self.objects.state();
        objects.iter().map(|object| object.summary().drift).sum()
    }
}
