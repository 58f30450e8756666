//! The driver of the steps: see [`run`].

use crate::engine::{
    api::{CREATED_AS, CREATED_TAGS, outcome::Outcome, secret::Secrets},
    kubernetes::metadata,
    object_state::{CreationHistory, ObjectState, ReadOrder, Version},
    plan::{Desired, Plan, plan},
    reconcile::{
        account::observed_account,
        applied::Applied,
        apply::{Work, apply},
        create_guard::{check_present_references, store_tag_keys},
        desired::{desired, needs_new_caller_reference},
        error::{Failure, ReconcileError},
        immutable::refused_change,
        name_record::{
            complete_record, record_id, required_record, store_required_record, withdraw_record,
        },
        observation::{Freshness, Observation, Progress, Source},
        observe::observe,
        observe_cached::{
            ListComparison, cache_remote, check_list_error, compare_with_list, needs_fresh_read,
        },
        pairs::{tags_or_pairs_due, with_recorded},
        parent::check_parent,
        preflight::{Preflight, preflight},
        read_order::check_order,
        reconciliation::{Reconciliation, Subject},
        resolve::{Inputs, Resolution, resolve},
        tags::{tag_max_age, writes_known_tags},
        turn::{TurnResult, take_write_turn},
        unique_values::held_write,
        users::still_in_use,
        withheld::withheld_write,
    },
    remote::ownership::{caller_reference, recreate_count},
};
use serde_json::json;
use std::collections::BTreeMap;

/// The next step of a reconciliation, with its input.
#[derive(Debug)]
enum Step {
    /// Resolve the references and Secrets.
    Resolve,
    /// Observe the resource, and plan.
    Observe(Inputs, Freshness),
    /// Determine the account, and take a turn of the rate limiter.
    Reserve(Box<Planned>),
    /// Carry out the plan.
    Apply(Box<Work>),
    /// Remove the finalizer.
    Finalize(Applied),
    /// The result is known.
    End(Applied),
}

/// A plan, and what it was made from.
#[derive(Debug)]
struct Planned {
    plan: Plan,
    desired: Desired,
    observation: Observation,
    inputs: Inputs,
}

/// Runs one reconciliation up to its report:
///
/// ```text
/// object ─► preflight ─► resolve ─► observe ─► plan ─► apply ─► report
///           Preflight    Inputs     Observation Plan   Applied  Status, events, metrics, requeue
/// ```
///
/// Each step may end the reconciliation. If the plan must not rely on a cached observation, `observe` and `plan` run once more with a
/// fresh one, so `plan` is called twice at most.
///
/// Before each step the finalizer is added if the object has a resource, or is about to create one. So an object whose finalizer
/// a client removed gets it back before anything else, an adopting object gets it once the resource is found, and a new object gets it
/// before its create is sent, but not while it waits.
pub(super) async fn run(
    rec: &mut Reconciliation<'_>,
    state: &mut ObjectState,
) -> Result<Applied, Failure> {
    let completed = complete_record(rec, &state.creation).await;
    completed.map_err(ReconcileError::Kubernetes)?;
    let failed = state.failed.as_deref();
    let preflight = preflight(&rec.subject, &state.applied, state.finalized, failed);
    let mut step = match still_in_use(rec, state.in_use) {
        Some(outcome) if preflight == Preflight::Continue => Step::End(Applied::new(outcome)),
        _ => Step::from(preflight),
    };
    loop {
        if step.needs_finalizer(&rec.subject) {
            let annotations = step.annotations(&rec.subject, &state.creation);
            let patched = add_finalizer(rec, &annotations, state).await;
            patched.map_err(|failure| failure.after(step.progress()))?;
        }
        let (secrets, progress) = (step.secrets(), step.progress());
        let next = match step {
            Step::Resolve => resolve_inputs(rec, state).await,
            Step::Observe(inputs, freshness) => {
                observe_and_plan(rec, inputs, freshness, state).await
            }
            Step::Reserve(planned) => reserve(rec, *planned, state).await,
            Step::Apply(work) => apply_plan(rec, *work, state).await,
            Step::Finalize(applied) => remove_finalizer(rec, applied).await,
            Step::End(applied) => return Ok(with_recorded(&rec.subject, &state.pairs, applied)),
        };
        if let Err(failure) = &next {
            let withdrawn = withdraw_record(rec, &failure.error, &mut state.creation).await;
            withdrawn.map_err(ReconcileError::Kubernetes)?;
        }
        step = next.map_err(|failure| failure.quoting(secrets).after(progress))?;
    }
}

impl From<Preflight> for Step {
    fn from(preflight: Preflight) -> Self {
        match preflight {
            Preflight::Continue => Self::Resolve,
            Preflight::Finalized => Self::End(Applied::new(Outcome::Finalized)),
            Preflight::Retain(event) => {
                Self::Finalize(Applied::new(Outcome::Finalized).with_event(event))
            }
            Preflight::End(outcome) => Self::End(Applied::new(outcome)),
        }
    }
}

