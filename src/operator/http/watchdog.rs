//! Whether the Kubernetes API is still heard.
//!
//! A watch can go silent while everything looks well. Bookmarks stay inside kube's runtime, so what is heard is counted at the HTTP
//! layer: every piece of every answer, refusals included. Watches end and begin anew every 40 seconds, so an API server that is
//! there is heard at least that often.

use http_body_util::BodyExt;
use kube::{Client, Config, client::ClientBuilder};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;
use tower::util::MapResponseLayer;

/// How long silence may last.
pub(crate) const SILENCE: Duration = Duration::from_mins(1);

/// When the Kubernetes API was last heard.
#[derive(Clone, Debug)]
pub(crate) struct Heard(Arc<Mutex<Instant>>);

impl Heard {
    /// As if the API server had just been heard.
    pub(crate) fn now() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    /// For how long nothing was heard.
    pub(crate) fn silence(&self) -> Duration {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .elapsed()
    }

    fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// A client for the Kubernetes API that notes whatever it hears.
///
/// # Errors
///
/// When the configuration names certificates or credentials that cannot be used.
pub(crate) fn client(mut config: Config, heard: &Heard) -> Result<Client, kube::Error> {
    // kube's own policy may keep one call busy for minutes; the engine tries again by itself.
    config.default_retry = false;
    config.connect_timeout = Some(Duration::from_secs(5));
    config.read_timeout = Some(SILENCE);
    let heard = heard.clone();
    let layer = MapResponseLayer::new(move |answer: http::Response<_>| {
        heard.note();
        let heard = heard.clone();
        answer.map(|body| {
            BodyExt::map_frame(body, move |frame| {
                heard.note();
                frame
            })
        })
    });
    Ok(ClientBuilder::try_from(config)?.with_layer(&layer).build())
}
