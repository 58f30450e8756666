//! One pass: observe, plan, at most one write. What came of it is handed to the report.

use crate::{
    cloudfront::{Client, Reservation},
    engine::{
        api::{
            outcome::Outcome as State,
            policy::{DeletionPolicy, DriftPolicy},
            reason::Reason,
            reference::{ResolvedReferences, TypedLocalReference},
            secret::Secrets,
            status::Status,
        },
        context::Context,
        kind::{Kind, Lifecycle},
        kubernetes::metadata,
        object_state::Memo,
        plan::{Plan, Wish, plan},
        reconcile::{error::Failure, event::Written, report::freshest},
        remote::{
            ownership::{caller_reference, recreate_count},
            reader::RemoteReader,
            resource::Remote,
        },
        spec_hash::{applied_hash, hash_of, spec_hash},
    },
};
use kube::{Api, ResourceExt};
use std::sync::OnceLock;

/// What came of a pass.
pub(crate) enum Outcome {
    /// The object is in this state; the remote is as it was last seen, if it was.
    Is(State, Option<Remote>),
    /// The object needs us no longer.
    Released,
}

/// One pass over one object.
pub(crate) struct Pass<'a, K: Kind> {
    pub(crate) context: &'a Context<K>,
    /// Makes this object's calls.
    pub(crate) cloudfront: Client,
    pub(crate) reader: RemoteReader<K>,
    /// The place in the queue of writes that an earlier pass has kept.
    pub(crate) booking: Option<Reservation>,
    pub(crate) object: K,
    /// Where this object's resource is among CloudFront's.
    pub(crate) collection: String,
    /// The freshest status we know of.
    pub(crate) previous: Status<K::ObservedFields>,
    pub(crate) memo: Box<Memo<K::ObservedFields>>,
    /// Whether CloudFront told of the remote in this very pass.
    pub(crate) live: bool,
    /// What the spec asks for, once somebody wanted to know.
    fingerprint: OnceLock<u64>,
    /// The same, and what its references stand for, where it may be told.
    pub(crate) asked: Option<String>,
    /// The same as a number, with the values of Secrets, which nobody may be told of.
    pub(crate) asked_in_all: u64,
    /// Whether an update has to follow what was written.
    pub(crate) unfinished: bool,
    /// Whether CloudFront was found, or made, to have all that the spec asks.
    pub(crate) accepted: bool,
    /// The secret values in use, which no message may quote.
    pub(crate) secrets: Secrets,
    /// The keys of the tags that the remote now carries for us, where that was just found out.
    pub(crate) managed_tags: Option<Vec<String>>,
    /// The account that the remote is in, where that was just found out.
    pub(crate) account: Option<String>,
    /// What was written to CloudFront, for the event and the log.
    pub(crate) written: Option<Written>,
}

impl<'a, K: Kind> Pass<'a, K> {
    /// A pass that has not begun.
    pub(crate) fn new(
        context: &'a Context<K>,
        object: K,
        mut memo: Box<Memo<K::ObservedFields>>,
    ) -> Self {
        let namespace = object.namespace().unwrap_or_default();
        let cloudfront = context.shared.cloudfront.for_tenant(&namespace);
        Self {
            context,
            reader: RemoteReader::new(cloudfront.clone()),
            cloudfront,
            booking: memo.booking.take(),
            previous: freshest(&object, &mut memo),
            object,
            memo,
            collection: K::COLLECTION.into(),
            managed_tags: None,
            account: None,
            live: false,
            fingerprint: OnceLock::new(),
            asked: None,
            asked_in_all: 0,
            unfinished: false,
            accepted: false,
            secrets: Secrets::default(),
            written: None,
        }
    }

