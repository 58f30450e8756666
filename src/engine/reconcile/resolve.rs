//! Step `resolve`: the references and Secrets of a spec, or the object that it waits for.

use crate::{
    cloudfront::CloudFrontError,
    engine::{
        api::{
            hash_of,
            input::{Attribute, ReadyWhen},
            outcome::Outcome,
            reason::Reason,
            reference::{ResolvedReferences, TypedLocalReference},
            secret::{SecretKey, Secrets, WHOLE},
            sources::ObjectReference,
            value_source::{ConfigMapKey, ConfigMapValues},
        },
        cache::{kind_store::ReferenceTarget, object_registry::NotSynced},
        reconcile::reconciliation::{Reconciliation, Subject},
        resource_api::Lifecycle,
        spec_hash::{applied_hash, spec_hash},
    },
};
use k8s_openapi::{
    ByteString,
    api::core::v1::{ConfigMap, Secret},
};
use kube::Api;
use serde_json::json;
use std::collections::BTreeMap;

/// The values that a reconciliation takes from outside the spec.
#[derive(Clone, Debug)]
pub(crate) struct Inputs {
    /// The ids of referenced objects, and the values of Secrets.
    pub(super) references: ResolvedReferences,
    /// The collection that the resource is in.
    pub(super) collection: String,
    pub(super) hashes: SpecHashes,
}

/// Hashes that change if the spec asks for something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SpecHashes {
    /// The spec alone.
    pub(super) spec: u64,
    /// The spec, its references, and the values of Secrets.
    pub(super) requested: u64,
    /// The spec and its references, as it is written to the status. `None` if the spec takes values from Secrets.
    pub(super) recorded: Option<String>,
}

/// The result of the step.
#[derive(Debug)]
pub(crate) enum Resolution {
    /// Everything is resolved.
    Inputs(Inputs),
    /// The object waits for another object, for a Secret, or in the queue of its kind.
    Waiting(Outcome),
}

