//! Logs.

use super::options::{LogFormat, Run};
use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Begins to log to standard error.
///
/// # Errors
///
/// A sentence, when the level cannot be understood.
pub(super) fn start(options: &Run) -> Result<(), String> {
    let level = &options.log_level;
    let filter = EnvFilter::try_new(level)
        .map_err(|error| format!("--log-level {level:?} cannot be understood ({error}); write info, debug, or info,cloudfront_operator=debug"))?;
    let terminal = std::io::stderr().is_terminal();
    let text = options
        .log_format
        .map_or(terminal, |format| format == LogFormat::Text);
    let registry = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(terminal);
    // A second subscriber in one process is only ever set by a test, and the first one stays.
    let _ = if text {
        registry.with(lines).try_init()
    } else {
        registry.with(lines.json().flatten_event(true)).try_init()
    };
    Ok(())
}
