//! The world behind its lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{
    server::{Delivery, Handler, Received, api},
    world::World,
};

/// What both ports and the library share.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub(crate) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        // A panic in one request is a bug of the simulator, and no reason to fail all that follow.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers the API port.
#[derive(Clone)]
pub(crate) struct ApiHandler(pub(crate) Shared);

impl Handler for ApiHandler {
    async fn handle(&self, request: Received) -> Delivery {
        api(&self.0, request).await
    }
}
