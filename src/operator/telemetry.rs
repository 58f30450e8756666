//! Logs.

use super::options::{LogFormat, Run};
use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, filter::LevelFilter, fmt, prelude::*};

/// Begins to log to standard error.
///
/// # Errors
///
/// A sentence, when the level cannot be understood.
pub(super) fn start(options: &Run) -> Result<(), String> {
    let level = &options.log_level;
    let filter = directives(level)
        .and_then(|level| EnvFilter::try_new(level).map_err(|error| error.to_string()))
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