    /// Does what is to be done now.
    pub(crate) async fn run(&mut self) -> Result<Outcome, Failure> {
        // Somebody may have taken our finalizer off, and what follows may end anywhere.
        if self.may_write() && self.has_one_on_record() {
            self.hold().await?;
        }
        if let Some(outcome) = self.stand_back().await? {
            return Ok(outcome);
        }
        let ids = match self.inputs().await? {
            Ok(ids) => ids,
            Err(waiting) => return Ok(Outcome::Is(waiting, None)),
        };
        self.collection = self.object.collection(&ids);
        if K::LIFECYCLE == Lifecycle::OneShot
            && self.recorded().is_none()
            && let Some(place) = self.context.queue_blocker(&self.object)
        {
            return Ok(Outcome::Is(State::Queued(place), None));
        }
        self.asked = applied_hash(&self.object, self.fingerprint(), &ids);
        self.asked_in_all = hash_of(&(self.fingerprint(), &ids));
        if self.rests().await? && !self.tags_due(&self.object.tags()) {
            self.accept();
            return Ok(Outcome::Is(State::InSync, None));
        }
        let (mut remote, mut wish, mut plan) = self.decide(&ids).await?;
        if self.must_look(&plan, remote.is_some()) {
            self.memo.kept = None;
            (remote, wish, plan) = self.decide(&ids).await?;
        }
        self.heed_trouble(&plan, remote.is_some())?;
        if remote.is_some() && self.may_write() {
            self.hold().await?;
        }
        self.note_account(&plan).await;
        self.carry_out(plan, &wish, remote).await
    }

    /// What there is, what is wished, and what is to be done about it.
    async fn decide(
        &mut self,
        ids: &ResolvedReferences,
    ) -> Result<(Option<Remote>, Wish, Plan), Failure> {
        let remote = self.look().await?;
        let wish = self.wish(ids, remote.is_none()).await?;
        let plan = plan::<K>(&wish, remote.as_ref());
        Ok((remote, wish, plan))
    }

    /// What is the case whatever CloudFront has: nothing is asked of it, or must not be.
    async fn stand_back(&mut self) -> Result<Option<Outcome>, Failure> {
        let deleting = self.deleting();
        if deleting && (self.memo.released || !metadata::has_finalizer(&self.object)) {
            return Ok(Some(Outcome::Released));
        }
        if deleting
            && self.object.management().effective_deletion_policy() == DeletionPolicy::Retain
        {
            self.written = self.recorded().map(|id| {
                let note = format!(
                    "left {} {id} in CloudFront as it is, since deletionPolicy is Retain",
                    K::KIND
                );
                Written::new(Reason::Retained, note)
            });
            return self.release().await.map(Some);
        }
        let state = if deleting && let Some(held_up) = self.held_up() {
            held_up
        } else if self.object.management().suspend {
            self.unfollow();
            let edited = !self.was_carried_out();
            State::Suspended {
                pending_changes: edited,
            }
        } else if self.is_over() {
            State::Completed
        } else {
            return Ok(None);
        };
        Ok(Some(Outcome::Is(state, None)))
    }

    /// What the spec takes from elsewhere, or what is waited for. A deletion needs none of it.
    async fn inputs(&mut self) -> Result<Result<ResolvedReferences, State>, Failure> {
        if self.deleting() {
            return Ok(Ok(ResolvedReferences::default()));
        }
        let mut ids = match self.resolve().await {
            Ok(ids) => ids,
            waiting => return Ok(waiting),
        };
        ids.secrets = match self.read_secrets().await? {
            Ok(secrets) => secrets,
            Err(waiting) => return Ok(Err(waiting)),
        };
        self.secrets = ids.secrets.clone();
        Ok(Ok(ids))
    }

    /// Why a deletion that has to write to CloudFront may not.
    fn held_up(&self) -> Option<State> {
        let (reason, what) = if self.object.management().suspend {
            (Reason::Suspended, "spec.suspend is set: remove it")
        } else if !self.may_write() {
            let how = "the operator writes nothing to CloudFront for it (--mode observe): run it with --mode manage";
            (Reason::Withheld, how)
        } else {
            return None;
        };
        Some(State::Stalled {
            reason,
            code: None,
            message: format!(
                "The deletion waits, since {what}, or set spec.deletionPolicy to Retain to leave the {} as it is.",
                K::KIND
            ),
        })
    }