impl Step {
    /// Whether the finalizer has to be added before this step.
    fn needs_finalizer(&self, subject: &Subject) -> bool {
        let has_resource = match self {
            Self::Reserve(planned) => planned.observation.remote.is_some(),
            Self::Apply(work) => matches!(work.plan, Plan::Create(_)),
            // What was observed or written is reported before anything else that can fail.
            Self::Finalize(applied) | Self::End(applied) if applied.observation.is_some() => {
                return false;
            }
            _ => false,
        };
        subject.needs_finalizer(has_resource)
    }

    /// Returns the annotations that record what the create of this step sends.
    fn annotations(
        &self,
        subject: &Subject,
        creation: &CreationHistory,
    ) -> BTreeMap<&'static str, String> {
        let mut annotations = BTreeMap::new();
        let Self::Apply(work) = self else {
            return annotations;
        };
        let tag_keys: Vec<String> = subject.object.typed.tags().into_keys().collect();
        if matches!(work.plan, Plan::Create(_)) && !tag_keys.is_empty() {
            annotations.insert(CREATED_TAGS, json!(tag_keys).to_string());
        }
        if let Some(record) = required_record(subject, work, creation) {
            annotations.insert(CREATED_AS, record.to_annotation());
        }
        annotations
    }

    fn observation(&self) -> Option<&Observation> {
        match self {
            Self::Reserve(planned) => Some(&planned.observation),
            Self::Apply(work) => Some(&work.observation),
            Self::Finalize(applied) | Self::End(applied) => applied.observation.as_ref(),
            Self::Resolve | Self::Observe(..) => None,
        }
    }

    /// Returns what is known of the resource before this step.
    fn progress(&self) -> Progress {
        let plan = match self {
            Self::Reserve(planned) => Some(&planned.plan),
            Self::Apply(work) => Some(&work.plan),
            _ => None,
        };
        Progress {
            is_read: self.observation().is_some_and(Observation::is_fresh),
            is_different: plan.is_some_and(Plan::is_change),
        }
    }

    /// Returns the values of Secrets that an error of this step may quote.
    fn secrets(&self) -> Secrets {
        match self {
            Self::Observe(inputs, _) => inputs.references.secrets.clone(),
            Self::Reserve(planned) => planned.inputs.references.secrets.clone(),
            Self::Apply(work) => work.inputs.references.secrets.clone(),
            Self::Resolve | Self::Finalize(_) | Self::End(_) => Secrets::default(),
        }
    }
}

async fn resolve_inputs(
    rec: &Reconciliation<'_>,
    state: &mut ObjectState,
) -> Result<Step, Failure> {
    let inputs = match resolve(rec).await? {
        Resolution::Inputs(inputs) => inputs,
        Resolution::Waiting(outcome) => return Ok(Step::End(Applied::new(outcome))),
    };
    if let Some(outcome) = check_parent(rec, &inputs).await? {
        return Ok(Step::End(Applied::new(outcome)));
    }
    Ok(match compare_with_list(rec, &inputs, state).await? {
        ListComparison::Pending => Step::End(Applied::waiting_for_list()),
        ListComparison::Unchanged if !tags_or_pairs_due(rec, &inputs, state) => {
            Step::End(Applied::new(Outcome::InSync).with_accepted_spec(&inputs))
        }
        _ => Step::Observe(inputs, Freshness::Cached),
    })
}

async fn observe_and_plan(
    rec: &mut Reconciliation<'_>,
    inputs: Inputs,
    freshness: Freshness,
    state: &mut ObjectState,
) -> Result<Step, Failure> {
    let observation = observe(rec, &inputs, freshness, state).await?;
    // What was read is kept even if a later step fails.
    cache_remote(rec, &observation, &mut state.remote);
    let progress = Progress::of_read(&observation);
    let step = plan_observed(rec, inputs, freshness, observation, state).await;
    step.map_err(|failure| failure.after(progress))
}

async fn plan_observed(
    rec: &mut Reconciliation<'_>,
    inputs: Inputs,
    freshness: Freshness,
    observation: Observation,
    state: &mut ObjectState,
) -> Result<Step, Failure> {
    let desired = desired(&rec.subject, &inputs, &state.applied)?;
    if matches!(desired, Desired::Present { .. }) {
        state.applied.record_first_request(inputs.hashes.requested);
    }
    let desired = prepare_recreation(rec, desired, &observation).await?;
    let plan = plan(
        rec.subject.definition(),
        &desired,
        observation.remote.as_ref(),
    );
    let (subject, updates) = (&rec.subject, &state.updates);
    let writes_tags = writes_known_tags(
        subject,
        &state.applied,
        desired.may_write(),
        tag_max_age(rec),
    );
    if freshness == Freshness::Cached
        && needs_fresh_read(subject, &plan, &observation, updates, writes_tags)
    {
        return Ok(Step::Observe(inputs, Freshness::Required));
    }
    check_list_error(rec, &plan, &observation)?;
    check_order(&rec.subject, &plan, &observation)?;
    if observation.source == Source::Read && observation.order == ReadOrder::Latest {
        let read = observation.remote.as_ref().map(Version::of);
        if let Some(read) = read {
            state.versions.record_read(read);
        }
    }
    Ok(Step::Reserve(Box::new(Planned {
        plan,
        desired,
        observation,
        inputs,
    })))
}

