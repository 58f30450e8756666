//! Sets up logs and, if configured, traces.

use super::traces::Traces;
use crate::operator::cli::options::{LogFormat, RunArgs};
use std::io::IsTerminal;
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{FilterExt, FilterFn, LevelFilter, filter_fn},
    fmt::{self, MakeWriter},
    prelude::*,
    reload,
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
    let lines = lines(is_text, is_terminal, std::io::stderr);
    let filter = filter.and(without_spans_of_kube());
    // Only tests set a second subscriber in one process. It is ignored.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .with(traces.as_ref().map(Traces::layer))
        .try_init();
    Ok((LogLevelHandle(handle), traces))
}

/// Returns the layer that writes one line for each event, with the spans around it.
fn lines<W>(is_text: bool, is_ansi: bool, writer: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = fmt::layer().with_writer(writer).with_ansi(is_ansi);
    if is_text {
        return lines.boxed();
    }
    // The list of spans has the innermost one as well.
    let json = lines.json().flatten_event(true).with_current_span(false);
    json.boxed()
}

/// Hides the span of kube's controller from the lines: it names the object that the span `reconcile` names as well.
fn without_spans_of_kube() -> FilterFn {
    filter_fn(|metadata| !(metadata.is_span() && metadata.target() == "kube_runtime::controller"))
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
    use parking_lot::Mutex;
    use std::{io::Write, sync::Arc};

    /// A log in memory.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
            self.0.lock().extend_from_slice(text);
            Ok(text.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_has_each_fact_once() {
        for is_text in [true, false] {
            let log = Log::default();
            let writer = log.clone();
            let lines = lines(is_text, false, move || writer.clone());
            let subscriber = tracing_subscriber::registry()
                .with(lines.with_filter(EnvFilter::new("info").and(without_spans_of_kube())));
            tracing::subscriber::with_default(subscriber, || {
                let of_kube = tracing::info_span!(
                    target: "kube_runtime::controller",
                    "reconciling object",
                    object.r#ref = "Distribution.v1.example/www.shop",
                );
                let _of_kube = of_kube.entered();
                let _own = tracing::error_span!("reconcile", object_name = "www").entered();
                tracing::info!("written");
            });
            let line = String::from_utf8(log.0.lock().clone()).unwrap();
            assert_eq!(line.matches("www").count(), 1, "{line}");
        }
    }

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
