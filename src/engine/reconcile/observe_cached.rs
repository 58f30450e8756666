//! What is known of a remote without a look at it, and when that is enough.

use crate::{
    cloudfront::{CloudFrontError, ErrorClass},
    engine::{
        api::{reason::Reason, well_known::RECONCILE_REQUESTED_AT},
        cache::remote_snapshot::RemoteSnapshot,
        kind::{Kind, Lifecycle},
        plan::Plan,
        poll::collection::{ObjectKey, Subscriber},
        reconcile::{error::Failure, reconciliation::Pass, requeue::Watch},
        remote::{resource::Remote, revision::RemoteRevision},
    },
};
use kube::{ResourceExt, runtime::reflector::ObjectRef};
use std::time::Instant;

impl<K: Kind> Pass<'_, K> {
    /// The remote of an id: as it is remembered, unless something speaks against that; else as CloudFront has it now.
    pub(super) async fn see(&mut self, id: &str) -> Result<Option<Remote>, CloudFrontError> {
        if let Some(remote) = self.remembered(id) {
            return Ok(Some(remote));
        }
        let reader = &self.reader;
        let remote = reader.get(&self.collection, id, self.priority()).await?;
        self.live = true;
        if remote.is_none() {
            self.unfollow();
        }
        Ok(remote)
    }

    fn remembered(&self, id: &str) -> Option<Remote> {
        if self.is_asked_to_look() {
            return None;
        }
        let kept = self.memo.kept.as_ref().filter(|kept| kept.id == id)?;
        let deployed = self
            .context
            .poller
            .deployed_if_trusted(&self.collection, id)?;
        let mut remote = kept.decode()?;
        if deployed && !K::is_deployed(&remote.document) {
            remote.document.set_text("Status", K::DEPLOYED_STATUS);
        }
        Some(remote)
    }

    /// Whether what is remembered is not enough. A write may be made from it, since `If-Match` guards that. That nothing has to be
    /// written for a spec is only believed of what was seen after the spec came; and that updates are in vain, only of a fresh look.
    pub(super) fn must_look(&self, plan: &Plan, exists: bool) -> bool {
        if self.live || !exists {
            return false;
        }
        match plan {
            Plan::Update(request, drift) => self.is_in_vain(request, drift),
            plan if plan.is_write() => false,
            // What is done once is never edited.
            _ if K::LIFECYCLE == Lifecycle::OneShot => false,
            _ => !self.deleting() && self.previous.accepted_generation != Some(self.generation()),
        }
    }

    /// That a remote is as it was is only believed while the list can be read.
    pub(super) fn heed_trouble(&self, plan: &Plan, exists: bool) -> Result<(), Failure> {
        if self.live || !exists || plan.is_write() {
            return Ok(());
        }
        let trouble = self.context.poller.list_error(&self.collection);
        trouble.map_or(Ok(()), |error| Err(Failure::Unlisted(error)))
    }

    /// Whether a person asks for a fresh look.
    pub(super) fn is_asked_to_look(&self) -> bool {
        let asked = self.object.annotations().get(RECONCILE_REQUESTED_AT);
        asked.is_some() && asked != self.previous.last_handled_reconcile_at.as_ref()
    }

    /// Remembers what was just seen or written, and has it watched.
    pub(super) fn remember(&mut self, remote: Option<&Remote>) {
        if !self.live {
            return;
        }
        self.memo.kept = remote.map(RemoteSnapshot::new);
        match remote {
            Some(remote) => self.follow(&remote.id, RemoteRevision::from_remote::<K>(remote)),
            None => self.unfollow(),
        }
    }

    /// Forgets what was seen, unless a failure surely left it as it was.
    pub(super) fn doubt(&mut self, failure: &Failure) {
        let unchanged = match failure {
            Failure::CloudFront(error) => {
                let class = error.class();
                !error.outcome_unknown()
                    && matches!(
                        class,
                        ErrorClass::Throttled
                            | ErrorClass::Terminal
                            | ErrorClass::TransientRefusal
                            | ErrorClass::InUse
                    )
            }
            Failure::Kube(_) => !self.live,
            Failure::Unlisted(_) | Failure::Xml(_) | Failure::Refused { .. } => true,
            Failure::Again(_) => false,
        };
        if !unchanged {
            self.memo.kept = None;
        }
    }

    /// What the object will be woken for.
    pub(super) fn watch(&self) -> Watch {
        if self.memo.booking.is_some() {
            return Watch::Turn;
        }
        let followed = self.memo.followed.as_ref();
        let believed = followed.and_then(|it| {
            self.context
                .poller
                .deployed_if_trusted(&it.collection, &it.id)
        });
        match believed {
            None => Watch::Nothing,
            Some(true) => Watch::Change,
            Some(false) => Watch::Deployment,
        }
    }

    /// Lets go of the remote.
    pub(super) fn unfollow(&mut self) {
        if let Some(remote) = self.memo.followed.take() {
            self.context.poller.unsubscribe(&remote);
        }
    }

    fn follow(&mut self, id: &str, mark: RemoteRevision) {
        let before = self.memo.followed.as_ref();
        if before.is_some_and(|it| it.collection != self.collection || it.id != id) {
            self.unfollow();
        }
        let follower = Subscriber {
            object: self.reference(),
            wake: self.context.wake.clone(),
        };
        let poller = &self.context.poller;
        self.memo.followed = Some(poller.subscribe(&self.collection, id, mark, follower));
    }

    pub(super) fn reference(&self) -> ObjectKey<K> {
        let namespace = self.object.namespace().unwrap_or_default();
        ObjectRef::new(&self.object.name_any()).within(&namespace)
    }

    /// Whether the status already says of this spec that it is carried out, and the list shows the remote in the very version that the
    /// status names: then there is nothing to do and nothing to look at. So a restart costs one list.
    pub(super) async fn rests(&mut self) -> Result<bool, Failure> {
        let Some(id) = self.recorded().filter(|_| self.seems_to_rest()) else {
            return Ok(false);
        };
        let poller = &self.context.poller;
        if let Some(error) = poller.list_error(&self.collection) {
            return Err(Failure::Unlisted(error));
        }
        if let Some(deployed) = poller.deployed_if_trusted(&self.collection, &id) {
            return Ok(deployed);
        }
        let version = self.object.recorded_revision();
        let wanted = RemoteRevision {
            deployed: true,
            version: version.filter(|_| self.memo.followed.is_none()),
        };
        let mark = poller.initial_revision(&self.collection, &id).await;
        let mark = mark.map_err(Failure::Unlisted)?;
        let rests = mark.is_some_and(|mark| mark.deployed && mark.is_same_revision(&wanted));
        if rests {
            self.memo.tagged = Some((self.generation(), Instant::now()));
            self.follow(&id, wanted);
        }
        Ok(rests)
    }

    fn seems_to_rest(&self) -> bool {
        let Some(ready) = self.previous.condition("Ready") else {
            return false;
        };
        K::LIFECYCLE == Lifecycle::Managed
            && self.has_one_on_record()
            && self.memo.kept.is_none()
            && self.memo.id.is_none()
            && self.memo.missed == 0
            && !self.deleting()
            && !self.is_asked_to_look()
            && ready.status == "True"
            && ready.reason == Reason::InSync.to_string()
            && ready.observed_generation == Some(self.generation())
            && self.previous.condition("Stalled").is_none()
            && self.previous.accepted_hash.is_some()
            && self.previous.accepted_hash == self.asked
    }
}
