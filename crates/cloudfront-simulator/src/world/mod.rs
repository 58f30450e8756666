//! Everything that the simulated service remembers.

mod account;
mod collection;
mod persist;
mod record;

pub(crate) use account::{Account, Invalidation};
pub(crate) use collection::Collection;
pub(crate) use persist::Saved;
pub use persist::StateError;
pub(crate) use record::{Record, Version, View};

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    clock::{Clock, Millis, millis},
    faults::FaultBook,
    ids::Ids,
    journal::Journal,
    options::Credential,
    quotas::Quotas,
    seeds::Seeds,
    settings::Settings,
    sigv4::{Key, Keyring},
    sts::Role,
    switches::Switches,
};

/// The state behind both ports. One lock guards it, so the journal's order is the order of commits.
pub(crate) struct World {
    pub(crate) kept: Kept,
    pub(crate) settings: Settings,
    pub(crate) faults: FaultBook,
    pub(crate) journal: Journal,
    /// Set by every change, so that the state file is written when there is something to write.
    pub(crate) dirty: bool,
}

/// The part that a state file keeps across restarts.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) keyring: Keyring,
    pub(crate) switches: Switches,
    pub(crate) seeds: Seeds,
    /// By ARN, the roles that not everyone may assume.
    pub(crate) roles: BTreeMap<String, Role>,
    pub(crate) accounts: BTreeMap<String, Account>,
    /// Who owns an alias, over all accounts.
    pub(crate) aliases: BTreeMap<String, Owner>,
}

/// A distribution of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner {
    pub(crate) account: String,
    pub(crate) id: String,
}

impl Kept {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            clock: Clock::default(),
            ids: Ids::new(seed),
            keyring: Keyring::default(),
            switches: Switches::default(),
            seeds: Seeds::default(),
            roles: BTreeMap::new(),
            accounts: BTreeMap::new(),
            aliases: BTreeMap::new(),
        }
    }
}

impl World {
    pub(crate) fn new(kept: Kept, settings: Settings) -> Self {
        Self {
            kept,
            settings,
            faults: FaultBook::default(),
            journal: Journal::default(),
            dirty: false,
        }
    }

    pub(crate) fn now(&self) -> Millis {
        self.kept.clock.now()
    }

    pub(crate) fn add_credential(&mut self, credential: &Credential) {
        self.kept.keyring.add(Key::from(credential));
        self.account_mut(&credential.account);
    }

    /// The account; one that was never heard of is made, as roles may be assumed in any.
    pub(crate) fn account_mut(&mut self, number: &str) -> &mut Account {
        self.kept.accounts.entry(number.to_owned()).or_default()
    }

    pub(crate) fn account(&self, number: &str) -> Option<&Account> {
        self.kept.accounts.get(number)
    }

    pub(crate) fn quotas(&self, number: &str) -> Quotas {
        self.account(number)
            .map(|account| account.quotas.clone())
            .unwrap_or_default()
    }

    /// `InProgress` until the delay has passed since the write, then `Deployed`.
    pub(crate) fn deployment(&self, modified: Millis) -> &'static str {
        if self.passed(modified, self.settings.deploy_delay) {
            "Deployed"
        } else {
            "InProgress"
        }
    }

    pub(crate) fn invalidation_status(&self, created: Millis) -> &'static str {
        if self.passed(created, self.settings.invalidation_delay) {
            "Completed"
        } else {
            "InProgress"
        }
    }

    fn passed(&self, since: Millis, delay: Duration) -> bool {
        self.now() >= since.saturating_add(millis(delay))
    }

    /// Finds out anew who owns which alias, after a change that did not come through the API.
    pub(crate) fn index_aliases(&mut self) {
        let mut aliases = BTreeMap::new();
        for (number, account) in &self.kept.accounts {
            let views = account
                .distributions
                .after("", 0)
                .chain(account.streaming.after("", 0));
            for view in views {
                for alias in view.version.config.items_of("Aliases") {
                    let owner = Owner {
                        account: number.clone(),
                        id: view.record.id.clone(),
                    };
                    aliases.insert(alias.text.to_ascii_lowercase(), owner);
                }
            }
        }
        self.kept.aliases = aliases;
    }
}
