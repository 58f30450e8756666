//! The state that the state file preserves across restarts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::account::Account;
use crate::{
    clock::Clock, function_tests::FunctionTest, ids::IdGenerator, seeds::Seeds, sigv4::Keyring,
    switches::Switches,
};

/// The part of the service's state that the state file preserves across restarts.
#[derive(Serialize, Deserialize)]
pub(crate) struct PersistedState {
    pub(crate) clock: Clock,
    pub(crate) ids: IdGenerator,
    pub(crate) keyring: Keyring,
    pub(crate) switches: Switches,
    pub(crate) seeds: Seeds,
    /// The roles that not every caller can assume, by ARN.
    pub(crate) roles: BTreeMap<String, RoleTrust>,
    pub(crate) accounts: BTreeMap<String, Account>,
    /// The results of function tests, in the order in which they were set.
    #[serde(default)]
    pub(crate) function_tests: Vec<FunctionTest>,
    /// The owner of each alias, across all accounts.
    pub(crate) aliases: BTreeMap<String, AliasOwner>,
}

/// The distribution that owns an alias.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AliasOwner {
    pub(crate) account: String,
    pub(crate) id: String,
}

/// The callers that can assume a role. Every caller can assume a role without an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleTrust {
    /// The external ID that `AssumeRole` must contain.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Whether all callers are denied.
    #[serde(default)]
    pub denied: bool,
}

impl PersistedState {
    pub(crate) fn new(id_seed: u64) -> Self {
        Self {
            clock: Clock::default(),
            ids: IdGenerator::new(id_seed),
            keyring: Keyring::default(),
            switches: Switches::default(),
            seeds: Seeds::default(),
            roles: BTreeMap::new(),
            accounts: BTreeMap::new(),
            function_tests: Vec::new(),
            aliases: BTreeMap::new(),
        }
    }

    /// Rebuilds the alias index after an out-of-band change.
    pub(crate) fn rebuild_alias_index(&mut self) {
        let mut aliases = BTreeMap::new();
        for (number, account) in &self.accounts {
            let views = account
                .distributions
                .after("", 0)
                .chain(account.streaming.after("", 0));
            for view in views {
                for alias in view.version.config.items_of("Aliases") {
                    let owner = AliasOwner {
                        account: number.clone(),
                        id: view.resource.id.clone(),
                    };
                    aliases.insert(alias.text.to_ascii_lowercase(), owner);
                }
            }
        }
        self.aliases = aliases;
    }
}
