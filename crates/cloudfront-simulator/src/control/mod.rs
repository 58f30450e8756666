//! Control of a running simulator.

mod edit;
mod error;
mod state_dump;

pub use edit::Edit;
pub use error::ControlError;

use std::{collections::BTreeMap, time::Duration};

use crate::{
    clock::format_iso8601,
    faults::Fault,
    function_tests::FunctionTest,
    journal::JournalEntry,
    options::Credential,
    quotas::Quotas,
    seeds::{ResourceType, Seeds},
    service::{RoleTrust, SharedService},
    settings::Settings,
    switches::{Switch, Switches},
};

/// A handle to a running simulator. Clones control the same simulator.
#[derive(Clone)]
pub struct Control(SharedService);

impl Control {
    pub(crate) fn new(service: SharedService) -> Self {
        Self(service)
    }

    /// Returns the simulated time, ISO 8601 in UTC.
    pub fn now(&self) -> String {
        format_iso8601(self.0.lock().now())
    }

    /// Moves the simulated clock forward. Signatures are still verified against real time.
    pub fn advance(&self, by: Duration) {
        let mut service = self.0.lock();
        service.state.clock.advance(by);
        service.is_dirty = true;
    }

    /// Returns the current delays and limits.
    pub fn settings(&self) -> Settings {
        self.0.lock().settings.clone()
    }

    /// Changes delays and limits.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        let mut service = self.0.lock();
        change(&mut service.settings);
        service.is_dirty = true;
    }

    /// Turns a switch on or off.
    pub fn set_switch(&self, switch: Switch, is_on: bool) {
        let mut service = self.0.lock();
        service.state.switches.set(switch, is_on);
        service.is_dirty = true;
    }

    /// Returns the switches that are on.
    pub(crate) fn switches(&self) -> Switches {
        self.0.lock().state.switches.clone()
    }

    /// Changes a quota of one account or, without an account, of all existing accounts. A quota has the name of the
    /// error that is returned when it is exceeded.
    pub fn set_quota(
        &self,
        account: Option<&str>,
        name: &str,
        limit: u64,
    ) -> Result<(), ControlError> {
        let mut service = self.0.lock();
        service.is_dirty = true;
        if let Some(account) = account {
            service.account_mut(account);
        }
        let mut accounts = service
            .state
            .accounts
            .iter_mut()
            .filter(|(number, _)| account.is_none_or(|a| a == *number));
        if accounts.all(|(_, account)| account.quotas.set(name, limit)) {
            Ok(())
        } else {
            Err(ControlError::NoSuchQuota(name.to_owned()))
        }
    }

    /// Returns the quotas of an account.
    pub(crate) fn quotas(&self, account: &str) -> Quotas {
        self.0.lock().quotas(account)
    }

    /// Returns the requests after a sequence number, in commit order. 0 returns all requests.
    pub fn journal_since(&self, sequence: u64) -> Vec<JournalEntry> {
        self.0.lock().journal.since(sequence)
    }

    /// Returns all requests, in commit order.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.journal_since(0)
    }

    /// Removes all entries from the journal. Sequence numbers continue.
    pub fn clear_journal(&self) {
        self.0.lock().journal.clear();
    }

    /// Adds a fault and returns its number, which identifies it for removal.
    pub fn inject(&self, fault: Fault) -> u64 {
        self.0.lock().faults.add(fault)
    }

    /// Returns the pending faults by number.
    pub fn faults(&self) -> BTreeMap<u64, Fault> {
        self.0.lock().faults.pending().into_iter().collect()
    }

    /// Removes a fault. Returns false if it is not pending.
    pub fn remove_fault(&self, number: u64) -> bool {
        self.0.lock().faults.remove(number)
    }

    /// Removes all faults. Does not release held responses.
    pub fn clear_faults(&self) {
        self.0.lock().faults.clear();
    }

    /// Returns the number of held responses.
    pub fn held_response_count(&self) -> usize {
        self.0.lock().faults.held_response_count()
    }

    /// Releases all held responses and returns their number.
    pub fn release_held_responses(&self) -> usize {
        self.0.lock().faults.release_held_responses()
    }

    /// Adds the ID of a resource whose type is not simulated, so that references to it are valid.
    pub fn seed(&self, resource_type: ResourceType, id: &str) {
        let mut service = self.0.lock();
        service.state.seeds.add(resource_type, id);
        service.is_dirty = true;
    }

    /// Removes the ID of a seeded resource. Returns false if it does not exist.
    pub fn unseed(&self, resource_type: ResourceType, id: &str) -> bool {
        let mut service = self.0.lock();
        service.is_dirty = true;
        service.state.seeds.remove(resource_type, id)
    }

    /// Returns the IDs of all seeded resources.
    pub(crate) fn seeds(&self) -> Seeds {
        self.0.lock().state.seeds.clone()
    }

    /// Sets the result of tests of a function. It precedes those that were set before it.
    pub fn set_function_test(&self, test: FunctionTest) {
        let mut service = self.0.lock();
        service.state.function_tests.push(test);
        service.is_dirty = true;
    }

    /// Returns the results of function tests, in the order in which they were set.
    pub fn function_tests(&self) -> Vec<FunctionTest> {
        self.0.lock().state.function_tests.clone()
    }

    /// Removes the results of all function tests.
    pub fn clear_function_tests(&self) {
        let mut service = self.0.lock();
        service.state.function_tests.clear();
        service.is_dirty = true;
    }

    /// Adds an access key.
    pub fn add_credential(&self, credential: &Credential) {
        let mut service = self.0.lock();
        service.add_credential(credential);
        service.is_dirty = true;
    }

    /// Revokes an access key or a session. Returns false if the access key ID does not exist.
    pub fn revoke_credential(&self, access_key: &str) -> bool {
        let mut service = self.0.lock();
        service.is_dirty = true;
        service.state.keyring.revoke(access_key)
    }

    /// Restricts the callers that can assume a role. Without this call, all callers can assume it.
    pub fn set_role_trust(&self, arn: &str, trust: RoleTrust) {
        let mut service = self.0.lock();
        service.state.roles.insert(arn.to_owned(), trust);
        service.is_dirty = true;
    }

    /// Changes a resource without an API request, as a change in the AWS console does.
    pub fn edit(&self, id: &str, edit: Edit) -> Result<(), ControlError> {
        edit::apply(&mut self.0.lock(), id, edit)
    }

    /// Returns the complete state as JSON, with configurations as XML text.
    pub fn state(&self) -> serde_json::Value {
        state_dump::to_json(&self.0.lock())
    }
}
