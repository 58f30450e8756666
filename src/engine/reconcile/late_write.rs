//! Writes that CloudFront may execute although their response is missing, and that it cannot refuse by their version: publications of code,
//! and updates in families without ETags. None is sent again meanwhile.

use crate::{
    cloudfront::{CloudFrontError, Request},
    engine::{
        api::{outcome::Outcome, reason::Reason},
        object_state::ObjectState,
        reconcile::{
            applied::{Applied, ApplyError},
            code_tests::failed_test,
            promotion::promotion,
            reconciliation::Reconciliation,
            staging_difference::check_connected,
            write::Writer,
        },
        remote::resource::Remote,
    },
    xml::Drift,
};
use tokio::time::Instant;

/// Updates the resource. In a family without ETags, a late update could replace a newer one.
pub(super) async fn update(
    writer: &Writer<'_>,
    request: &Request,
    drift: &[Drift],
    base: Applied,
    state: &mut ObjectState,
) -> Result<Applied, ApplyError> {
    if writer.rec.subject.api().has_etags() {
        let promotion = promotion(writer, request, base.remote()).await?;
        if promotion.is_none() {
            check_connected(writer, request, drift).await?;
        }
        let request = promotion.as_ref().unwrap_or(request);
        return writer.update(request, drift, base, state).await;
    }
    if may_be_executed(writer.rec, state) {
        state.remote.invalidate();
        return Ok(base.with_outcome(late(
            "the update",
            "reads the configuration, and updates it",
        )));
    }
    let updated = writer.update(request, drift, base, state).await;
    if is_unanswered(&updated) {
        state.unanswered_write = Some(Instant::now());
    }
    updated
}

/// Publishes code whose tests succeed.
///
/// A publication without a response may still be executed. It is not sent again meanwhile, since each one makes CloudFront deploy the
/// distributions that use the code.
pub(super) async fn publish(
    writer: &Writer<'_>,
    request: &Request,
    base: Applied,
    state: &mut ObjectState,
) -> Result<Applied, ApplyError> {
    if may_be_executed(writer.rec, state) {
        read_published_version_again(base.remote().cloned(), state);
        return Ok(base.with_outcome(late(
            "the publication of the code",
            "reads the published version, and publishes",
        )));
    }
    let failure = match base.remote() {
        Some(remote) => failed_test(writer.rec, remote, state).await?,
        None => None,
    };
    if let Some(failure) = failure {
        return Ok(base.with_outcome(failure));
    }
    let before = base.remote().cloned();
    let published = writer.publish(request, base, state).await;
    if is_unanswered(&published) {
        state.unanswered_write = Some(Instant::now());
        read_published_version_again(before, state);
    }
    published
}

/// Makes the next reconciliation read which version is published, and nothing else if the version of the code is the same.
fn read_published_version_again(mut remote: Option<Remote>, state: &mut ObjectState) {
    if let Some(remote) = &mut remote {
        remote.forget_live_etag();
    }
    state.remote.store(remote.as_ref());
    state.remote.invalidate();
}

/// Whether the last write has no response and may still be executed.
fn may_be_executed(rec: &Reconciliation<'_>, state: &mut ObjectState) -> bool {
    let window = rec.late_create_window();
    state.unanswered_write = state.unanswered_write.filter(|at| at.elapsed() < window);
    state.unanswered_write.is_some()
}

fn is_unanswered(sent: &Result<Applied, ApplyError>) -> bool {
    let error = sent.as_ref().err().and_then(ApplyError::cloudfront);
    error.is_some_and(CloudFrontError::outcome_unknown)
}

fn late(write: &str, repeats: &str) -> Outcome {
    Outcome::Retrying {
        reason: Reason::Unreachable,
        message: format!(
            "CloudFront did not respond to {write}, and may still execute it. The operator {repeats} again after a minute."
        ),
    }
}
