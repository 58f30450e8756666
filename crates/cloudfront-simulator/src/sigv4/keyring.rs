//! The access keys that are accepted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{clock::Millis, options::Credential};

/// An access key, either long-lived or from STS.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccessKey {
    /// The access key ID.
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) account: String,
    /// The ARN of the principal, as `GetCallerIdentity` returns it.
    pub(crate) arn: String,
    pub(crate) token: Option<String>,
    pub(crate) expires: Option<Millis>,
    /// Whether the token is of version 1, with which no other region than that of STS accepts Signature Version 4A.
    #[serde(default)]
    pub(crate) has_version_1_token: bool,
}

impl From<&Credential> for AccessKey {
    fn from(credential: &Credential) -> Self {
        Self {
            id: credential.access_key.clone(),
            secret: credential.secret_key.clone(),
            account: credential.account.clone(),
            arn: format!(
                "arn:aws:iam::{}:user/{}",
                credential.account, credential.access_key
            ),
            token: None,
            expires: None,
            has_version_1_token: false,
        }
    }
}

/// The accepted access keys, by access key ID.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Keyring(BTreeMap<String, AccessKey>);

impl Keyring {
    pub(crate) fn find(&self, access_key: &str) -> Option<&AccessKey> {
        self.0.get(access_key)
    }

    pub(crate) fn add(&mut self, key: AccessKey) {
        self.0.insert(key.id.clone(), key);
    }

    /// Removes a key. Returns false if it does not exist.
    pub(crate) fn revoke(&mut self, access_key: &str) -> bool {
        self.0.remove(access_key).is_some()
    }
}
