//! Distributions in responses.

use crate::{
    clock::format_iso8601,
    service::{ResourceView, Service},
    xml::Element,
};

/// The members of the configuration that a summary contains, in the order of the service model.
const SUMMARY_MEMBERS: [&str; 17] = [
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

pub(super) fn distribution(service: &Service, account: &str, view: ResourceView<'_>) -> Element {
    let (resource, config) = (view.resource, &view.version.config);
    let mut body = Element::new("Distribution")
        .with(Element::leaf("Id", &resource.id))
        .with(Element::leaf("ARN", arn(account, &resource.id)))
        .with(Element::leaf(
            "Status",
            service.deployment_status(view.version.modified),
        ))
        .with(Element::leaf(
            "LastModifiedTime",
            format_iso8601(view.version.modified),
        ))
        .with(Element::leaf(
            "InProgressInvalidationBatches",
            in_progress_invalidations(service, account, &resource.id),
        ))
        .with(Element::leaf("DomainName", &resource.name))
        .with(active_trusted_signers(distinct_items(
            config,
            "TrustedSigners",
        )))
        .with(active_key_groups(config))
        .with(config.clone().renamed("DistributionConfig"));
    body.children.extend(icp_recordals(config));
    body
}

pub(in crate::api) fn summary(service: &Service, account: &str, view: ResourceView<'_>) -> Element {
    let (resource, config) = (view.resource, &view.version.config);
    let mut summary = Element::new("DistributionSummary")
        .with(Element::leaf("Id", &resource.id))
        .with(Element::leaf("ARN", arn(account, &resource.id)))
        .with(Element::leaf("ETag", &view.version.etag))
        .with(Element::leaf(
            "Status",
            service.deployment_status(view.version.modified),
        ))
        .with(Element::leaf(
            "LastModifiedTime",
            format_iso8601(view.version.modified),
        ))
        .with(Element::leaf("DomainName", &resource.name));
    summary.children.extend(
        SUMMARY_MEMBERS
            .iter()
            .filter_map(|name| config.child(name))
            .cloned(),
    );
    // Summaries of multi-tenant distributions have these members, unlike their configurations (FACTS.md, tenants).
    summary.set_default(Element::list("Aliases", Vec::new()));
    for (name, value) in [
        ("PriceClass", "PriceClass_All"),
        ("IsIPV6Enabled", "false"),
        ("Staging", "false"),
    ] {
        summary.set_default(Element::leaf(name, value));
    }
    summary.children.extend(icp_recordals(config));
    summary
}

fn arn(account: &str, id: &str) -> String {
    format!("arn:aws:cloudfront::{account}:distribution/{id}")
}

fn in_progress_invalidations(service: &Service, account: &str, id: &str) -> usize {
    let invalidations = service
        .account(account)
        .map_or(&[][..], |account| account.invalidations_of(id));
    invalidations
        .iter()
        .filter(|invalidation| service.invalidation_status(invalidation.created) == "InProgress")
        .count()
}

fn behaviors(config: &Element) -> impl Iterator<Item = &Element> {
    config
        .child("DefaultCacheBehavior")
        .into_iter()
        .chain(config.items_of("CacheBehaviors"))
}

/// Returns the sorted distinct items of a list in all cache behaviors.
fn distinct_items(config: &Element, list: &str) -> Vec<String> {
    let mut names: Vec<_> = behaviors(config)
        .flat_map(|b| b.items_of(list))
        .map(|item| item.text.clone())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Renders the trusted signers. The simulator has no key pairs for them.
pub(in crate::api) fn active_trusted_signers(accounts: Vec<String>) -> Element {
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
        distinct_items(config, "TrustedKeyGroups")
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

fn icp_recordals(config: &Element) -> Option<Element> {
    let icp_recordal = |alias: &Element| {
        Element::new("AliasICPRecordal")
            .with(alias.clone().renamed("CNAME"))
            .with(Element::leaf("ICPRecordalStatus", "APPROVED"))
    };
    let children: Vec<_> = config
        .items_of("Aliases")
        .iter()
        .map(icp_recordal)
        .collect();
    (!children.is_empty()).then(|| Element {
        children,
        ..Element::new("AliasICPRecordals")
    })
}
