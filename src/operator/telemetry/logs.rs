//! Sets up logs and, if configured, traces.

use super::traces::Traces;
use crate::operator::cli::options::{LogFormat, RunArgs};
use std::io::IsTerminal;
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::LevelFilter, fmt, prelude::*, reload,
};

/// Changes the log level while the program runs.
#[derive(Clone, Debug)]
pub(crate) struct LogLevelHandle(reload::Handle<EnvFilter, Registry>);

impl LogLevelHandle {
    /// Sets the log level.
    ///
    /// # Errors
    ///
    /// A sentence, if the level is invalid.
    pub(crate) fn set(&self, level: &str) -> Result<(), String> {
        let filter = filter(level)?;
        self.0.reload(filter).map_err(|error| error.to_string())
    }
}

/// Starts to log to standard error and, if configured, to send traces from the current runtime.
///
/// # Errors
///
/// A sentence, if the log level or the address of the collector is invalid.
pub(crate) fn start(options: &RunArgs) -> Result<(LogLevelHandle, Option<Traces>), String> {
    let filter = filter(&options.log_level).map_err(|error| format!("--log-level {error}"))?;
    let traces = options.otlp_endpoint.as_deref().map(Traces::new);
    let traces = traces
        .transpose()
        .map_err(|error| format!("--otlp-endpoint {error}"))?;
    let (filter, handle) = reload::Layer::new(filter);
    let is_terminal = std::io::stderr().is_terminal();
    let is_text = options
        .log_format
        .map_or(is_terminal, |format| format == LogFormat::Text);
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(is_terminal);
    let lines = if is_text {
        lines.boxed()
    } else {
        lines.json().flatten_event(true).boxed()
    };
    // Only tests set a second subscriber in one process. It is ignored.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .with(traces.as_ref().map(Traces::layer))
        .try_init();
    Ok((LogLevelHandle(handle), traces))
}

fn filter(level: &str) -> Result<EnvFilter, String> {
    directives(level)
        .and_then(|level| EnvFilter::try_new(level).map_err(|error| error.to_string()))
        .map_err(|error| format!("{level:?} is not a log level ({error}): use info, debug, or info,cloudfront_operator=debug"))
}

/// Rejects a word that is not a level. `EnvFilter` would read it as the name of a module and log nothing.
fn directives(text: &str) -> Result<&str, String> {
    let is_valid = |part: &str| part.contains('=') || part.parse::<LevelFilter>().is_ok();
    match text.split(',').find(|part| !is_valid(part.trim())) {
        Some(part) => Err(format!("{part:?} is not a log level")),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_not_a_level_is_rejected() {
        for valid in [
            "info",
            "debug",
            "off",
            "info,cloudfront_operator=debug",
            "warn, kube=trace",
        ] {
            assert_eq!(directives(valid), Ok(valid));
        }
        for invalid in ["loud", "info,loud"] {
            assert!(directives(invalid).is_err(), "{invalid:?}");
        }
    }
}
