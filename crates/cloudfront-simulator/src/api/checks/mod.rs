//! What a distribution's configuration must satisfy beyond the schema.

mod associations;
mod behaviors;
mod certificate;
mod forwarding;
mod origins;
mod site;
mod update;

pub(super) use origins::bucket;

use crate::{
    api::Call,
    error::ApiError,
    quotas::Quotas,
    seeds::Family,
    switches::Switch,
    world::{Kept, World},
    xml::Element,
};

/// Against what a configuration is checked.
pub(super) struct Context<'a> {
    kept: &'a Kept,
    quotas: Quotas,
    account: &'a str,
    /// The distribution's id, which may own its aliases already.
    id: &'a str,
}

impl<'a> Context<'a> {
    pub(super) fn new(world: &'a World, call: &'a Call<'_>, id: &'a str) -> Self {
        Self {
            kept: &world.kept,
            quotas: world.quotas(&call.account),
            account: &call.account,
            id,
        }
    }

    /// Refuses a reference to what does not exist; an empty id refers to nothing.
    fn known(&self, family: Family, id: &str, refusal: (&str, &str)) -> Result<(), ApiError> {
        let accepted = self.kept.switches.on(Switch::AcceptUnknownReferences);
        ensure(
            id.is_empty() || accepted || self.kept.seeds.knows(family, id),
            refusal.0,
            refusal.1,
        )
    }

    /// Refuses more than the account's quota, which bears the name of the error.
    fn within(&self, quota: &str, count: usize) -> Result<(), ApiError> {
        let limit = self.quotas.limit(quota);
        ensure(
            count as u64 <= limit,
            quota,
            &format!("Your request contains more than the allowed number: {count} of {limit}."),
        )
    }

    /// An S3 origin's identity: empty, or one that exists in the account.
    pub(super) fn identity(&self, reference: &str) -> Result<(), ApiError> {
        let exists = |id| {
            self.kept
                .accounts
                .get(self.account)
                .is_some_and(|a| a.identities.get(id, 0).is_some())
        };
        let known = reference
            .strip_prefix(super::identity::REFERENCE_PREFIX)
            .is_some_and(exists);
        let message = "The specified origin access identity does not exist or is not valid.";
        ensure(
            reference.is_empty() || known,
            "InvalidOriginAccessIdentity",
            message,
        )
    }

    pub(super) fn signers(&self, parent: &Element) -> Result<(), ApiError> {
        let signers = parent.items_of("TrustedSigners");
        self.within("TooManyTrustedSigners", signers.len())?;
        let is_account = |text: &str| {
            text == "self" || text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
        };
        let all = signers.iter().all(|signer| is_account(&signer.text));
        ensure(
            all,
            "TrustedSignerDoesNotExist",
            "One or more of your trusted signers do not exist.",
        )?;
        enabled_agrees(parent, "TrustedSigners")
    }

    /// Aliases are domain names, once each, and nobody else's in any account.
    pub(super) fn aliases(&self, config: &Element, quota: &str) -> Result<(), ApiError> {
        let aliases = config.items_of("Aliases");
        self.within(quota, aliases.len())?;
        unique(
            aliases.iter().map(|alias| alias.text.to_ascii_lowercase()),
            "alias",
        )?;
        for alias in aliases {
            let name = &alias.text;
            ensure(
                site::is_domain_name(name.strip_prefix("*.").unwrap_or(name)),
                "InvalidArgument",
                &format!(
                    "The parameter CNAME contains one or more parameters that are not valid: {name}"
                ),
            )?;
            let owner = self.kept.aliases.get(&name.to_ascii_lowercase());
            let free =
                owner.is_none_or(|owner| owner.id == self.id && owner.account == self.account);
            let message = "One or more of the CNAMEs you provided are already associated with a different resource.";
            ensure(free, "CNAMEAlreadyExists", message)?;
        }
        Ok(())
    }
}

/// A new distribution's configuration.
pub(super) fn created(context: &Context<'_>, config: &Element) -> Result<(), ApiError> {
    let attached = !config.text_of("ContinuousDeploymentPolicyId").is_empty();
    ensure(
        !attached,
        "InvalidArgument",
        "A continuous deployment policy cannot be attached to a new distribution.",
    )?;
    whole(context, config)
}

/// A configuration that replaces another; an update needs more members than a creation.
pub(super) fn updated(
    context: &Context<'_>,
    old: &Element,
    config: &Element,
) -> Result<(), ApiError> {
    update::required(config, &context.kept.switches)?;
    let staging = |config: &Element| config.is_true("Staging");
    ensure(
        staging(old) == staging(config),
        "IllegalUpdate",
        "You cannot update the value of Staging.",
    )?;
    whole(context, config)
}

fn whole(context: &Context<'_>, config: &Element) -> Result<(), ApiError> {
    origins::check(context, config)?;
    behaviors::check(context, config)?;
    certificate::check(context, config)?;
    site::check(context, config)?;
    context.aliases(config, "TooManyDistributionCNAMEs")
}

fn ensure(holds: bool, code: &str, message: &str) -> Result<(), ApiError> {
    if holds {
        Ok(())
    } else {
        Err(ApiError::new(code, message))
    }
}

fn unique(names: impl Iterator<Item = String>, what: &str) -> Result<(), ApiError> {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        let message = format!("Each {what} must be unique: '{name}' occurs twice.");
        ensure(seen.insert(name), "InvalidArgument", &message)?;
    }
    Ok(())
}

/// `Enabled` and `Quantity` of signers and key groups say the same.
fn enabled_agrees(parent: &Element, list: &str) -> Result<(), ApiError> {
    let agrees = parent
        .child(list)
        .is_none_or(|l| l.is_true("Enabled") != l.items().is_empty());
    ensure(
        agrees,
        "InvalidArgument",
        &format!("{list}.Enabled must be true when there are items, and false when not."),
    )
}
