//! Step `apply`: carries out the plan, with at most one write to CloudFront.

use crate::{
    cloudfront::Client,
    engine::{
        api::{condition::drift_summary, outcome::Outcome, reason::Reason},
        object_state::ObjectState,
        plan::{Desired, Plan},
        reconcile::{
            applied::{Applied, ApplyError, DEPLOYING},
            desired::policy_forbids_write,
            event::WriteEvent,
            late_write::{publish, update},
            observation::{Observation, Source},
            pairs::sync_pairs,
            reconciliation::{Reconciliation, Subject},
            resolve::Inputs,
            tags::sync_tags,
            write::Writer,
        },
    },
    xml::Drift,
};

/// A plan, and what it was made from.
#[derive(Debug)]
pub(crate) struct Work {
    pub(super) plan: Plan,
    pub(super) desired: Desired,
    pub(super) observation: Observation,
    pub(super) inputs: Inputs,
    /// The AWS account of the resource, if it was just determined.
    pub(super) account: Option<String>,
    /// The client that sends the write: it has taken the turn.
    pub(super) client: Client,
}

/// Carries out the plan.
pub(super) async fn apply(
    rec: &mut Reconciliation<'_>,
    work: Work,
    state: &mut ObjectState,
) -> Result<Applied, ApplyError> {
    let Work {
        plan,
        desired,
        observation,
        inputs,
        account,
        client,
    } = work;
    let may_write = desired.may_write();
    let is_withheld =
        rec.subject.is_read_only && !policy_forbids_write(&rec.subject, &inputs, &state.applied);
    let base = Applied::observed(Outcome::InSync, observation, account);
    let writer = Writer {
        rec,
        client,
        inputs: &inputs,
        desired: &desired,
    };
    match plan {
        Plan::Create(config) => writer.create(config, base, state).await,
        Plan::Update(request, drift) => update(&writer, &request, &drift, base, state).await,
        Plan::Publish(request) => publish(&writer, &request, base, state).await,
        Plan::Disable(request) => writer.disable(&request, state).await,
        Plan::Delete(request) => writer.delete(&request, &base, state).await,
        plan => {
            let mut result = without_write(&rec.subject, plan, base);
            if matches!(result.outcome, Outcome::InSync | Outcome::Deploying(_)) {
                result = sync_tags(rec, &inputs, result, may_write, state).await?;
                result = sync_pairs(rec, &inputs, result, may_write, state).await?;
            }
            if is_withheld {
                result.outcome = withheld(rec.subject.kind(), result.outcome);
            }
            Ok(result)
        }
    }
}

/// Returns the result of a plan that sends no write.
pub(super) fn without_write(subject: &Subject, plan: Plan, base: Applied) -> Applied {
    let outcome = match plan {
        Plan::WaitForDeployment if subject.is_deleting() => Outcome::Disabling,
        Plan::WaitForDeployment => failure(subject, &base).unwrap_or_else(deploying),
        Plan::Drifted(drift) => Outcome::Drifted(drift),
        Plan::Missing => missing(subject),
        Plan::RemoveFinalizer => {
            let id = subject.recorded_id.as_deref();
            let source = base.observation.as_ref().map(|it| it.source);
            let event = id.map(|id| match source {
                Some(Source::Foreign) => WriteEvent::not_owned(subject.kind(), id),
                _ => WriteEvent::gone(subject.kind(), id),
            });
            return base.with_outcome(Outcome::Finalized).with_event(event);
        }
        Plan::UpToDate
        | Plan::Create(_)
        | Plan::Update(..)
        | Plan::Publish(_)
        | Plan::Disable(_)
        | Plan::Delete(_) => Outcome::InSync,
    };
    base.with_outcome(outcome)
}

/// Returns the outcome of a resource that CloudFront could not deploy. Nothing is tried again: only CloudFront changes that status. `None`: it
/// is deploying it.
fn failure(subject: &Subject, base: &Applied) -> Option<Outcome> {
    let remote = base.observation.as_ref()?.remote.as_ref()?;
    let status = subject.api().failed_status(&remote.document)?;
    let kind = subject.kind();
    Some(Outcome::Stalled {
        reason: Reason::ResourceFailed,
        code: None,
        message: format!(
            "CloudFront reports status {status} for this {kind}, so it cannot be used. Correct the cause, then delete this object and create \
             it again."
        ),
    })
}

fn deploying() -> Outcome {
    Outcome::Deploying(DEPLOYING.into())
}

/// Returns the outcome of a resource that does not exist and must not be created.
fn missing(subject: &Subject) -> Outcome {
    match &subject.prior_status.id {
        Some(id) => Outcome::Drifted(vec![Drift {
            path: "id".into(),
            desired: Some(id.clone()),
            observed: None,
        }]),
        None => Outcome::ReadOnly {
            message: format!(
                "The operator runs with --read-only and does not create the {}.",
                subject.kind()
            ),
            drift: vec![],
        },
    }
}

/// Returns the outcome of a difference that only `--read-only` keeps from being written.
pub(super) fn withheld(kind: &str, outcome: Outcome) -> Outcome {
    let Outcome::Drifted(drift) = outcome else {
        return outcome;
    };
    Outcome::ReadOnly {
        message: format!(
            "The operator runs with --read-only and does not write the {}. {}",
            kind,
            drift_summary(&drift)
        ),
        drift,
    }
}
