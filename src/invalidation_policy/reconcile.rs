//! One reconciliation of one policy: reads the triggers, and takes steps until nothing is left to do.

use super::{
    budget::{Budget, month, used_by_others},
    change::{self, Observation},
    context::Context,
    create::{Created, create},
    invalidations::{POLICY_LABEL, beyond_history},
    plan::{Facts, Observations, Plan, changes, plan},
    report::{refused, settled, whole_seconds},
    spec::InvalidationPolicy,
    status::{InvalidationPolicyStatus, PendingChange},
    target::{Target, TriggerKind},
};
use crate::{
    engine::{FIELD_MANAGER, Reason, merge_patch, with_jitter},
    kinds::invalidation::Invalidation,
};
use kube::{
    Api, Error, Resource, ResourceExt,
    api::{
        ApiResource, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, Preconditions,
    },
    runtime::{
        controller::Action,
        events::{Event, EventType},
        reflector::ObjectRef,
    },
};
use serde_json::json;
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

/// The delay after a request that failed.
const RETRY_DELAY: Duration = Duration::from_secs(5);

/// The delay until a permission, or what refused an Invalidation, is checked again.
const DENIED_DELAY: Duration = Duration::from_mins(1);

/// The delay until an exceeded budget is checked again, since a new month may have begun.
const BUDGET_DELAY: Duration = Duration::from_mins(10);

/// Returns when a policy is reconciled again after a request that failed.
#[expect(clippy::needless_pass_by_value, reason = "kube passes values")]
pub(super) fn error_policy(
    policy: Arc<InvalidationPolicy>,
    error: &Error,
    _: Arc<Context>,
) -> Action {
    let (namespace, name) = (policy.namespace(), policy.name_any());
    tracing::warn!(kind = "InvalidationPolicy", namespace, object_name = name, %error, "the reconciliation failed and is retried");
    Action::requeue(with_jitter(RETRY_DELAY))
}

/// Reconciles a policy once this process leads.
pub(super) async fn reconcile(
    cached: Arc<InvalidationPolicy>,
    context: Arc<Context>,
) -> Result<Action, Error> {
    let leadership = &context.shared.leadership;
    let (namespace, name) = (cached.namespace().unwrap_or_default(), cached.name_any());
    let policies = context.api::<InvalidationPolicy>(&namespace);
    if leadership.wait_to_lead().await.is_none() {
        return Ok(Action::await_change());
    }
    // The status decides what was done before, so the cache does not suffice.
    let Some(policy) = policies.get_opt(&name).await? else {
        return Ok(Action::await_change());
    };
    if policy.meta().deletion_timestamp.is_some() {
        return Ok(Action::await_change());
    }
    let observations = observe(&policy, &context).await?;
    let reconciliation = Reconciliation {
        context: &context,
        policies,
        namespace,
        observations,
    };
    let policy = reconciliation.run(policy).await?;
    reconciliation.delete_history(&policy).await?;
    Ok(requeue(&policy))
}

/// Reads the objects of the triggers.
async fn observe(policy: &InvalidationPolicy, context: &Context) -> Result<Observations, Error> {
    let namespace = policy.namespace().unwrap_or_default();
    let mut observations = Observations::new();
    for target in policy.spec.targets() {
        let observation = match context.triggers(target.kind, &namespace) {
            None => Observation::Denied(format!(
                "{target} is a trigger, but this operator does not manage the kind: add {} to its option --kinds (value kinds of the chart).",
                target.kind
            )),
            Some(api) => match api.get_opt(&target.name).await {
                Ok(object) => {
                    let watch = context.watch_state(target.kind);
                    if watch.is_some_and(|it| it.is_denied.load(Ordering::Relaxed)) {
                        denied(&target)
                    } else {
                        // The watch begins with a list, so a change since this read is not missed.
                        if let Some(watch) = watch {
                            let begin = |it: &mut bool| !std::mem::replace(it, true);
                            watch.is_needed.send_if_modified(begin);
                        }
                        object.map_or(Observation::Missing, |it| change::observe(&target, &it))
                    }
                }
                Err(Error::Api(refusal)) if refusal.code == 403 => denied(&target),
                Err(error) => return Err(error),
            },
        };
        observations.insert(target, observation);
    }
    Ok(observations)
}

