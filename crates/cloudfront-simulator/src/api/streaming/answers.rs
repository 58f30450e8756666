//! Streaming distributions as documents.

use crate::{
    api::{Answer, Call, distribution},
    clock::iso,
    error::ApiError,
    world::{View, World},
    xml::Element,
};

use super::view;

/// The members that the whole document and its summary begin with.
fn head(root: &str, world: &World, call: &Call<'_>, view: View<'_>) -> Element {
    let id = &view.record.id;
    Element::new(root)
        .with(Element::leaf("Id", id))
        .with(Element::leaf(
            "ARN",
            format!(
                "arn:aws:cloudfront::{}:streaming-distribution/{id}",
                call.account
            ),
        ))
        .with(Element::leaf(
            "Status",
            world.deployment(view.version.modified),
        ))
        .with(Element::leaf(
            "LastModifiedTime",
            iso(view.version.modified),
        ))
        .with(Element::leaf("DomainName", &view.record.name))
}

pub(super) fn whole(
    world: &World,
    call: &Call<'_>,
    id: &str,
    lag: u64,
) -> Result<Answer, ApiError> {
    let view = view(world, call, id, lag)?;
    let config = &view.version.config;
    let signers = config
        .items_of("TrustedSigners")
        .iter()
        .map(|signer| signer.text.clone());
    let body = head("StreamingDistribution", world, call, view)
        .with(distribution::active_signers(signers.collect()))
        .with(config.clone().named("StreamingDistributionConfig"));
    Ok(Answer {
        etag: Some(view.version.etag.clone()),
        ..Answer::of(body)
    })
}

pub(super) fn summary(world: &World, call: &Call<'_>, view: View<'_>) -> Element {
    let mut summary = head("StreamingDistributionSummary", world, call, view);
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
