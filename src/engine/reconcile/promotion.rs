//! Promotions: an update of a resource that equals its staging resource is sent as a request for CloudFront to copy the configuration of that
//! one, so that exactly what was tested goes live.

use crate::{
    cloudfront::{CloudFrontError, Request},
    engine::{
        definition::KindDefinition, plan::differences, reconcile::write::Writer,
        remote::resource::Remote,
    },
    xml::Element,
};

/// The members in which a resource differs from its staging resource. CloudFront copies the comment as well, and the next update restores it.
///
/// Source: "Use a continuous deployment policy to safely test CDN configuration changes" in the Amazon CloudFront Developer Guide.
const OWN: [&str; 5] = [
    "Aliases",
    "CallerReference",
    "Comment",
    "ContinuousDeploymentPolicyId",
    "Staging",
];

/// The member that a resource has while its staging resource gets a part of its traffic.
pub(super) const POLICY: &str = "ContinuousDeploymentPolicyId";

/// Returns the promotion in the place of an update. `None`: the spec names no staging resource, or the update makes another configuration than
/// that one has, or no policy connects both, or the resource has that configuration already.
///
/// CloudFront copies the whole configuration, also what the spec does not manage. So the comparison is that of the update, which keeps this.
///
/// The read is the only one: a promotion whose response is lost shows in the next read of the resource, like an update.
pub(super) async fn promotion(
    writer: &Writer<'_>,
    update: &Request,
    observed: Option<&Remote>,
) -> Result<Option<Request>, CloudFrontError> {
    let subject = &writer.rec.subject;
    let api = subject.api();
    let staging_id = subject.object.typed.staging_id(&writer.inputs.references);
    let (Some(staging_id), Some(observed), Some(planned)) = (staging_id, observed, &update.body)
    else {
        return Ok(None);
    };
    let config = observed.config(api);
    let is_connected = config.text_of(POLICY).is_some_and(|it| !it.is_empty());
    if !is_connected || is_equal(subject.definition(), planned, observed, observed) {
        return Ok(None);
    }
    let collection = &writer.inputs.collection;
    let priority = subject.read_priority();
    let staging = writer.rec.reader.get(collection, &staging_id, priority);
    let staging = staging.await?;
    let staging = staging.filter(|it| is_equal(subject.definition(), planned, observed, it));
    Ok(staging.map(|staging| {
        let versions = [observed, &staging].map(|it| (it.id.as_str(), it.etag.as_str()));
        api.promotion_request(versions[0], versions[1])
    }))
}

/// Whether another resource has the configuration that an update makes, apart from the members that CloudFront does not copy and the comment.
fn is_equal(kind: &KindDefinition, planned: &Element, observed: &Remote, other: &Remote) -> bool {
    let planned = without_own(planned.clone());
    let present = |remote: &Remote| {
        let mut config = remote.config(kind.api);
        (kind.hooks.prune_observed)(&mut config);
        without_own(config)
    };
    // An update leaves out what CloudFront adds again.
    let mut updated = present(observed);
    updated.overlay(&planned);
    // An overlay does not report what only the lower one has.
    differences(kind, &planned, other).is_empty() && updated.overlay(&present(other)).is_empty()
}

fn without_own(mut config: Element) -> Element {
    for member in OWN {
        config.remove(member);
    }
    config
}
