//! What a simulator is started with.

use std::{net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

/// The account of credentials that name none.
pub const DEFAULT_ACCOUNT: &str = "111122223333";

/// How to start a simulator. The default listens on free ports of the loopback interface, deploys in 5 seconds and
/// keeps everything in memory.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the CloudFront and STS API listens; port 0 takes any free port.
    pub listen: SocketAddr,
    /// Where the control port listens; port 0 takes any free port.
    pub control: SocketAddr,
    /// From a write to `Deployed`, and from an invalidation's creation to `Completed`.
    pub deploy_delay: Duration,
    /// Waited before each API call is looked at.
    pub latency: Duration,
    /// Keeps the state across restarts; written within a second of a change and when the simulator stops.
    pub state: Option<PathBuf>,
    /// The key pairs that may sign; empty stands for [`Credential::for_tests`].
    pub credentials: Vec<Credential>,
    /// Repeats all identifiers; without it they differ from run to run.
    pub seed: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            listen: loopback,
            control: loopback,
            deploy_delay: Duration::from_secs(5),
            latency: Duration::ZERO,
            state: None,
            credentials: Vec::new(),
            seed: None,
        }
    }
}

/// A key pair and the account it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The access key id.
    pub access_key: String,
    /// The secret access key.
    pub secret_key: String,
    /// The AWS account number.
    #[serde(default = "default_account")]
    pub account: String,
}

impl Credential {
    /// The key pair a simulator accepts when it is given none.
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

    /// Reads `AKID:SECRET[:ACCOUNT]`.
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

/// A text that is not a credential.
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
    fn a_credential_names_a_key_a_secret_and_perhaps_an_account() {
        let short: Credential = "A:B".parse().unwrap();
        assert_eq!(
            (short.secret_key.as_str(), short.account.as_str()),
            ("B", DEFAULT_ACCOUNT)
        );
        assert_eq!(
            "A:B:444455556666".parse::<Credential>().unwrap().account,
            "444455556666"
        );
        for wrong in ["A", "A:", ":B", "A:B:1"] {
            assert!(wrong.parse::<Credential>().is_err(), "{wrong}");
        }
    }
}
