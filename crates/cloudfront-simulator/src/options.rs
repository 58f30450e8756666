//! Start options of a simulator.

use std::{
    net::SocketAddr,
    path::PathBuf,
    str::FromStr,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

/// The account of credentials without an account number.
pub const DEFAULT_ACCOUNT: &str = "111122223333";

/// Start options of a simulator. The default listens on free ports of the loopback interface, deploys in 5 seconds
/// and stores everything in memory.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address of the CloudFront and STS API. Port 0 selects a free port.
    pub listen: SocketAddr,
    /// The address of the control port. Port 0 selects a free port.
    pub control_listen: SocketAddr,
    /// The delay from a write to `Deployed`, from the creation of an invalidation to `Completed`, and from that of a key-value
    /// store to `READY`.
    pub deploy_delay: Duration,
    /// The delay before each API request is processed.
    pub latency: Duration,
    /// The file that preserves the state across restarts. It is written within one second after a change and at the
    /// end.
    pub state_file: Option<PathBuf>,
    /// The access keys that are accepted. An empty list accepts [`Credential::for_tests`].
    pub credentials: Vec<Credential>,
    /// The seed of the generated identifiers. Equal seeds give equal identifiers. Default: the current time.
    pub id_seed: Option<u64>,
    /// The time at the start, from which the clock advances with tokio's time, which a test can pause. Default: the time of
    /// the system.
    pub start_time: Option<SystemTime>,
}

impl Default for Options {
    fn default() -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            listen: loopback,
            control_listen: loopback,
            deploy_delay: Duration::from_secs(5),
            latency: Duration::ZERO,
            state_file: None,
            credentials: Vec::new(),
            id_seed: None,
            start_time: None,
        }
    }
}

/// An access key and its account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The access key ID.
    pub access_key: String,
    /// The secret access key.
    pub secret_key: String,
    /// The AWS account number.
    #[serde(default = "default_account")]
    pub account: String,
}

impl Credential {
    /// Returns the access key that a simulator accepts if its options contain none.
    pub fn for_tests() -> Self {
        Self {
            access_key: "AKIASIMULATOR0000001".to_owned(),
            secret_key: "simulator-secret-access-key".to_owned(),
            account: DEFAULT_ACCOUNT.to_owned(),
        }
    }
}

impl FromStr for Credential {
    type Err = CredentialError;

    /// Parses `AKID:SECRET[:ACCOUNT]`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, ':');
        let (access_key, secret_key) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let account = parts.next().unwrap_or(DEFAULT_ACCOUNT);
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        if access_key.is_empty() || secret_key.is_empty() || !is_account {
            return Err(CredentialError);
        }
        Ok(Self {
            access_key: access_key.to_owned(),
            secret_key: secret_key.to_owned(),
            account: account.to_owned(),
        })
    }
}

/// The text is not a valid credential.
#[derive(Debug, thiserror::Error)]
#[error("a credential is AKID:SECRET or AKID:SECRET:ACCOUNT, with an account of 12 digits")]
pub struct CredentialError;

fn default_account() -> String {
    DEFAULT_ACCOUNT.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_a_key_a_secret_and_an_optional_account() {
        let without_account: Credential = "A:B".parse().unwrap();
        assert_eq!(
            (
                without_account.secret_key.as_str(),
                without_account.account.as_str()
            ),
            ("B", DEFAULT_ACCOUNT)
        );
        assert_eq!(
            "A:B:444455556666".parse::<Credential>().unwrap().account,
            "444455556666"
        );
        for invalid in ["A", "A:", ":B", "A:B:1"] {
            assert!(invalid.parse::<Credential>().is_err(), "{invalid}");
        }
    }
}