/// Why a Secret could not be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    /// RBAC refuses to read the Secret.
    #[error(
        "The operator is not allowed to read Secret {name}. Grant its ServiceAccount the verb get on that Secret."
    )]
    SecretForbidden {
        /// The name of the Secret.
        name: String,
    },
    /// RBAC refuses to read the ConfigMap.
    #[error(
        "The operator is not allowed to read ConfigMap {name}. Grant its ServiceAccount the verb get on that ConfigMap."
    )]
    ConfigMapForbidden {
        /// The name of the ConfigMap.
        name: String,
    },
    /// The value is not text.
    #[error("Key {key} of Secret {name} is not text in UTF-8. Store a text in it.")]
    SecretInvalid {
        /// The name of the Secret.
        name: String,
        /// The key in its data.
        key: String,
    },
    /// The Kubernetes API refused, or could not be reached.
    #[error("the Kubernetes API failed: {0}")]
    Kubernetes(#[from] kube::Error),
    /// The parent resource could not be read.
    #[error(transparent)]
    CloudFront(#[from] CloudFrontError),
}

impl ResolveError {
    /// Returns the error of a request, if CloudFront caused it.
    pub(super) fn cloudfront(&self) -> Option<&CloudFrontError> {
        match self {
            Self::CloudFront(error) => Some(error),
            _ => None,
        }
    }

    /// Returns the reason of the conditions. `None`: the Kubernetes API failed, so no condition can be written, or CloudFront did.
    pub(super) fn reason(&self) -> Option<Reason> {
        match self {
            Self::SecretForbidden { .. } | Self::ConfigMapForbidden { .. } => {
                Some(Reason::AccessDenied)
            }
            Self::SecretInvalid { .. } => Some(Reason::Invalid),
            Self::Kubernetes(_) | Self::CloudFront(_) => None,
        }
    }
}

/// Resolves the references and Secrets of the spec. A deletion needs neither.
pub(super) async fn resolve(rec: &Reconciliation<'_>) -> Result<Resolution, ResolveError> {
    let subject = &rec.subject;
    let references = if subject.is_deleting() {
        Ok(ResolvedReferences::default())
    } else {
        read_inputs(rec).await?
    };
    let references = match references {
        Ok(references) => references,
        Err(waiting) => return Ok(Resolution::Waiting(waiting)),
    };
    if rec.subject.api().lifecycle == Lifecycle::OneShot
        && subject.recorded_id.is_none()
        && let Some(blocker) = rec.context.queue_blocker(&subject.object)
    {
        return Ok(Resolution::Waiting(Outcome::Queued(blocker)));
    }
    Ok(Resolution::Inputs(Inputs {
        collection: subject.object.collection(&references),
        hashes: SpecHashes::of(subject, &references),
        references,
    }))
}

impl SpecHashes {
    pub(super) fn of(subject: &Subject, references: &ResolvedReferences) -> Self {
        let Subject {
            object, sources, ..
        } = subject;
        let spec = spec_hash(object);
        Self {
            spec,
            requested: hash_of(&(spec, references)),
            recorded: applied_hash(object, sources, spec, references),
        }
    }
}

async fn read_inputs(
    rec: &Reconciliation<'_>,
) -> Result<Result<ResolvedReferences, Outcome>, ResolveError> {
    let mut references = match resolve_references(rec).await {
        Ok(references) => references,
        Err(waiting) => return Ok(Err(waiting)),
    };
    let secrets = read_secrets(rec).await?;
    let config_maps = read_config_maps(rec).await?;
    Ok(secrets.and_then(|secrets| {
        references.secrets = secrets;
        references.config_maps = config_maps?;
        Ok(references)
    }))
}

async fn resolve_references(rec: &Reconciliation<'_>) -> Result<ResolvedReferences, Outcome> {
    let namespace = rec.subject.namespace();
    let mut resolved = ResolvedReferences::default();
    let registry = &rec.context.shared.registry;
    for reference in &rec.subject.sources.objects {
        if !registry.is_managed(reference.target.kind) {
            return Err(not_managed(&reference.target));
        }
        let target = registry.find(&namespace, &reference.target).await;
        let value = check_reference(&rec.subject, reference, target)?;
        resolved.add(reference.target.clone(), reference.attribute, value);
    }
    Ok(resolved)
}

/// Returns what names the resource of a referenced object. A one-shot resource that was created is followed to its end, even if its
/// references are deleted or not deployed.
pub(super) fn check_reference(
    subject: &Subject,
    ObjectReference {
        target: reference,
        attribute,
        ready_when,
    }: &ObjectReference,
    target: Result<Option<ReferenceTarget>, NotSynced>,
) -> Result<String, Outcome> {
    let is_started = subject.is_one_shot_started();
    let target = target.map_err(|NotSynced| not_synced(reference.kind))?;
    let problem = match target {
        None if is_started => return Err(reference_deleted(reference)),
        None => "does not exist in this namespace",
        Some(ReferenceTarget { id: None, .. }) => "has no id yet",
        Some(ReferenceTarget {
            is_deleting: true, ..
        }) if subject.recorded_id.is_none() => "is being deleted",
        Some(ReferenceTarget {
            is_deploying: true, ..
        }) if *ready_when == ReadyWhen::Deployed && !is_started => "is not deployed yet",
        Some(ReferenceTarget {
            is_usable: false, ..
        }) if *ready_when == ReadyWhen::Published => "is not published yet",
        Some(ReferenceTarget {
            is_usable: false, ..
        }) if *ready_when == ReadyWhen::Provided => "is not ready yet",
        Some(ReferenceTarget {
            id: Some(id),
            arn,
            domain_name,
            ..
        }) => {
            let (value, problem) = match attribute {
                Attribute::Id => (Some(id), "has no id yet"),
                Attribute::Arn => (arn, "has no ARN yet"),
                Attribute::DomainName => (domain_name, "has no domain name yet"),
            };
            match value {
                Some(value) => return Ok(value),
                None => problem,
            }
        }
    };
    let what = format!("{} {}", reference.kind, reference.name);
    Err(waiting_for(&what, problem))
}

/// Reads the Secret keys that the spec names, each Secret by its name: Secrets are neither listed nor watched.
async fn read_secrets(rec: &Reconciliation<'_>) -> Result<Result<Secrets, Outcome>, ResolveError> {
    let kube = rec.context.shared.kube.clone();
    let api = Api::<Secret>::namespaced(kube, &rec.subject.namespace());
    let mut values = vec![];
    for key in &rec.subject.sources.secrets {
        let Some(value) = secret_value(key, api.get_opt(&key.name).await)? else {
            return Ok(Err(waiting_for(
                &key.describe(),
                "does not exist in this namespace",
            )));
        };
        values.push((key.clone(), value));
    }
    Ok(Ok(values.into_iter().collect()))
}

/// Returns the value of a key in the API server's response, or all of the data as a document. `None`: the Secret, or the key, does not exist.
pub(super) fn secret_value(
    key: &SecretKey,
    response: Result<Option<Secret>, kube::Error>,
) -> Result<Option<String>, ResolveError> {
    let name = key.name.clone();
    let secret = match response {
        Err(kube::Error::Api(refusal)) if refusal.code == 403 => {
            return Err(ResolveError::SecretForbidden { name });
        }
        response => response?,
    };
    let Some(secret) = secret else {
        return Ok(None);
    };
    let mut data = secret.data.unwrap_or_default();
    let text = |(key, value): (String, ByteString)| match String::from_utf8(value.0) {
        Ok(text) => Ok((key, text)),
        Err(_) => Err(ResolveError::SecretInvalid {
            name: name.clone(),
            key,
        }),
    };
    if key.key == WHOLE {
        let pairs: Result<BTreeMap<_, _>, _> = data.into_iter().map(text).collect();
        return Ok(Some(json!(pairs?).to_string()));
    }
    let value = data.remove_entry(&key.key).map(text).transpose()?;
    Ok(value.map(|(_, text)| text))
}

/// Reads the ConfigMap keys that the spec names, each ConfigMap by its name: ConfigMaps are neither listed nor watched.
async fn read_config_maps(
    rec: &Reconciliation<'_>,
) -> Result<Result<ConfigMapValues, Outcome>, ResolveError> {
    let kube = rec.context.shared.kube.clone();
    let api = Api::<ConfigMap>::namespaced(kube, &rec.subject.namespace());
    let mut values = ConfigMapValues::new();
    for key in &rec.subject.sources.config_maps {
        let Some(value) = config_map_value(key, api.get_opt(&key.name).await)? else {
            return Ok(Err(waiting_for(
                &key.describe(),
                "does not exist in this namespace",
            )));
        };
        values.insert(key.clone(), value);
    }
    Ok(Ok(values))
}

/// Returns the same of a ConfigMap.
pub(super) fn config_map_value(
    key: &ConfigMapKey,
    response: Result<Option<ConfigMap>, kube::Error>,
) -> Result<Option<String>, ResolveError> {
    let config_map = match response {
        Err(kube::Error::Api(refusal)) if refusal.code == 403 => {
            let name = key.name.clone();
            return Err(ResolveError::ConfigMapForbidden { name });
        }
        response => response?,
    };
    Ok(config_map.and_then(|it| {
        let mut data = it.data.unwrap_or_default();
        if key.key == WHOLE {
            Some(json!(data).to_string())
        } else {
            data.remove(&key.key)
        }
    }))
}

fn waiting_for(what: &str, problem: &str) -> Outcome {
    Outcome::Waiting(format!("Waits for {what}, which {problem}."))
}

/// Returns the outcome while the cache shows a reference with an earlier id.
pub(super) fn id_changed(reference: &TypedLocalReference) -> Outcome {
    let what = format!("{} {}", reference.kind, reference.name);
    waiting_for(&what, "has a new id")
}

/// Returns the outcome of a reference to an object of a kind that option `--kinds` leaves out.
fn not_managed(reference: &TypedLocalReference) -> Outcome {
    let TypedLocalReference { kind, name } = reference;
    Outcome::Waiting(format!(
        "Waits for {kind} {name}, but this operator does not manage the kind: add {kind} to its option --kinds (value kinds of the chart), or use the id of the resource."
    ))
}

/// Returns the outcome while not all objects of a kind are listed.
pub(super) fn not_synced(kind: &str) -> Outcome {
    Outcome::Retrying {
        reason: Reason::Unreachable,
        message: format!(
            "Objects of kind {kind} cannot be listed. Check that its CRD is installed and that the operator has the permissions list and watch."
        ),
    }
}

fn reference_deleted(reference: &TypedLocalReference) -> Outcome {
    Outcome::Stalled {
        reason: Reason::NotFound,
        code: None,
        message: format!(
            "{} {} was deleted before this object was observed as completed. No action is necessary.",
            reference.kind, reference.name
        ),
    }
}
