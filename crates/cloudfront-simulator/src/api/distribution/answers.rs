//! Distributions as documents.

use crate::{
    clock::iso,
    world::{View, World},
    xml::Element,
};

/// The members that a summary copies from the configuration, in the model's order.
const SUMMARISED: [&str; 17] = [
    "Aliases",
    "Origins",
    "OriginGroups",
    "DefaultCacheBehavior",
    "CacheBehaviors",
    "CustomErrorResponses",
    "Comment",
    "PriceClass",
    "Enabled",
    "ViewerCertificate",
    "Restrictions",
    "WebACLId",
    "HttpVersion",
    "IsIPV6Enabled",
    "Staging",
    "ConnectionMode",
    "AnycastIpListId",
];

pub(super) fn whole(world: &World, account: &str, view: View<'_>) -> Element {
    let (record, config) = (view.record, &view.version.config);
    let mut body = Element::new("Distribution")
        .with(Element::leaf("Id", &record.id))
        .with(Element::leaf("ARN", arn(account, &record.id)))
        .with(Element::leaf(
            "Status",
            world.deployment(view.version.modified),
        ))
        .with(Element::leaf(
            "LastModifiedTime",
            iso(view.version.modified),
        ))
        .with(Element::leaf(
            "InProgressInvalidationBatches",
            in_progress(world, account, &record.id),
        ))
        .with(Element::leaf("DomainName", &record.name))
        .with(active_signers(active(config, "TrustedSigners")))
        .with(active_key_groups(config))
        .with(config.clone().named("DistributionConfig"));
    body.children.extend(recordals(config));
    body
}

pub(super) fn summary(world: &World, account: &str, view: View<'_>) -> Element {
    let (record, config) = (view.record, &view.version.config);
    let mut summary = Element::new("DistributionSummary")
        .with(Element::leaf("Id", &record.id))
        .with(Element::leaf("ARN", arn(account, &record.id)))
        .with(Element::leaf("ETag", &view.version.etag))
        .with(Element::leaf(
            "Status",
            world.deployment(view.version.modified),
        ))
        .with(Element::leaf(
            "LastModifiedTime",
            iso(view.version.modified),
        ))
        .with(Element::leaf("DomainName", &record.name));
    summary.children.extend(
        SUMMARISED
            .iter()
            .filter_map(|name| config.child(name))
            .cloned(),
    );
    summary.children.extend(recordals(config));
    summary
}

fn arn(account: &str, id: &str) -> String {
    format!("arn:aws:cloudfront::{account}:distribution/{id}")
}

fn in_progress(world: &World, account: &str, id: &str) -> usize {
    let of_distribution = world
        .account(account)
        .map_or(&[][..], |account| account.invalidations_of(id));
    of_distribution
        .iter()
        .filter(|one| world.invalidation_status(one.created) == "InProgress")
        .count()
}

fn behaviors(config: &Element) -> impl Iterator<Item = &Element> {
    config
        .child("DefaultCacheBehavior")
        .into_iter()
        .chain(config.items_of("CacheBehaviors"))
}

fn active(config: &Element, list: &str) -> Vec<String> {
    let mut names: Vec<_> = behaviors(config)
        .flat_map(|b| b.items_of(list))
        .map(|item| item.text.clone())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The signers that are trusted, without key pairs of theirs.
pub(in crate::api) fn active_signers(accounts: Vec<String>) -> Element {
    let key_pairs = || Element::list("KeyPairIds", Vec::new());
    let signer = |name| {
        Element::new("Signer")
            .with(Element::leaf("AwsAccountNumber", name))
            .with(key_pairs())
    };
    enabled_list(
        "ActiveTrustedSigners",
        accounts.into_iter().map(signer).collect(),
    )
}

fn active_key_groups(config: &Element) -> Element {
    let key_pairs = || Element::list("KeyPairIds", Vec::new());
    let group = |id| {
        Element::new("KeyGroup")
            .with(Element::leaf("KeyGroupId", id))
            .with(key_pairs())
    };
    enabled_list(
        "ActiveTrustedKeyGroups",
        active(config, "TrustedKeyGroups")
            .into_iter()
            .map(group)
            .collect(),
    )
}

fn enabled_list(name: &str, items: Vec<Element>) -> Element {
    let mut list = Element::list(name, items);
    list.children
        .insert(0, Element::leaf("Enabled", !list.items().is_empty()));
    list
}

fn recordals(config: &Element) -> Option<Element> {
    let recordal = |alias: &Element| {
        Element::new("AliasICPRecordal")
            .with(alias.clone().named("CNAME"))
            .with(Element::leaf("ICPRecordalStatus", "APPROVED"))
    };
    let children: Vec<_> = config.items_of("Aliases").iter().map(recordal).collect();
    (!children.is_empty()).then(|| Element {
        children,
        ..Element::new("AliasICPRecordals")
    })
}