    /// A number that changes when the spec asks for something else. No pass changes the spec.
    pub(crate) fn fingerprint(&self) -> u64 {
        *self.fingerprint.get_or_init(|| spec_hash(&self.object))
    }

    /// Whether the object is being deleted.
    pub(crate) fn deleting(&self) -> bool {
        self.object.meta().deletion_timestamp.is_some()
    }

    /// The object's generation. The API server counts from 1.
    pub(crate) fn generation(&self) -> i64 {
        self.object.meta().generation.unwrap_or(0)
    }

    /// The API through which this object is written.
    pub(crate) fn api(&self) -> Api<K> {
        let namespace = self.object.namespace().unwrap_or_default();
        Api::namespaced(self.context.shared.kube.clone(), &namespace)
    }

    /// The same state, without the values that a refusal may quote.
    pub(crate) fn without_secrets(&self, mut state: State) -> State {
        if let State::Waiting(message)
        | State::InUse(message)
        | State::Retrying { message, .. }
        | State::Stalled { message, .. } = &mut state
        {
            *message = self.secrets.redact(message);
        }
        state
    }

    /// Names those who stand in the way, as far as they are known here.
    pub(crate) fn with_names(&self, state: State) -> State {
        let name = TypedLocalReference {
            kind: K::KIND,
            name: self.object.name_any(),
        };
        let namespace = self.object.namespace().unwrap_or_default();
        let users = self.context.shared.registry.dependents(&namespace, &name);
        match state {
            State::InUse(_) if !users.is_empty() => {
                State::InUse(format!("In use by {}.", users.join(", ")))
            }
            state => state,
        }
    }

    fn may_write(&self) -> bool {
        !self.context.shared.config.is_read_only && !self.object.management().is_observe_only()
    }

    /// What the object asks for. Counts a new life of the remote where the recorded one is gone.
    async fn wish(&mut self, ids: &ResolvedReferences, gone: bool) -> Result<Wish, Failure> {
        if self.deleting() {
            return Ok(Wish::Absent);
        }
        let config = self.object.config(ids)?;
        let reports = self.object.management().drift_policy == DriftPolicy::Report;
        let lost = gone && self.previous.id.is_some();
        // Another value in a Secret, or another id behind a reference, moves no generation, and is an edit all the same.
        let before = *self.memo.asked.get_or_insert(self.asked_in_all);
        let accepted = before == self.asked_in_all
            && self.previous.accepted_generation == Some(self.generation());
        let write = self.may_write() && !(reports && accepted);
        let key = caller_reference(&self.object);
        // A counter that is ahead of the status was stored by a pass that got no further: it has not been used up.
        if write && lost && self.previous.caller_reference.as_ref() == Some(&key) {
            self.hold().await?;
            let lives = recreate_count(&self.object).saturating_add(1);
            let kube = &self.context.shared.kube;
            metadata::set_recreate_count(kube, &mut self.object, lives).await?;
        }
        Ok(Wish::Present {
            config,
            caller_reference: caller_reference(&self.object),
            write,
        })
    }

    /// Whether a suspended spec asks for nothing that was not carried out before.
    fn was_carried_out(&self) -> bool {
        let suspended = Reason::Suspended.to_string();
        let ready = self.previous.condition("Ready");
        // What was edited while suspended stays so until it is resumed.
        let stalled = self.previous.condition("Stalled");
        if stalled.is_some_and(|stalled| stalled.reason == suspended) {
            return false;
        }
        let synced = self.previous.condition("Synced");
        let seen = synced.is_some_and(|synced| synced.reason == suspended);
        let same = ready.is_some_and(|ready| ready.observed_generation == Some(self.generation()));
        (seen && same) || self.memo.carried_out == Some(self.fingerprint())
    }
}
