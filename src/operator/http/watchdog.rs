//! Detects a silent connection to the Kubernetes API server.
//!
//! A watch can stop delivering events without an error. kube's runtime does not expose bookmarks, so the watchdog counts at the HTTP
//! layer: every frame of every response, errors included. Each watch is renewed every 40 seconds, so a reachable API server sends
//! data at least that often.

use http_body_util::BodyExt;
use kube::{Client, Config, client::ClientBuilder};
use parking_lot::Mutex;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use tower::util::MapResponseLayer;

/// The longest time without data before the process is unhealthy.
pub(crate) const MAX_IDLE: Duration = Duration::from_mins(1);

/// Records when the API server last sent data. Clones share their state.
#[derive(Clone, Debug)]
pub(crate) struct ApiServerWatchdog {
    last_data: Arc<Mutex<Instant>>,
}

impl ApiServerWatchdog {
    /// Creates a watchdog as if the API server had just sent data.
    pub(crate) fn new() -> Self {
        Self {
            last_data: Arc::new(Mutex::new(Instant::now())),
        }
    }

    /// Returns the time since the API server last sent data.
    pub(crate) fn idle_time(&self) -> Duration {
        self.last_data.lock().elapsed()
    }

    fn touch(&self) {
        *self.last_data.lock() = Instant::now();
    }
}

/// Creates a client for the Kubernetes API that reports all data to the watchdog.
///
/// # Errors
///
/// If the configuration names certificates or credentials that cannot be used.
pub(crate) fn client(
    mut config: Config,
    watchdog: &ApiServerWatchdog,
) -> Result<Client, kube::Error> {
    // kube's own retries can keep one request busy for minutes. The engine retries by itself.
    config.default_retry = false;
    config.connect_timeout = Some(Duration::from_secs(5));
    config.read_timeout = Some(MAX_IDLE);
    let watchdog = watchdog.clone();
    let layer = MapResponseLayer::new(move |response: http::Response<_>| {
        watchdog.touch();
        let watchdog = watchdog.clone();
        response.map(|body| {
            BodyExt::map_frame(body, move |frame| {
                watchdog.touch();
                frame
            })
        })
    });
    Ok(ClientBuilder::try_from(config)?.with_layer(&layer).build())
}
