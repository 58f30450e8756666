//! The log of the operator in a run, at all levels.

use parking_lot::Mutex;
use std::{io, sync::Arc};
use tracing::{Level, subscriber::DefaultGuard};
use tracing_subscriber::{Layer, filter::Targets, fmt, layer::SubscriberExt, registry};

/// The lines that were not taken yet. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Collects what this thread logs, until the result is dropped.
    pub(super) fn collect(&self) -> DefaultGuard {
        let log = self.clone();
        let lines = fmt::layer().with_ansi(false).without_time();
        let lines = lines.with_writer(move || log.clone());
        let targets = Targets::new().with_default(Level::INFO);
        let targets = targets.with_target("cloudfront_operator", Level::TRACE);
        tracing::subscriber::set_default(registry().with(lines.with_filter(targets)))
    }

    /// Returns the lines since the last call.
    pub(super) fn take(&self) -> Vec<String> {
        let text = std::mem::take(&mut *self.0.lock());
        let text = String::from_utf8_lossy(&text);
        text.lines().map(String::from).collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