fn denied(target: &Target) -> Observation {
    let value = match target.kind {
        TriggerKind::Deployment => "rbac.watchDeployments",
        TriggerKind::ConfigMap => "rbac.watchConfigMaps",
        TriggerKind::Function | TriggerKind::Distribution => "rbac.create",
    };
    Observation::Denied(format!(
        "The operator may not watch {target}: set {value}=true in the values of the chart, or grant its ServiceAccount get, list and watch on the resource. \
         Changes of the other triggers create Invalidations."
    ))
}

struct Reconciliation<'a> {
    context: &'a Context,
    policies: Api<InvalidationPolicy>,
    namespace: String,
    observations: Observations,
}

impl Reconciliation<'_> {
    /// Takes one step after the other, each of which is in the status before the next, and returns the policy after the last one.
    async fn run(&self, mut policy: InvalidationPolicy) -> Result<InvalidationPolicy, Error> {
        let clock = self.context.shared.clock;
        loop {
            let now = clock.timestamp();
            let month = month(now);
            let uid = policy.uid().unwrap_or_default();
            let resource_version = policy.resource_version().unwrap_or_default();
            let status = policy.status.clone().unwrap_or_default();
            let facts = Facts {
                uid: &uid,
                resource_version: &resource_version,
                spec: &policy.spec,
                status: &status,
                observations: &self.observations,
                month: &month,
                budget: self.budget(&policy, &status, &month).await?,
                is_read_only: self.context.shared.config.is_read_only,
            };
            let step = plan(facts);
            let next = match &step {
                Plan::Begin(change) => {
                    status.begin(change.clone(), &month, policy.spec.paths_per_change())
                }
                Plan::Create(change) => {
                    let selector = &self.context.shared.config.label_selector;
                    let api = self.invalidations();
                    let created = create(&api, &policy, change, selector.is_some()).await?;
                    self.publish_created(&policy, change, &created).await;
                    match created.refusal {
                        None => status.finish(change, whole_seconds(now)),
                        Some(text) => {
                            let generation = policy.meta().generation;
                            let kept = status.keep(&created.refused);
                            let next = refused(kept, &text, generation, now);
                            return self.report_refusal(policy, &status, &next).await;
                        }
                    }
                }
                Plan::Postpone(_) | Plan::Rest => {
                    settled(facts, &step, policy.meta().generation, now)
                }
            };
            let is_last = matches!(step, Plan::Postpone(_) | Plan::Rest);
            let before = reason(&policy);
            if next != status {
                policy = self.write_status(&policy, &status, &next).await?;
            }
            if is_last {
                self.warn_of_budget(&policy, before).await;
                return Ok(policy);
            }
        }
    }

    /// Returns the budget. The other policies are only read if a change needs it that is not counted yet.
    async fn budget(
        &self,
        policy: &InvalidationPolicy,
        status: &InvalidationPolicyStatus,
        month: &str,
    ) -> Result<Budget, Error> {
        let limit = Budget::limit(
            policy.spec.paths_per_month,
            self.context.max_paths_per_month,
        );
        let is_needed = status.pending.is_none()
            && !changes(&policy.spec, status, &self.observations).is_empty();
        let used_by_others = if limit.is_some() && is_needed {
            let all = self.policies.list(&ListParams::default()).await?.items;
            used_by_others(&all, &policy.uid().unwrap_or_default(), month)
        } else {
            0
        };
        Ok(Budget {
            limit,
            used_by_others,
        })
    }

    async fn publish_created(
        &self,
        policy: &InvalidationPolicy,
        change: &PendingChange,
        created: &Created,
    ) {
        if created.names.is_empty() {
            return;
        }
        let note = format!(
            "{} changed: created Invalidation {}",
            change.objects(),
            created.names.join(", ")
        );
        self.publish(policy, EventType::Normal, Reason::InvalidationCreated, note)
            .await;
    }

    /// Writes a status with refused Invalidations, and publishes an event if the refusal is new.
    async fn report_refusal(
        &self,
        mut policy: InvalidationPolicy,
        before: &InvalidationPolicyStatus,
        after: &InvalidationPolicyStatus,
    ) -> Result<InvalidationPolicy, Error> {
        if after == before {
            return Ok(policy);
        }
        policy = self.write_status(&policy, before, after).await?;
        let message = |status: &InvalidationPolicyStatus| {
            let ready = status.conditions.first();
            ready.map(|it| it.message.clone())
        };
        if let Some(note) = message(after).filter(|_| message(before) != message(after)) {
            self.publish(&policy, EventType::Warning, Reason::Rejected, note)
                .await;
        }
        Ok(policy)
    }

    fn invalidations(&self) -> Api<DynamicObject> {
        let resource = ApiResource::erase::<Invalidation>(&());
        Api::namespaced_with(self.context.shared.kube.clone(), &self.namespace, &resource)
    }

    /// Writes the status. Fails with a conflict if the policy has changed since it was read.
    async fn write_status(
        &self,
        policy: &InvalidationPolicy,
        before: &InvalidationPolicyStatus,
        after: &InvalidationPolicyStatus,
    ) -> Result<InvalidationPolicy, Error> {
        let [before, after] = [before, after].map(|it| json!(it));
        let metadata = json!({ "uid": policy.uid(), "resourceVersion": policy.resource_version() });
        let patch = json!({ "metadata": metadata, "status": merge_patch(&before, &after) });
        let params = PatchParams {
            field_manager: Some(FIELD_MANAGER.into()),
            ..PatchParams::default()
        };
        self.policies
            .patch_status(&policy.name_any(), &params, &Patch::Merge(patch))
            .await
    }

    /// Publishes an event when the budget begins to block a change.
    async fn warn_of_budget(&self, policy: &InvalidationPolicy, before: Option<String>) {
        let exceeded = Reason::BudgetExceeded.to_string();
        let conditions = policy.status.as_ref().map(|it| &it.conditions[..]);
        let ready = conditions.and_then(|it| it.first());
        if let Some(ready) = ready.filter(|it| it.reason == exceeded && before != Some(exceeded)) {
            let note = ready.message.clone();
            self.publish(policy, EventType::Warning, Reason::BudgetExceeded, note)
                .await;
        }
    }

    /// Publishes an event. One that is lost is no failure: the status has the same.
    async fn publish(
        &self,
        policy: &InvalidationPolicy,
        type_: EventType,
        reason: Reason,
        note: String,
    ) {
        tracing::info!(kind = "InvalidationPolicy", namespace = self.namespace, object_name = policy.name_any(), %reason, "{note}");
        let event = Event {
            type_,
            reason: reason.to_string(),
            note: Some(note),
            action: "Reconcile".into(),
            secondary: None,
        };
        if let Err(error) = self
            .context
            .shared
            .events
            .publish(event, &policy.object_ref(&()))
            .await
        {
            tracing::warn!(%error, "cannot publish an event");
        }
    }

    /// Deletes finished Invalidations beyond the limit of the policy, if one of them may have finished. Their changes are in the status, unless one
    /// is pending.
    async fn delete_history(&self, policy: &InvalidationPolicy) -> Result<(), Error> {
        let key = ObjectRef::from_obj(policy);
        let is_pending = policy
            .status
            .as_ref()
            .is_some_and(|it| it.pending.is_some());
        if is_pending || !self.context.with_new_history.lock().remove(&key) {
            return Ok(());
        }
        let result = self.delete_beyond_history(policy).await;
        if result.is_err() {
            self.context.with_new_history.lock().insert(key);
        }
        result
    }

    async fn delete_beyond_history(&self, policy: &InvalidationPolicy) -> Result<(), Error> {
        let api = self.invalidations();
        let selector = format!("{POLICY_LABEL}={}", policy.name_any());
        let objects = api.list(&ListParams::default().labels(&selector)).await?;
        for object in beyond_history(policy, objects.items) {
            let params = DeleteParams {
                preconditions: Some(Preconditions {
                    uid: object.uid(),
                    resource_version: None,
                }),
                ..DeleteParams::background()
            };
            match api.delete(&object.name_any(), &params).await {
                Err(Error::Api(refusal)) if [404, 409].contains(&refusal.code) => {}
                result => drop(result?),
            }
        }
        Ok(())
    }
}

/// Returns when the policy is reconciled again without a change.
fn requeue(policy: &InvalidationPolicy) -> Action {
    let reason = reason(policy);
    let is = |other: Reason| reason.as_deref() == Some(other.into());
    if is(Reason::AccessDenied) || is(Reason::Rejected) {
        Action::requeue(with_jitter(DENIED_DELAY))
    } else if is(Reason::BudgetExceeded) {
        Action::requeue(with_jitter(BUDGET_DELAY))
    } else {
        Action::await_change()
    }
}

/// Returns the reason of condition `Ready`.
fn reason(policy: &InvalidationPolicy) -> Option<String> {
    let conditions = &policy.status.as_ref()?.conditions;
    let ready = conditions.iter().find(|it| it.type_ == "Ready");
    ready.map(|it| it.reason.clone())
}
