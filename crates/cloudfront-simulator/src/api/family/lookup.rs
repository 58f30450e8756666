//! Resources of a family, and the configurations that refer to them.

use super::{Family, table::User, tables::FAMILIES};
use crate::{
    seeds::ResourceType,
    service::{Account, Collection, PersistedState, ResourceView},
};

impl Family {
    /// Returns the family whose resources can be seeded instead of created.
    pub(crate) fn seeded_as(resource_type: ResourceType) -> Option<&'static Self> {
        let mut families = FAMILIES.iter().copied();
        families.find(|family| family.seeded_as == Some(resource_type))
    }

    /// Returns the current version of a resource that the account created.
    pub(crate) fn find<'a>(&self, account: &'a Account, id: &str) -> Option<ResourceView<'a>> {
        account.family(&self.collection())?.get(id, 0)
    }

    /// Returns a resource that AWS manages.
    pub(super) fn find_managed(&self, id: &str) -> Option<ResourceView<'static>> {
        (self.managed)()?.get(id, 0)
    }

    /// Whether the account can refer to the resource: it created or seeded it, or AWS manages it.
    pub(crate) fn exists(&self, state: &PersistedState, account: &str, id: &str) -> bool {
        let account = state.accounts.get(account);
        let seeds = self
            .seeded_as
            .map(|seeded| state.seeds.contains(seeded, id));
        self.find_managed(id).is_some()
            || seeds == Some(true)
            || account.is_some_and(|account| self.find(account, id).is_some())
    }

    /// Returns the distributions of the account that refer to a resource.
    pub(crate) fn distributions_with<'a>(
        &self,
        account: &'a Account,
        id: &str,
    ) -> impl Iterator<Item = ResourceView<'a>> {
        self.users(account, User::Distribution, id)
    }

    /// Returns the distributions that refer to a resource, after a marker and as they were `lag` writes ago.
    pub(super) fn distributions_after<'a>(
        &self,
        account: &'a Account,
        id: &str,
        marker: &str,
        lag: u64,
    ) -> impl Iterator<Item = ResourceView<'a>> {
        let distributions = account.distributions.after(marker, lag);
        distributions.filter(self.is_user(User::Distribution, id))
    }

    /// Whether a configuration of the account refers to the resource.
    pub(super) fn is_in_use(&self, account: &Account, id: &str) -> bool {
        let types = [User::Distribution, User::StreamingDistribution];
        let mut users = types
            .into_iter()
            .flat_map(|user| self.users(account, user, id));
        users.next().is_some() || self.is_in_family(account, id)
    }

    /// Whether a resource of another family refers to the resource.
    fn is_in_family(&self, account: &Account, id: &str) -> bool {
        FAMILIES.iter().any(|family| {
            let references = family.references.iter();
            let mut references = references.filter(|by| by.family.config == self.config);
            let all = account.family(&family.collection());
            references.any(|reference| {
                let mut views = all.into_iter().flat_map(|all| all.after("", 0));
                views.any(|view| view.version.config.texts_at(reference.path).contains(&id))
            })
        })
    }

    fn users<'a>(
        &self,
        account: &'a Account,
        user: User,
        id: &str,
    ) -> impl Iterator<Item = ResourceView<'a>> {
        let all = collection_of(account, user).after("", 0);
        all.filter(self.is_user(user, id))
    }

    /// Returns a filter of the configurations that refer to a resource.
    fn is_user(&self, user: User, id: &str) -> impl Fn(&ResourceView<'_>) -> bool {
        let reference = format!("{}{id}", self.reference_prefix);
        let paths = self.used_by;
        move |view| {
            let mut paths = paths.iter().filter(|(by, _)| *by == user);
            paths.any(|(_, path)| {
                let found = view.version.config.texts_at(path);
                found.contains(&reference.as_str())
            })
        }
    }
}

fn collection_of(account: &Account, user: User) -> &Collection {
    match user {
        User::Distribution => &account.distributions,
        User::StreamingDistribution => &account.streaming,
    }
}