async fn reserve(
    rec: &Reconciliation<'_>,
    planned: Planned,
    state: &mut ObjectState,
) -> Result<Step, Failure> {
    let Planned {
        plan,
        desired,
        observation,
        inputs,
    } = planned;
    let account = observed_account(rec, &plan, &observation, &mut state.creation).await;
    let sources = &rec.subject.sources;
    if let Some(outcome) = refused_change(rec.subject.definition(), sources, &plan) {
        return Ok(Step::End(Applied::observed(outcome, observation, account)));
    }
    let remote = observation.remote.as_ref();
    if let Some((outcome, pause)) = withheld_write(rec, state, &inputs, &plan, remote) {
        let applied = Applied::observed(outcome, observation, account);
        return Ok(Step::End(applied.with_pause(pause)));
    }
    if let Some(outcome) = held_write(rec, &plan, remote, &mut state.value_wait) {
        return Ok(Step::End(Applied::observed(outcome, observation, account)));
    }
    let client = if plan.is_write() {
        match take_write_turn(rec, state)
            .await
            .map_err(ReconcileError::Kubernetes)?
        {
            TurnResult::Taken(client) => client,
            TurnResult::Queued(outcome) => {
                return Ok(Step::End(Applied::observed(outcome, observation, account)));
            }
            TurnResult::Outdated(retry) => {
                state.creation.record_outdated_view();
                let applied = Applied::observed(Outcome::Postponed, observation, account);
                return Ok(Step::End(applied.with_retry(retry)));
            }
        }
    } else {
        rec.cloudfront.clone()
    };
    Ok(Step::Apply(Box::new(Work {
        plan,
        desired,
        observation,
        inputs,
        account,
        client,
    })))
}

async fn apply_plan(
    rec: &mut Reconciliation<'_>,
    work: Work,
    state: &mut ObjectState,
) -> Result<Step, Failure> {
    if matches!(work.plan, Plan::Create(_))
        && let Some(outcome) = check_present_references(rec, &work.inputs).await?
    {
        let applied = Applied::observed(outcome, work.observation, work.account);
        return Ok(Step::End(applied));
    }
    store_tag_keys(rec, &work, &mut state.pending).await?;
    let stored = store_required_record(rec, &work, &state.creation).await;
    stored.map_err(ReconcileError::Kubernetes)?;
    let result = apply(rec, work, state).await;
    if let Err(error) = &result
        && error.needs_new_caller_reference()
    {
        advance_recreate_count(rec).await?;
        state.creation.record_new_caller_reference();
    }
    let applied = record_id(rec, result?).await;
    Ok(match applied.outcome {
        Outcome::Finalized => Step::Finalize(applied),
        _ => Step::End(applied),
    })
}

/// Adds the finalizer. The API server rejects it if the object has changed since it was read, so no other process can have added it
/// and sent a create in between.
async fn add_finalizer(
    rec: &mut Reconciliation<'_>,
    annotations: &BTreeMap<&'static str, String>,
    state: &mut ObjectState,
) -> Result<(), Failure> {
    let kube = &rec.context.shared.kube;
    let patched = metadata::add_finalizer(kube, &mut rec.subject.object, annotations).await;
    patched.map_err(ReconcileError::Kubernetes)?;
    state.is_confirmed = true;
    let has_id = rec.subject.recorded_id.is_some();
    state.creation.record_finalizer_added(has_id);
    Ok(())
}

async fn remove_finalizer(rec: &mut Reconciliation<'_>, applied: Applied) -> Result<Step, Failure> {
    let kube = &rec.context.shared.kube;
    let patched = metadata::remove_finalizer(kube, &mut rec.subject.object).await;
    patched.map_err(ReconcileError::Kubernetes)?;
    Ok(Step::End(applied))
}

/// Stores a new recreate count before the create that uses it: otherwise a repeated create after a crash could not find the resource.
async fn prepare_recreation(
    rec: &mut Reconciliation<'_>,
    desired: Desired,
    observation: &Observation,
) -> Result<Desired, Failure> {
    if !needs_new_caller_reference(&rec.subject, &desired, observation.remote.is_some()) {
        return Ok(desired);
    }
    advance_recreate_count(rec).await?;
    Ok(desired.with_caller_reference(caller_reference(&rec.subject.object)))
}

async fn advance_recreate_count(rec: &mut Reconciliation<'_>) -> Result<(), Failure> {
    let count = recreate_count(&rec.subject.object).saturating_add(1);
    let kube = &rec.context.shared.kube;
    let patched = metadata::set_recreate_count(kube, &mut rec.subject.object, count).await;
    patched.map_err(ReconcileError::Kubernetes)?;
    Ok(())
}
