//! The key pairs that may sign.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{clock::Millis, options::Credential};

/// A key pair, long-lived or from STS.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Key {
    /// The access key id.
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) account: String,
    /// The principal, as `GetCallerIdentity` tells it.
    pub(crate) arn: String,
    pub(crate) token: Option<String>,
    pub(crate) expires: Option<Millis>,
}

impl From<&Credential> for Key {
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
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Keyring(BTreeMap<String, Key>);

impl Keyring {
    pub(crate) fn find(&self, access_key: &str) -> Option<&Key> {
        self.0.get(access_key)
    }

    pub(crate) fn add(&mut self, key: Key) {
        self.0.insert(key.id.clone(), key);
    }

    /// False if there was no such key.
    pub(crate) fn revoke(&mut self, access_key: &str) -> bool {
        self.0.remove(access_key).is_some()
    }
}
