//! The list of kinds: what can be managed, defined and watched derives from it.

use crate::{
    cloudfront::Request,
    engine::{self, Kind, SharedContext},
    kinds::{
        distribution::Distribution, invalidation::Invalidation,
        origin_access_identity::OriginAccessIdentity,
        streaming_distribution::StreamingDistribution,
    },
};
use futures::future::BoxFuture;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;

/// A future that ends when the program should.
pub(super) type Shutdown = futures::future::Shared<BoxFuture<'static, ()>>;

/// One kind, without its type.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The kind's name: `Distribution`.
    pub kind: &'static str,
    /// Its custom resource definition, as shipped.
    pub crd: fn() -> CustomResourceDefinition,
    /// One of every call that is made for the kind, with `*` for ids: see [`engine::required_operations`].
    pub calls: fn() -> Vec<Request>,
    pub(super) run: fn(SharedContext, Vec<Option<String>>, Shutdown) -> BoxFuture<'static, ()>,
}

impl Entry {
    fn of<K: Kind>() -> Self {
        Self {
            kind: K::KIND,
            crd: engine::crd::<K>,
            calls: engine::required_operations::<K>,
            run: |shared, namespaces, shutdown| {
                Box::pin(engine::run::<K>(shared, namespaces, shutdown))
            },
        }
    }
}

/// Every kind there is. A new one is one line here.
pub fn kinds() -> Vec<Entry> {
    vec![
        Entry::of::<Distribution>(),
        Entry::of::<Invalidation>(),
        Entry::of::<OriginAccessIdentity>(),
        Entry::of::<StreamingDistribution>(),
    ]
}
