//! Streaming distributions in responses.

use crate::{
    api::distribution,
    clock::format_iso8601,
    service::{ResourceView, Service},
    xml::Element,
};

/// Renders the members that the complete document and its summary have in common.
fn common_members(root: &str, service: &Service, account: &str, view: ResourceView<'_>) -> Element {
    let id = &view.resource.id;
    Element::new(root)
        .with(Element::leaf("Id", id))
        .with(Element::leaf(
            "ARN",
            format!("arn:aws:cloudfront::{account}:streaming-distribution/{id}"),
        ))
        .with(Element::leaf(
            "Status",
            service.deployment_status(view.version.modified),
        ))
        .with(Element::leaf(
            "LastModifiedTime",
            format_iso8601(view.version.modified),
        ))
        .with(Element::leaf("DomainName", &view.resource.name))
}

pub(super) fn streaming_distribution(
    service: &Service,
    account: &str,
    view: ResourceView<'_>,
) -> Element {
    let config = &view.version.config;
    let signers = config
        .items_of("TrustedSigners")
        .iter()
        .map(|signer| signer.text.clone());
    common_members("StreamingDistribution", service, account, view)
        .with(distribution::active_trusted_signers(signers.collect()))
        .with(config.clone().renamed("StreamingDistributionConfig"))
}

pub(super) fn summary(service: &Service, account: &str, view: ResourceView<'_>) -> Element {
    let mut summary = common_members("StreamingDistributionSummary", service, account, view);
    let members = [
        "S3Origin",
        "Aliases",
        "TrustedSigners",
        "Comment",
        "PriceClass",
        "Enabled",
    ];
    summary.children.extend(
        members
            .iter()
            .filter_map(|name| view.version.config.child(name))
            .cloned(),
    );
    summary
}
