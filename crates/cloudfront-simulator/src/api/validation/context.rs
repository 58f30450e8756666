//! The state that a configuration is validated against, and the rules that depend on it.

use super::rules::{ensure, ensure_enabled_matches_items, ensure_unique, is_domain_name};
use crate::{
    api::{
        family::{Family, ORIGIN_ACCESS_IDENTITY},
        request::ApiRequest,
    },
    error::ApiError,
    quotas::Quotas,
    seeds::ResourceType,
    service::{PersistedState, Service},
    switches::{Switch, Switches},
    xml::Element,
};

/// The state that a configuration is validated against.
pub(in crate::api) struct ValidationContext<'a> {
    state: &'a PersistedState,
    quotas: Quotas,
    account: &'a str,
    /// The ID of the distribution, which can already own its aliases.
    id: &'a str,
}

impl<'a> ValidationContext<'a> {
    pub(in crate::api) fn new(
        service: &'a Service,
        request: &'a ApiRequest<'_>,
        id: &'a str,
    ) -> Self {
        Self {
            state: &service.state,
            quotas: service.quotas(&request.account),
            account: &request.account,
            id,
        }
    }

    pub(super) fn switches(&self) -> &Switches {
        &self.state.switches
    }

    /// Rejects a reference to a resource that does not exist. An empty ID is not a reference.
    pub(super) fn check_reference(
        &self,
        resource_type: ResourceType,
        id: &str,
        (code, message): (&str, &str),
    ) -> Result<(), ApiError> {
        let accepts_unknown = self.state.switches.is_on(Switch::AcceptUnknownReferences);
        let family = Family::seeded_as(resource_type);
        let is_known = match family {
            Some(family) => family.exists(self.state, self.account, id),
            None => self.state.seeds.contains(resource_type, id),
        };
        ensure(id.is_empty() || accepts_unknown || is_known, code, message)?;
        family.map_or(Ok(()), |family| self.check_users(family, id))
    }

    /// Whether a text is an ARN of another account.
    pub(super) fn is_of_other_account(&self, text: &str) -> bool {
        let number = text.split(':').nth(4);
        number.is_some_and(|number| number != self.account)
    }

    /// Rejects another distribution for a resource that the allowed number of distributions uses.
    fn check_users(&self, family: &Family, id: &str) -> Result<(), ApiError> {
        let account = self.state.accounts.get(self.account);
        let created =
            account.and_then(|account| Some((account, family.find_referenced(account, id)?)));
        let others = created.map_or(0, |(account, created)| {
            let users = family.distributions_with(account, &created.resource.id);
            users.filter(|view| view.resource.id != self.id).count()
        });
        self.check_quota(family.users_quota, others + 1)
    }

    /// Returns the account's limit for a quota.
    pub(super) fn limit(&self, quota: &str) -> u64 {
        self.quotas.limit(quota)
    }

    /// Rejects a count above the account's quota. The error code is the name of the quota.
    pub(super) fn check_quota(&self, quota: &str, count: usize) -> Result<(), ApiError> {
        let limit = self.quotas.limit(quota);
        ensure(
            count as u64 <= limit,
            quota,
            &format!("Your request contains more than the allowed number: {count} of {limit}."),
        )
    }

    /// Rejects an origin access identity of an S3 origin that does not exist in the account. It can be empty.
    pub(in crate::api) fn check_identity(&self, reference: &str) -> Result<(), ApiError> {
        let account = self.state.accounts.get(self.account);
        let is_known = account.is_some_and(|account| {
            let identity = ORIGIN_ACCESS_IDENTITY.find_referenced(account, reference);
            identity.is_some()
        });
        let message = "The specified origin access identity does not exist or is not valid.";
        ensure(
            reference.is_empty() || is_known,
            "InvalidOriginAccessIdentity",
            message,
        )
    }

    /// Validates `TrustedSigners`: each signer is `self` or an account number.
    pub(in crate::api) fn check_trusted_signers(&self, parent: &Element) -> Result<(), ApiError> {
        let signers = parent.items_of("TrustedSigners");
        self.check_quota("TooManyTrustedSigners", signers.len())?;
        let is_account = |text: &str| {
            text == "self" || text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
        };
        ensure(
            signers.iter().all(|signer| is_account(&signer.text)),
            "TrustedSignerDoesNotExist",
            "One or more of your trusted signers do not exist.",
        )?;
        ensure_enabled_matches_items(parent, "TrustedSigners")
    }

    /// Validates `Aliases`: each alias is a domain name in lower case, occurs once, and has no other owner in any
    /// account.
    pub(in crate::api) fn check_aliases(
        &self,
        config: &Element,
        quota: &str,
    ) -> Result<(), ApiError> {
        let aliases = config.items_of("Aliases");
        self.check_quota(quota, aliases.len())?;
        ensure_unique(
            aliases.iter().map(|alias| alias.text.to_ascii_lowercase()),
            "alias",
        )?;
        for alias in aliases {
            let name = &alias.text;
            let is_lower_case = !name.bytes().any(|byte| byte.is_ascii_uppercase());
            ensure(
                is_lower_case && is_domain_name(name.strip_prefix("*.").unwrap_or(name)),
                "InvalidArgument",
                &format!(
                    "The parameter CNAME contains one or more parameters that are not valid: {name}"
                ),
            )?;
            let owner = self.state.aliases.get(&name.to_ascii_lowercase());
            let is_available =
                owner.is_none_or(|owner| owner.id == self.id && owner.account == self.account);
            let message = "One or more of the CNAMEs you provided are already associated with a different resource.";
            ensure(is_available, "CNAMEAlreadyExists", message)?;
        }
        Ok(())
    }
}
