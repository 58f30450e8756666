//! Control of a running simulator, in process and over HTTP.

mod edit;
mod http;
mod state;

pub use edit::Edit;
pub use http::CONTROL_HELP;
pub(crate) use http::ControlHandler;

use std::{collections::BTreeMap, time::Duration};

use crate::{
    clock::iso, faults::Fault, journal::JournalEntry, options::Credential, seeds::Family,
    settings::Settings, shared::Shared, sts::Role, switches::Switch,
};

/// A control request that makes no sense to the simulator.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// There is no resource of that id in any account.
    #[error("there is no resource '{0}'; GET /_sim/state lists what there is")]
    NoSuchResource(String),
    /// A path leads nowhere.
    #[error(
        "the path '{0}' leads nowhere; name elements from the configuration's root on, as Origins/Items/0/DomainName"
    )]
    NoSuchPath(String),
    /// A text is no XML element.
    #[error("the text is no XML element: {0}")]
    NotXml(String),
    /// There is no quota of that name.
    #[error("there is no quota '{0}'; GET /_sim/quotas lists them")]
    NoSuchQuota(String),
}

/// A handle on a running simulator; clones control the same one.
#[derive(Clone)]
pub struct Control(pub(crate) Shared);

impl Control {
    /// The simulation's time, ISO 8601 in UTC.
    pub fn now(&self) -> String {
        iso(self.0.lock().now())
    }

    /// Moves the simulation's clock forward. Signatures are still compared with real time.
    pub fn advance(&self, by: Duration) {
        let mut world = self.0.lock();
        world.kept.clock.advance(by);
        world.dirty = true;
    }

    /// The current delays and limits.
    pub fn settings(&self) -> Settings {
        self.0.lock().settings.clone()
    }

    /// Changes delays and limits.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        let mut world = self.0.lock();
        change(&mut world.settings);
        world.dirty = true;
    }

    /// Turns a switch on or off.
    pub fn switch(&self, switch: Switch, on: bool) {
        let mut world = self.0.lock();
        world.kept.switches.set(switch, on);
        world.dirty = true;
    }

    /// Changes a quota, named by the error of exceeding it, of one account or of all that there are.
    pub fn set_quota(
        &self,
        account: Option<&str>,
        name: &str,
        limit: u64,
    ) -> Result<(), ControlError> {
        let mut world = self.0.lock();
        world.dirty = true;
        if let Some(account) = account {
            world.account_mut(account);
        }
        let mut accounts = world
            .kept
            .accounts
            .iter_mut()
            .filter(|(number, _)| account.is_none_or(|a| a == *number));
        if accounts.all(|(_, account)| account.quotas.set(name, limit)) {
            Ok(())
        } else {
            Err(ControlError::NoSuchQuota(name.to_owned()))
        }
    }

    /// The requests after a sequence number, in commit order; 0 asks for all.
    pub fn journal_since(&self, sequence: u64) -> Vec<JournalEntry> {
        self.0.lock().journal.since(sequence)
    }

    /// All requests, in commit order.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.journal_since(0)
    }

    /// Empties the journal; sequence numbers go on.
    pub fn clear_journal(&self) {
        self.0.lock().journal.clear();
    }

    /// Adds a fault; its number serves to remove it.
    pub fn inject(&self, fault: Fault) -> u64 {
        self.0.lock().faults.add(fault)
    }

    /// The faults that wait, by number.
    pub fn faults(&self) -> BTreeMap<u64, Fault> {
        self.0.lock().faults.waiting().into_iter().collect()
    }

    /// Removes one fault; false if it has been played or never was.
    pub fn remove_fault(&self, number: u64) -> bool {
        self.0.lock().faults.remove(number)
    }

    /// Removes all faults. Held answers stay held.
    pub fn clear_faults(&self) {
        self.0.lock().faults.clear();
    }

    /// How many answers are held back.
    pub fn held(&self) -> usize {
        self.0.lock().faults.held()
    }

    /// Lets held answers go; how many there were.
    pub fn release(&self) -> usize {
        self.0.lock().faults.release()
    }

    /// Makes a resource of a family that is not simulated known by its id.
    pub fn seed(&self, family: Family, id: &str) {
        let mut world = self.0.lock();
        world.kept.seeds.add(family, id);
        world.dirty = true;
    }

    /// Makes it unknown again; false if it was not known.
    pub fn unseed(&self, family: Family, id: &str) -> bool {
        let mut world = self.0.lock();
        world.dirty = true;
        world.kept.seeds.remove(family, id)
    }

    /// Accepts another key pair.
    pub fn add_credential(&self, credential: &Credential) {
        let mut world = self.0.lock();
        world.add_credential(credential);
        world.dirty = true;
    }

    /// Revokes a key pair or a session; false if there is none of that access key.
    pub fn revoke(&self, access_key: &str) -> bool {
        let mut world = self.0.lock();
        world.dirty = true;
        world.kept.keyring.revoke(access_key)
    }

    /// Says who may assume a role, which otherwise anyone may.
    pub fn set_role(&self, arn: &str, role: Role) {
        let mut world = self.0.lock();
        world.kept.roles.insert(arn.to_owned(), role);
        world.dirty = true;
    }

    /// Changes a resource behind the API's back, as someone at the console would.
    pub fn edit(&self, id: &str, edit: Edit) -> Result<(), ControlError> {
        edit::apply(&mut self.0.lock(), id, edit)
    }

    /// Everything there is, as JSON; configurations are XML text in it.
    pub fn state(&self) -> serde_json::Value {
        state::dump(&self.0.lock())
    }
}
