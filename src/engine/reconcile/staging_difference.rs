//! Updates that a continuous deployment policy does not allow: those that would make the resource differ from the one that the policy
//! connects it with. CloudFront refuses them without naming a field, so they are not sent.

use crate::{
    cloudfront::Request,
    engine::{
        plan::differences,
        reconcile::{applied::ApplyError, promotion::POLICY, users::enumerate, write::Writer},
        remote::resource::Remote,
    },
    xml::{Drift, Element, spec_name},
};
use std::collections::BTreeSet;

/// The members in which the primary and the staging resource can differ. The last five identify and operate each of them.
///
/// Source: "Quotas and other considerations for continuous deployment" in the Amazon CloudFront Developer Guide.
const CAN_DIFFER: [&str; 14] = [
    "cacheBehaviors",
    "comment",
    "customErrorResponses",
    "defaultCacheBehavior",
    "defaultRootObject",
    "logging",
    "originGroups",
    "origins",
    "restrictions",
    "aliases",
    "callerReference",
    "continuousDeploymentPolicyId",
    "enabled",
    "staging",
];

/// The field that both resources have, or neither. The values may differ.
const BOTH_OR_NEITHER: &str = "webACLId";

/// What CloudFront allows, and what to do.
const RULE: &str = "CloudFront refuses such an update, so it is not sent. Both distributions may differ only in cache behaviors, origins, \
                    origin groups, error responses, restrictions, default root object, logging and comment, and both have a web ACL or \
                    none. Give both specs the same values in the other fields. To change these while the policy is attached, set \
                    continuousDeploymentPolicyId to \"\" on the primary distribution first.";

/// Fails if CloudFront would refuse an update since a policy connects the resource with another one. This takes a read of the other
/// resource if the update attaches a policy, or changes a field in which both must not differ.
pub(super) async fn check_connected(
    writer: &Writer<'_>,
    request: &Request,
    drift: &[Drift],
) -> Result<(), ApplyError> {
    let attached = spec_name(POLICY);
    let is_checked = writer.rec.subject.api().has_staging
        && drift
            .iter()
            .any(|it| it.path == attached || is_forbidden(it));
    match request.body.as_ref().filter(|_| is_checked) {
        Some(config) => match difference(writer, config).await {
            Some(difference) => Err(ApplyError::DiffersFromConnected(difference)),
            None => Ok(()),
        },
        None => Ok(()),
    }
}

/// Reads the other resource, and describes the difference. `None`: there is none, or no object of the namespace has the other resource, or it
/// cannot be read.
async fn difference(writer: &Writer<'_>, config: &Element) -> Option<Box<str>> {
    let subject = &writer.rec.subject;
    let policy = config.text_of(POLICY).filter(|it| !it.is_empty())?;
    let registry = &writer.rec.context.shared.registry;
    let (namespace, own) = (subject.namespace(), subject.recorded_id.as_deref());
    let policy_kind = POLICY.trim_end_matches("Id");
    let connected = registry.connected(subject.kind(), (policy_kind, policy), &namespace);
    let (name, id) = connected
        .into_iter()
        .find(|(_, id)| Some(id.as_str()) != own)?;
    let (collection, priority) = (&writer.inputs.collection, subject.read_priority());
    let read = writer.rec.reader.get(collection, &id, priority).await;
    let other = read
        .inspect_err(|error| tracing::info!(%error, id, "the other distribution cannot be read"))
        .ok()??;
    let fields = enumerate(fields(writer, config, &other).into_iter().collect())?;
    let kind = subject.kind();
    let object = format!("{kind} {namespace}/{name}");
    Some(
        format!(
            "{object} of the continuous deployment policy {policy} differs in {fields}. {RULE}"
        )
        .into(),
    )
}

/// Returns the fields in which a configuration differs from that of another resource although it must not.
fn fields(writer: &Writer<'_>, config: &Element, other: &Remote) -> BTreeSet<String> {
    let definition = writer.rec.subject.definition();
    let differences = differences(definition, config, other).into_iter();
    let forbidden = differences.filter(is_forbidden);
    forbidden.map(|it| it.path).collect()
}

/// Whether CloudFront does not allow this difference between both resources.
fn is_forbidden(difference: &Drift) -> bool {
    let member = difference.path.split(['.', '[']).next();
    let has_value = |it: &Option<String>| it.as_deref().is_some_and(|it| !it.is_empty());
    let both = has_value(&difference.desired) && has_value(&difference.observed);
    let is_allowed = member == Some(BOTH_OR_NEITHER) && both;
    !is_allowed && !member.is_some_and(|it| CAN_DIFFER.contains(&it))
}
