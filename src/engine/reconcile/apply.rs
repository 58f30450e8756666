//! Carrying out a plan: the one write of a pass.

use crate::{
    cloudfront::{CloudFrontError, Request},
    engine::{
        api::{outcome::Outcome as State, reason::Reason},
        kind::{Kind, Lifecycle},
        kubernetes::metadata,
        object_state::Pushed,
        plan::{Plan, Wish, plan},
        reconcile::{
            error::Failure,
            event::Written,
            reconciliation::{Outcome, Pass},
        },
        remote::resource::{Remote, incomplete_response},
        spec_hash::hash_of,
        tags,
    },
    xml::{Drift, Element},
};
use std::time::Instant;

const DEPLOYING: &str = "CloudFront is bringing the last change to its edges.";

impl<K: Kind> Pass<'_, K> {
    /// Makes the one write that the plan asks for, if any.
    pub(super) async fn carry_out(
        &mut self,
        plan: Plan,
        wish: &Wish,
        remote: Option<Remote>,
    ) -> Result<Outcome, Failure> {
        let is = |state, remote| Ok(Outcome::Is(state, remote));
        if plan.is_write()
            && let Some(queued) = self.queue_up()
        {
            return is(queued, remote);
        }
        match plan {
            Plan::Create(config) => {
                self.hold().await?;
                let remote = self.create(config).await?;
                Ok(self.settle(wish, remote))
            }
            Plan::Update(request, drift) => self.update(wish, &request, drift, remote).await,
            Plan::Retire(request) => {
                let remote = self.write(&request, Reason::Retiring, &[]).await?;
                is(State::Disabling, remote)
            }
            Plan::Delete(request) => {
                self.write(&request, Reason::Deleted, &[]).await?;
                self.release().await
            }
            Plan::Await if self.deleting() => is(State::Disabling, remote),
            found @ (Plan::Await | Plan::Settled) => {
                let state = match found {
                    Plan::Settled => State::InSync,
                    _ => State::Deploying(DEPLOYING.into()),
                };
                self.keep_tags(state, remote, wish.may_be_written()).await
            }
            Plan::Drifted(drift) => is(State::Drifted(drift), remote),
            Plan::Missing => is(self.missing(), None),
            Plan::Forget => {
                let told = |id| Written::new(Reason::Deleted, format!("{} {id} is gone", K::KIND));
                self.written = self.recorded().map(told);
                self.release().await
            }
        }
    }

    /// Puts our finalizer on, unless it is there, or there will be nothing to delete.
    pub(super) async fn hold(&mut self) -> Result<(), Failure> {
        let leaves_something = K::LIFECYCLE == Lifecycle::Managed;
        if leaves_something && !metadata::has_finalizer(&self.object) && !self.deleting() {
            metadata::add_finalizer(&self.context.shared.kube, &mut self.object).await?;
            // Nobody else can have sent a create: an object that an earlier process may have had is marked as inherited, and the object's
            // version makes sure that nobody has put the finalizer on since.
            let untried = self.recorded().is_none();
            self.memo.untried.get_or_insert(untried);
        }
        Ok(())
    }

    /// Takes our finalizer off.
    pub(super) async fn release(&mut self) -> Result<Outcome, Failure> {
        metadata::remove_finalizer(&self.context.shared.kube, &mut self.object).await?;
        Ok(Outcome::Released)
    }

    async fn create(&mut self, config: Element) -> Result<Remote, Failure> {
        let request = tags::create::<K>(&self.collection, config, &self.object.tags());
        // From here on there may be a remote under our key, until CloudFront says that this create made none.
        let untried = self.memo.untried.replace(false);
        let unfound_since = self.memo.unfound_since.take();
        match self.write(&request, Reason::Created, &[]).await {
            Ok(Some(remote)) => {
                self.memo.tagged = Some((self.generation(), Instant::now()));
                self.managed_tags = Some(self.object.tags().into_keys().collect());
                Ok(remote)
            }
            Ok(None) => Err(incomplete_response(&request).into()),
            Err(error) if error.outcome_unknown() => Err(error.into()),
            Err(error) => {
                self.memo.unfound_since = unfound_since;
                if error.is_already_exists() {
                    return self.recover(&error).await;
                }
                self.memo.untried = untried;
                self.look_behind(error).await
            }
        }
    }

    async fn update(
        &mut self,
        wish: &Wish,
        request: &Request,
        drift: Vec<Drift>,
        remote: Option<Remote>,
    ) -> Result<Outcome, Failure> {
        if self.is_in_vain(request, &drift) {
            return Ok(Outcome::Is(not_converging(&drift), remote));
        }
        let times = self.tries(request, &drift);
        let reason = if self.corrects_drift() {
            Reason::Reverted
        } else {
            Reason::Updated
        };
        let answer = self.write(request, reason, &drift).await?;
        let Some(remote) = answer else {
            return Err(incomplete_response(request).into());
        };
        self.memo
            .replace(request.if_match.clone().unwrap_or_default(), &remote.etag);
        self.memo.pushed = Some(Box::new(Pushed {
            generation: self.generation(),
            drift,
            sent: sent(request),
            etag: remote.etag.clone(),
            times: times + 1,
        }));
        Ok(self.settle(wish, remote))
    }

    /// Whether CloudFront had all that is asked for before, so that somebody else must have changed it. What a Secret has come to say
    /// is not told apart from that, and counts as an update.
    fn corrects_drift(&self) -> bool {
        self.previous.accepted_generation == Some(self.generation())
            && self.asked.is_some()
            && self.previous.accepted_hash == self.asked
    }

    /// How often this very update was accepted, with nobody else having written since.
    fn tries(&self, request: &Request, drift: &[Drift]) -> u32 {
        let etag = request.if_match.as_deref().unwrap_or_default();
        let pushed = self.memo.pushed.as_ref();
        let same =
            pushed.filter(|pushed| pushed.repeats(self.generation(), drift, sent(request), etag));
        same.map_or(0, |pushed| pushed.times)
    }

    /// Whether an update would change nothing, as two of the same have shown.
    pub(super) fn is_in_vain(&self, request: &Request, drift: &[Drift]) -> bool {
        let etag = request.if_match.as_deref().unwrap_or_default();
        self.tries(request, drift) >= 2 || self.gave_up_on(etag)
    }

    /// After a restart the status is the only witness that an update was tried in vain.
    fn gave_up_on(&self, etag: &str) -> bool {
        let ready = self.previous.condition("Ready");
        self.memo.pushed.is_none()
            && self.previous.etag.as_deref() == Some(etag)
            && ready.is_some_and(|ready| {
                ready.reason == Reason::NotConverging.to_string()
                    && ready.observed_generation == Some(self.generation())
            })
    }

    /// Reads the answer to a write as an observation.
    fn settle(&mut self, wish: &Wish, remote: Remote) -> Outcome {
        self.memo.id = Some(remote.id.clone());
        self.memo.seen = Some(remote.id.clone());
        self.memo.missed = 0;
        let tags_due = self.tags_due(&self.object.tags());
        let left = plan::<K>(wish, Some(&remote));
        // What is found again may have been made for an earlier spec.
        if !tags_due && matches!(left, Plan::Settled | Plan::Await) {
            self.accept();
        }
        self.unfinished = matches!(left, Plan::Update(..));
        let state = match left {
            Plan::Settled if !tags_due => State::InSync,
            _ => State::Deploying(DEPLOYING.into()),
        };
        Outcome::Is(state, Some(remote))
    }

    /// CloudFront has all of this spec: what differs from now on was changed by others.
    pub(super) fn accept(&mut self) {
        self.accepted = true;
        self.memo.carried_out = Some(self.fingerprint());
        self.memo.asked = Some(self.asked_in_all);
    }

    fn missing(&self) -> State {
        match &self.previous.id {
            Some(id) => State::Drifted(vec![Drift {
                path: "id".into(),
                desired: Some(id.clone()),
                observed: None,
            }]),
            None => State::ReadOnly(format!(
                "Would create a {}; nothing is written, since the operator runs with --mode observe.",
                K::KIND
            )),
        }
    }

    /// Makes one write to CloudFront and remembers what to tell of it.
    async fn write(
        &mut self,
        request: &Request,
        reason: Reason,
        drift: &[Drift],
    ) -> Result<Option<Remote>, CloudFrontError> {
        let request = request.clone().priority(self.write_priority());
        // Until the answer is read, nobody knows what CloudFront has.
        self.memo.carried_out = None;
        let answer = self.cloudfront.send(&request).await?;
        let request_id = answer.request_id.clone();
        let remote = Remote::from_response::<K>(answer);
        self.live = true;
        if matches!(reason, Reason::Created | Reason::Updated | Reason::Reverted) {
            self.memo.sent = Some(Instant::now());
        }
        let id = remote
            .as_ref()
            .map(|remote| remote.id.clone())
            .or_else(|| self.previous.id.clone());
        self.written = Some(Written::from_call(
            reason,
            K::KIND,
            id.as_deref(),
            drift,
            request_id.as_deref(),
        ));
        Ok(remote)
    }
}

/// A number that changes with what a request sends: drift does not show secret values.
fn sent(request: &Request) -> u64 {
    hash_of(&request.body.as_ref().map(ToString::to_string))
}

fn not_converging(drift: &[Drift]) -> State {
    let places: Vec<&str> = drift.iter().take(5).map(|d| d.path.as_str()).collect();
    State::Stalled {
        reason: Reason::NotConverging,
        code: None,
        message: format!(
            "CloudFront accepted the same update twice and still differs at {}; change the spec there, or report this as a bug.",
            places.join(", ")
        ),
    }
}
