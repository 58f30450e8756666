//! The object of a reconciliation, from the cache or from the API server, within a bound of memory.
//!
//! A reconciliation needs a multiple of the object's size: the spec, the document for CloudFront, the request. So the reconciliations of
//! large objects share a budget. One that exceeds it is postponed, and does not occupy one of the concurrent reconciliations meanwhile.

use crate::engine::{
    api::reference::ObjectKey,
    cache::cached_object::{CachedObject, Decoded},
    config::with_jitter,
    context::Context,
    kubernetes::metadata::has_finalizer,
};
use kube::{Client, Resource};
use std::{sync::Arc, time::Duration};
use tokio::sync::{Semaphore, SemaphorePermit};

/// The size from which an object is large.
const LARGE: usize = 32 << 10;

/// The total size of the large objects that are reconciled at the same time.
const MAX_LARGE: usize = 3 << 20;

/// The delay of a reconciliation for which the budget has no room.
const BUSY_DELAY: Duration = Duration::from_secs(1);

/// What is left of [`MAX_LARGE`] in KiB.
static BUDGET: Semaphore = Semaphore::const_new(MAX_LARGE >> 10);

/// The object of a reconciliation.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) object: Decoded,
    /// The object's share of the budget, until the reconciliation ends.
    _share: Option<SemaphorePermit<'static>>,
}

/// The result of loading an object.
#[derive(Debug)]
pub(super) enum Load {
    Loaded(Box<Loaded>),
    /// Other large objects are being reconciled.
    Later(Duration),
    /// The object was deleted. The watch shows it soon.
    Deleted,
}

/// Loads the object of a reconciliation.
pub(super) async fn load(cached: &CachedObject, kube: &Client) -> Result<Load, kube::Error> {
    load_within(&BUDGET, cached, kube).await
}

async fn load_within(
    budget: &'static Semaphore,
    cached: &CachedObject,
    kube: &Client,
) -> Result<Load, kube::Error> {
    let share = if cached.size() < LARGE {
        None
    } else {
        let Ok(permit) = budget.try_acquire_many(share_of(cached.size())) else {
            return Ok(Load::Later(with_jitter(BUSY_DELAY)));
        };
        Some(permit)
    };
    let object = match cached.decode() {
        Some(object) => Some(object),
        None => cached.read(kube).await?,
    };
    let object = match object {
        Some(Err(_)) if is_deletion(cached) => cached.read_for_deletion(kube).await?,
        object => object,
    };
    Ok(object.map_or(Load::Deleted, |object| {
        Load::Loaded(Box::new(Loaded {
            object,
            _share: share,
        }))
    }))
}

/// Whether the object is being deleted, and waits for the operator.
fn is_deletion(cached: &CachedObject) -> bool {
    cached.meta().deletion_timestamp.is_some() && has_finalizer(cached)
}

/// Returns the share of an object in KiB. An object that is larger than the budget uses all of it.
fn share_of(size: usize) -> u32 {
    u32::try_from(size.min(MAX_LARGE) >> 10).unwrap_or(u32::MAX)
}

/// Waits until this process leads, and returns the object as it is then. `None`: it is deleted, or the process ends.
pub(super) async fn until_leading(
    cached: Arc<CachedObject>,
    context: &Context,
) -> Option<Arc<CachedObject>> {
    let leadership = &context.shared.leadership;
    if let Some(term) = leadership.term() {
        context.enter_term(term);
        // The watch may have shown the status with the id since the queue took the object. That status is then no longer pending.
        let present = context.find(&ObjectKey::of(&*cached));
        return Some(present.unwrap_or(cached));
    }
    let term = leadership.wait_to_lead().await?;
    context.enter_term(term);
    context.find(&ObjectKey::of(&*cached))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Kind;
    use crate::kinds::origin_access_identity::OriginAccessIdentity;
    use http::{Request, Response};
    use kube::client::Body;
    use serde_json::{Value, json};

    /// Returns an object of about 1.4 MB, which is not kept, with this uid.
    fn object(uid: &str) -> Value {
        let mut random = fastrand::Rng::with_seed(1);
        let comment = std::iter::repeat_with(|| random.alphanumeric());
        json!({
            "metadata": { "name": "www", "namespace": "shop", "uid": uid },
            "spec": { "comment": comment.take(1_400_000).collect::<String>() },
        })
    }

    fn cached() -> CachedObject {
        CachedObject::from_json(OriginAccessIdentity::DEFINITION, &object("1"))
    }

    /// Returns the client of an API server that has this object.
    fn api_server(status: u16, object: &Value) -> Client {
        let text = object.to_string();
        let service = tower::service_fn(move |request: Request<Body>| {
            let path =
                "/apis/cloudfront-operator.dev/v1alpha1/namespaces/shop/originaccessidentities/www";
            assert_eq!(request.uri().path(), path);
            let body = Body::from(text.clone().into_bytes());
            async move { Response::builder().status(status).body(body) }
        });
        Client::new(service, "default")
    }

    fn budget() -> &'static Semaphore {
        Box::leak(Box::new(Semaphore::new(MAX_LARGE >> 10)))
    }

    #[tokio::test]
    async fn a_large_object_is_read_and_its_share_is_returned_at_the_end() {
        let budget = budget();
        let kube = api_server(200, &object("1"));
        let load = load_within(budget, &cached(), &kube).await.unwrap();
        let Load::Loaded(loaded) = load else {
            panic!("the object exists: {load:?}");
        };
        let spec = loaded.object.as_ref().unwrap().typed.spec().unwrap();
        assert_eq!(spec["comment"].as_str().unwrap().len(), 1_400_000);
        assert!(budget.available_permits() < MAX_LARGE >> 10);
        drop(loaded);
        assert_eq!(budget.available_permits(), MAX_LARGE >> 10);
    }

    #[tokio::test]
    async fn the_third_large_object_waits_without_a_request() {
        let budget = budget();
        let kube = api_server(200, &object("1"));
        let first = load_within(budget, &cached(), &kube).await.unwrap();
        let second = load_within(budget, &cached(), &kube).await.unwrap();
        let no_server = api_server(500, &Value::Null);
        let third = load_within(budget, &cached(), &no_server).await.unwrap();
        assert!(matches!(third, Load::Later(_)), "{third:?}");
        drop((first, second));
    }

    #[tokio::test]
    async fn an_object_that_was_deleted_is_not_reconciled_even_if_a_new_one_has_its_name() {
        let gone = json!({ "status": "Failure", "reason": "NotFound", "message": "", "code": 404 });
        for server in [api_server(404, &gone), api_server(200, &object("2"))] {
            let budget = budget();
            let load = load_within(budget, &cached(), &server).await.unwrap();
            assert!(matches!(load, Load::Deleted), "{load:?}");
            assert_eq!(budget.available_permits(), MAX_LARGE >> 10);
        }
    }
}
