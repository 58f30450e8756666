//! Delays and limits that can be changed while the simulator runs.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::clock::parse_duration;

/// The settings of the control port. In JSON, a duration is a text such as `"5s"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The delay from a write to `Deployed`. A change also applies to deployments in progress.
    #[serde(
        serialize_with = "serialize_duration",
        deserialize_with = "deserialize_duration"
    )]
    pub deploy_delay: Duration,
    /// The delay from the creation of an invalidation to `Completed`.
    #[serde(
        serialize_with = "serialize_duration",
        deserialize_with = "deserialize_duration"
    )]
    pub invalidation_delay: Duration,
    /// The delay from the creation of a key-value store to `READY`.
    #[serde(
        default,
        serialize_with = "serialize_duration",
        deserialize_with = "deserialize_duration"
    )]
    pub provisioning_delay: Duration,
    /// The delay before each API request is processed.
    #[serde(
        serialize_with = "serialize_duration",
        deserialize_with = "deserialize_duration"
    )]
    pub latency: Duration,
    /// The maximum number of API requests per second, account and service. Further requests return `Throttling`. 0 means no
    /// limit.
    pub rate_limit: f64,
    /// The number of seconds that the server's clock is ahead of real time when it verifies signatures.
    pub signing_skew_seconds: i64,
    /// Whether STS returns tokens of version 1, as its global endpoint does by default. Requests for key-value pairs with such
    /// a token return `AccessDeniedException`.
    #[serde(default)]
    pub version_1_tokens: bool,
    /// Whether the host of requests for key-value pairs must begin with the account. Otherwise the account in the ARN suffices.
    #[serde(default)]
    pub require_account_host: bool,
}

impl Settings {
    pub(crate) fn new(deploy_delay: Duration, latency: Duration) -> Self {
        Self {
            deploy_delay,
            invalidation_delay: deploy_delay,
            provisioning_delay: deploy_delay,
            latency,
            rate_limit: 0.0,
            signing_skew_seconds: 0,
            version_1_tokens: false,
            require_account_host: false,
        }
    }
}

fn serialize_duration<S: Serializer>(
    duration: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{}ms", duration.as_millis()))
}

fn deserialize_duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_duration(&text).map_err(serde::de::Error::custom)
}
