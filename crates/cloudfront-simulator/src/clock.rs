//! The simulated clock, and conversions of times and durations.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub(crate) type Millis = i64;

/// Real time plus an offset that can only grow.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Clock {
    #[serde(rename = "advanced")]
    offset: Millis,
    #[serde(skip)]
    source: TimeSource,
}

/// What counts as real time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum TimeSource {
    /// The time of the system.
    #[default]
    System,
    /// The time that advances with tokio's time, which a test can pause.
    Tokio { start: Millis, since: Instant },
}

impl TimeSource {
    /// Returns a source that shows this time now, or the time of the system.
    pub(crate) fn starting_at(start: Option<SystemTime>) -> Self {
        start.map_or(Self::System, |start| Self::Tokio {
            start: Timestamp::try_from(start)
                .unwrap_or_default()
                .as_millisecond(),
            since: Instant::now(),
        })
    }
}

impl Clock {
    pub(crate) fn set_source(&mut self, source: TimeSource) {
        self.source = source;
    }

    pub(crate) fn now(self) -> Millis {
        self.real_time() + self.offset
    }

    /// Returns the time without the offset.
    pub(crate) fn real_time(self) -> Millis {
        match self.source {
            TimeSource::System => system_time(),
            TimeSource::Tokio { start, since } => start + duration_millis(since.elapsed()),
        }
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.offset += duration_millis(by);
    }
}

/// Returns the time of the system.
pub(crate) fn system_time() -> Millis {
    Timestamp::now().as_millisecond()
}

pub(crate) fn duration_millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX / 4)
}

/// Formats a time as ISO 8601 in UTC with milliseconds, as CloudFront does.
pub(crate) fn format_iso8601(time: Millis) -> String {
    let timestamp = Timestamp::from_millisecond(time).unwrap_or(Timestamp::MAX);
    timestamp.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// Formats a time as in the `Date` header.
pub(crate) fn format_http_date(time: Millis) -> String {
    let timestamp = Timestamp::from_millisecond(time).unwrap_or_default();
    let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
    printer
        .timestamp_to_rfc9110_string(&timestamp)
        .unwrap_or_default()
}

/// Parses a duration such as `250ms`, `5s`, `1.5m` or `2h`. A number without a unit is in seconds.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let error = || DurationError(text.to_owned());
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return Err(error()),
    };
    let number: f64 = digits.parse().map_err(|_| error())?;
    Duration::try_from_secs_f64(number * unit).map_err(|_| error())
}

/// The text is not a valid duration.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is not a duration; write for example 250ms, 5s, 1.5m or 2h")]
pub struct DurationError(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_number_and_a_unit() {
        assert_eq!(parse_duration("250ms").unwrap(), Duration::from_millis(250));
        assert_eq!(parse_duration("1.5m").unwrap(), Duration::from_secs(90));
        assert_eq!(parse_duration("7").unwrap(), Duration::from_secs(7));
        for invalid in ["", "s", "-1s", "5 minutes", "1e400s"] {
            assert!(parse_duration(invalid).is_err(), "{invalid}");
        }
    }

    #[test]
    fn times_are_formatted_in_utc_with_milliseconds() {
        assert_eq!(
            format_iso8601(1_665_438_743_837),
            "2022-10-10T21:52:23.837Z"
        );
    }
}
