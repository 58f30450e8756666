//! Resources of a family, and the configurations that refer to them.

use super::{Family, table::User, tables::FAMILIES};
use crate::{
    seeds::ResourceType,
    service::{Account, Collection, PersistedState, Resource, ResourceView},
    xml::Element,
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

    /// Returns the current version of the resource to which a text in a configuration of the account refers.
    pub(crate) fn find_referenced<'a>(
        &self,
        account: &'a Account,
        reference: &str,
    ) -> Option<ResourceView<'a>> {
        if self.arn.is_empty() {
            return self.find(account, reference.strip_prefix(self.reference_prefix)?);
        }
        let all = account.family(&self.collection())?;
        let mut views = all.after("", 0);
        views.find(|view| self.arn_resource(view.resource) == arn_resource(reference))
    }

    /// Whether the account can refer to the resource: it created or seeded it, or AWS manages it. A resource with stages
    /// must be published.
    pub(crate) fn exists(&self, state: &PersistedState, account: &str, reference: &str) -> bool {
        let seeds = self
            .seeded_as
            .map(|seeded| state.seeds.contains(seeded, reference));
        let is_own = self.arn.is_empty() || reference.split(':').nth(4) == Some(account);
        let account = state.accounts.get(account).filter(|_| is_own);
        let created = account.and_then(|account| self.find_referenced(account, reference));
        self.find_managed(reference).is_some()
            || seeds == Some(true)
            || created.is_some_and(|view| !self.has_stages() || view.version.live.is_some())
    }

    /// Whether the distributions that use the resource with this ID can be listed.
    pub(super) fn is_listed(&self, state: &PersistedState, account: &str, id: &str) -> bool {
        let account_with_id = || self.find(state.accounts.get(account)?, id);
        self.exists(state, account, id) || account_with_id().is_some()
    }

    /// Returns the ARN of a resource.
    pub(super) fn arn_of(&self, account: &str, resource: &Resource) -> String {
        format!(
            "arn:aws:cloudfront::{account}:{}",
            self.arn_resource(resource)
        )
    }

    /// Returns the resource part of the ARN of a resource, for example `function/rewrite`.
    pub(crate) fn arn_resource(&self, resource: &Resource) -> String {
        let text = self.arn.replace("{id}", &resource.id);
        text.replace("{attribute}", &resource.name)
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
        distributions.filter(self.is_user(account, User::Distribution, id))
    }

    /// Returns the number of configurations of the account that refer to the resource.
    pub(super) fn count_users(&self, account: &Account, id: &str) -> usize {
        let types = [User::Distribution, User::StreamingDistribution];
        let users = types
            .into_iter()
            .flat_map(|user| self.users(account, user, id));
        users.count() + self.count_users_in_families(account, id)
    }

    /// Returns the number of resources of other families that refer to the resource.
    fn count_users_in_families(&self, account: &Account, id: &str) -> usize {
        let users_in = |family: &&Family| {
            let references = family.references.iter();
            let references: Vec<_> = references
                .filter(|by| by.family.config == self.config)
                .map(|by| by.path)
                .collect();
            let is_user = self.refers_to(account, id);
            let all = account.family(&family.collection()).into_iter();
            let views = all.flat_map(|all| all.after("", 0));
            views
                .filter(|view| {
                    let live = view.version.live.iter().map(|live| &live.config);
                    let mut configs = live.chain([&view.version.config]);
                    configs.any(|config| references.iter().any(|path| is_user(config, path)))
                })
                .count()
        };
        FAMILIES.iter().map(users_in).sum()
    }

    /// Returns a function that finds references to a resource at a path of a configuration.
    fn refers_to(&self, account: &Account, id: &str) -> impl Fn(&Element, &str) -> bool {
        let has_arns = !self.arn.is_empty();
        let reference = match self.find(account, id) {
            Some(view) if has_arns => self.arn_resource(view.resource),
            _ if has_arns => arn_resource(id).to_owned(),
            _ => format!("{}{id}", self.reference_prefix),
        };
        move |config, path| {
            let mut texts = config.texts_at(path).into_iter();
            texts.any(|text| {
                let text = if has_arns { arn_resource(text) } else { text };
                text == reference
            })
        }
    }

    fn users<'a>(
        &self,
        account: &'a Account,
        user: User,
        id: &str,
    ) -> impl Iterator<Item = ResourceView<'a>> {
        let all = collection_of(account, user).after("", 0);
        all.filter(self.is_user(account, user, id))
    }

    /// Returns a filter of the configurations that refer to a resource.
    fn is_user(
        &self,
        account: &Account,
        user: User,
        id: &str,
    ) -> impl Fn(&ResourceView<'_>) -> bool {
        let refers = self.refers_to(account, id);
        let paths = self.used_by;
        move |view| {
            let mut paths = paths.iter().filter(|(by, _)| *by == user);
            paths.any(|(_, path)| refers(&view.version.config, path))
        }
    }
}

/// Returns the resource part of an ARN, for example `function/rewrite`.
fn arn_resource(arn: &str) -> &str {
    arn.splitn(6, ':').last().unwrap_or_default()
}

fn collection_of(account: &Account, user: User) -> &Collection {
    match user {
        User::Distribution => &account.distributions,
        User::StreamingDistribution => &account.streaming,
    }
}
