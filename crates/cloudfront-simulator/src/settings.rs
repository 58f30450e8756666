//! Delays and limits that can change while the simulator runs.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::clock::parse_duration;

/// What the control port calls settings; durations are text such as `"5s"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// From a write to `Deployed`. A change also holds for what is in progress.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub deploy_delay: Duration,
    /// From an invalidation's creation to `Completed`.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub invalidation_delay: Duration,
    /// Waited before each API call is looked at.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub latency: Duration,
    /// API calls a second that each account may make before `Throttling`; 0 is no limit.
    pub rate_limit: f64,
    /// How many seconds the server's clock is ahead of real time when it looks at signatures.
    pub signing_skew_seconds: i64,
}

impl Settings {
    pub(crate) fn new(deploy_delay: Duration, latency: Duration) -> Self {
        Self {
            deploy_delay,
            invalidation_delay: deploy_delay,
            latency,
            rate_limit: 0.0,
            signing_skew_seconds: 0,
        }
    }
}

fn write<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{}ms", duration.as_millis()))
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_duration(&text).map_err(serde::de::Error::custom)
}
