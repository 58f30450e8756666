//! Logs, and traces if asked for.

use super::traces::Traces;
use crate::operator::cli::options::{LogFormat, Run};
use std::io::IsTerminal;
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::LevelFilter, fmt, prelude::*, reload,
};

/// What is logged, to be changed while the program runs.
#[derive(Clone, Debug)]
pub(crate) struct Level(reload::Handle<EnvFilter, Registry>);

impl Level {
    /// Logs this from now on.
    ///
    /// # Errors
    ///
    /// A sentence, when it cannot be understood.
    pub(crate) fn set(&self, level: &str) -> Result<(), String> {
        let filter = filter(level)?;
        self.0.reload(filter).map_err(|error| error.to_string())
    }
}

/// Begins to log to standard error and, if asked to, to send traces from the runtime that this is called in.
///
/// # Errors
///
/// A sentence, when the level or the collector's address cannot be understood.
pub(crate) fn start(options: &Run) -> Result<(Level, Option<Traces>), String> {
    let filter = filter(&options.log_level).map_err(|error| format!("--log-level {error}"))?;
    let traces = options.traces_endpoint.as_deref().map(Traces::to);
    let traces = traces
        .transpose()
        .map_err(|error| format!("--traces-endpoint {error}"))?;
    let (filter, handle) = reload::Layer::new(filter);
    let terminal = std::io::stderr().is_terminal();
    let text = options
        .log_format
        .map_or(terminal, |format| format == LogFormat::Text);
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(terminal);
    let lines = if text {
        lines.boxed()
    } else {
        lines.json().flatten_event(true).boxed()
    };
    // A second subscriber in one process is only ever set by a test, and the first one stays.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .with(traces.as_ref().map(Traces::layer))
        .try_init();
    Ok((Level(handle), traces))
}

fn filter(level: &str) -> Result<EnvFilter, String> {
    directives(level)
        .and_then(|level| EnvFilter::try_new(level).map_err(|error| error.to_string()))
        .map_err(|error| format!("{level:?} cannot be understood ({error}); write info, debug, or info,cloudfront_operator=debug"))
}

/// A bare word that is no level would be taken for the name of a module, and nothing be logged at all.
fn directives(text: &str) -> Result<&str, String> {
    let sound = |part: &str| part.contains('=') || part.parse::<LevelFilter>().is_ok();
    match text.split(',').find(|part| !sound(part.trim())) {
        Some(part) => Err(format!("{part:?} is no level")),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_no_level_is_refused() {
        for good in [
            "info",
            "debug",
            "off",
            "info,cloudfront_operator=debug",
            "warn, kube=trace",
        ] {
            assert_eq!(directives(good), Ok(good));
        }
        for bad in ["loud", "info,loud"] {
            assert!(directives(bad).is_err(), "{bad:?}");
        }
    }
}
