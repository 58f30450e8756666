//! The signals that end the program, and the time that running reconciliations get to finish.

use futures::{FutureExt, future::BoxFuture};
use std::{io, time::Duration};
use tokio::signal::unix::{SignalKind, signal};

/// A future that completes when the program has to end.
pub type Shutdown = futures::future::Shared<BoxFuture<'static, ()>>;

/// How long running reconciliations may take to finish. Kubernetes kills a pod 30 seconds after the signal.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(25);

/// Listens for SIGTERM and Ctrl-C.
///
/// # Errors
///
/// The name of the signal that the system does not deliver, and the reason.
pub(super) fn listen() -> Result<Shutdown, (&'static str, io::Error)> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| ("SIGTERM", error))?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| ("Ctrl-C", error))?;
    let received = async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("SIGTERM: ending"),
            _ = interrupt.recv() => tracing::info!("Ctrl-C: ending"),
        }
    };
    let shutdown = received.boxed().shared();
    // A shared future makes progress only while something polls it.
    tokio::spawn(shutdown.clone());
    Ok(shutdown)
}

/// Completes when the time to finish after a signal is over.
pub(super) async fn deadline(shutdown: Shutdown) {
    shutdown.await;
    tokio::time::sleep(SHUTDOWN_TIMEOUT).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn the_deadline_follows_the_signal() {
        let signal = tokio::time::sleep(Duration::from_secs(5));
        let begun = Instant::now();
        deadline(signal.boxed().shared()).await;
        let expected = Duration::from_secs(5) + SHUTDOWN_TIMEOUT;
        assert_eq!(begun.elapsed().as_secs(), expected.as_secs());
    }
}
