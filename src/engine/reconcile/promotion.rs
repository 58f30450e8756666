//! Promotions: an update of a resource that equals its staging resource is sent as a request for CloudFront to copy the configuration of that
//! one, so that exactly what was tested goes live.

use crate::{
    cloudfront::{CloudFrontError, Request},
    engine::{
        plan::{Desired, differs},
        reconcile::write::Writer,
        remote::resource::Remote,
    },
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

/// Returns the promotion in the place of an update. `None`: the spec names no staging resource, or asks for another configuration than that
/// one has, or no policy connects both, or the resource has that configuration already.
///
/// The read is the only one: a promotion whose response is lost shows in the next read of the resource, like an update.
pub(super) async fn promotion(
    writer: &Writer<'_>,
    observed: Option<&Remote>,
) -> Result<Option<Request>, CloudFrontError> {
    let subject = &writer.rec.subject;
    let api = subject.api();
    let staging_id = subject.object.typed.staging_id(&writer.inputs.references);
    let (Some(staging_id), Some(observed)) = (staging_id, observed) else {
        return Ok(None);
    };
    let copied = without_own(writer.desired);
    let is_other = |remote: &Remote| differs(subject.definition(), &copied, remote);
    let config = observed.config(api);
    let is_connected = config.text_of(POLICY).is_some_and(|it| !it.is_empty());
    if !is_connected || !is_other(observed) {
        return Ok(None);
    }
    let collection = &writer.inputs.collection;
    let priority = subject.read_priority();
    let staging = writer.rec.reader.get(collection, &staging_id, priority);
    let staging = staging.await?.filter(|staging| !is_other(staging));
    Ok(staging.map(|staging| {
        let versions = [observed, &staging].map(|it| (it.id.as_str(), it.etag.as_str()));
        api.promotion_request(versions[0], versions[1])
    }))
}

/// Returns the desired state without these members.
fn without_own(desired: &Desired) -> Desired {
    let mut desired = desired.clone();
    if let Desired::Present { config, .. } = &mut desired {
        for member in OWN {
            config.remove(member);
        }
    }
    desired
}
