//! Why CloudFront refused an update of a resource that a continuous deployment policy connects with another one: the fields in which both
//! differ. They are read only after the refusal.

use crate::{
    cloudfront::{CloudFrontError, Request},
    engine::{
        plan::differences,
        reconcile::{applied::ApplyError, promotion::POLICY, users::enumerate, write::Writer},
        remote::resource::Remote,
    },
    xml::Element,
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

/// What CloudFront allows, and what to do.
const RULE: &str = "Both distributions may differ only in cache behaviors, origins, origin groups, error responses, restrictions, default \
                    root object, logging and comment. Give both specs the same values in the other fields. To change these while the policy \
                    is attached, set continuousDeploymentPolicyId to \"\" on the primary distribution first.";

/// Returns the error of an update, with an explanation if a policy is the cause.
pub(super) async fn explain_refusal(
    writer: &Writer<'_>,
    request: &Request,
    error: ApplyError,
) -> ApplyError {
    let ApplyError::CloudFront(error) = error else {
        return error;
    };
    let explanation = match request.body.as_ref().filter(|_| is_refusal(writer, &error)) {
        Some(config) => difference(writer, config).await,
        None => None,
    };
    match explanation {
        Some(explanation) => ApplyError::Explained { error, explanation },
        None => error.into(),
    }
}

fn is_refusal(writer: &Writer<'_>, error: &CloudFrontError) -> bool {
    writer.rec.subject.api().has_staging && error.code() == Some("IllegalUpdate")
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
    let is_forbidden = |path: &String| {
        let member = path.split(['.', '[']).next();
        !member.is_some_and(|it| CAN_DIFFER.contains(&it))
    };
    differences.map(|it| it.path).filter(is_forbidden).collect()
}
