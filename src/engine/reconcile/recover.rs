//! Searching: a remote whose id was never told is found by the key that it was created under.

use crate::{
    cloudfront::{CloudFrontError, ErrorClass, Priority},
    engine::{
        api::reason::Reason,
        kind::{Kind, Lifecycle},
        kubernetes::metadata,
        object_state::LAG,
        reconcile::{error::Failure, event::Written, reconciliation::Pass, requeue::SLOW},
        remote::{
            ownership::{owns, recreate_count},
            resource::Remote,
        },
    },
};
use kube::ResourceExt;
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

/// What a search has come to.
enum Search {
    /// This one is ours.
    Found(Remote),
    /// There was none, and it may still appear: CloudFront's answers can lag behind a create.
    Unsettled,
    /// There was none for so long that there is none.
    Absent,
}

impl<K: Kind> Pass<'_, K> {
    /// Without an id there may still be a remote: a create whose answer was lost. A repeated create would find it; a deletion has
    /// to look for it, unless no create was ever sent.
    pub(super) async fn look_by_key(&mut self) -> Result<Option<Remote>, Failure> {
        let adopts = self.object.management().adopt_id.is_some();
        if !self.deleting() || adopts || self.memo.untried == Some(true) {
            return Ok(None);
        }
        match self.search().await? {
            Search::Found(remote) => Ok(Some(remote)),
            Search::Absent => Ok(None),
            Search::Unsettled => Err(Failure::Again(format!(
                "A {} may have been created for this object whose id was never told, and CloudFront's list does not show it yet; looking again before this object is let go.",
                K::KIND
            ))),
        }
    }

    /// An earlier create under our key was committed and its answer lost: finds what it made.
    pub(super) async fn recover(&mut self, error: &CloudFrontError) -> Result<Remote, Failure> {
        if let Some(id) = error.existing_id() {
            let reader = &self.reader;
            let named = reader.get(&self.collection, id, Priority::Interactive);
            if let Some(remote) = named.await?.filter(|remote| self.owns(remote)) {
                return Ok(self.regain(remote));
            }
        }
        let what = match self.search().await? {
            Search::Found(remote) => return Ok(self.regain(remote)),
            Search::Unsettled => "looking for it again",
            Search::Absent if K::LIFECYCLE == Lifecycle::OneShot => return Err(untold::<K>()),
            Search::Absent => {
                // CloudFront remembers the key of a remote that is no more: the next pass begins another life.
                let lives = recreate_count(&self.object).saturating_add(1);
                let kube = &self.context.shared.kube;
                metadata::set_recreate_count(kube, &mut self.object, lives).await?;
                self.memo.unfound_since = None;
                "trying under another key"
            }
        };
        Err(Failure::Again(format!(
            "CloudFront says that this {} was created before, and does not find it; {what}.",
            K::KIND
        )))
    }

    /// A create was refused that may repeat one whose answer was lost. What the first one made may be the very reason: it has the
    /// alias, or the last place in a quota. So it is looked for, now and once more when it would long have appeared.
    pub(super) async fn look_behind(
        &mut self,
        refusal: CloudFrontError,
    ) -> Result<Remote, Failure> {
        let stands = matches!(
            refusal.class(),
            ErrorClass::Terminal | ErrorClass::TransientRefusal | ErrorClass::MissingDependency
        );
        let since = self.memo.unfound_since;
        let due = since.is_none_or(|since| since.elapsed() >= self.patience());
        let untried = self.memo.untried == Some(true);
        if !stands || !due || untried || K::LIFECYCLE == Lifecycle::OneShot {
            return Err(refusal.into());
        }
        match self.search().await {
            Ok(Search::Found(remote)) => return Ok(self.regain(remote)),
            Ok(Search::Absent) => self.memo.untried = Some(true),
            // Whatever hinders the search, this refusal is what the object is to tell.
            Ok(Search::Unsettled) | Err(_) => {}
        }
        Err(refusal.into())
    }

    fn regain(&mut self, remote: Remote) -> Remote {
        self.live = true;
        self.written = Some(Written::new(
            Reason::Created,
            format!(
                "found {} {} again, which an earlier pass had created",
                K::KIND,
                remote.id
            ),
        ));
        remote
    }

    /// Looks once for a remote that was created under one of our keys, wherever it is.
    async fn search(&mut self) -> Result<Search, CloudFrontError> {
        let since = self.memo.unfound_since;
        let last = since.is_some_and(|since| since.elapsed() >= self.patience());
        // A status can be forged: who claims an id is looked at too, before nothing is taken for an answer.
        let known = if last {
            HashSet::new()
        } else {
            self.claimed_by_others().await
        };
        let ours = |key: &str| owns(&self.object, key);
        let keys = &self.context.poller.caller_references;
        let found = self
            .reader
            .find(&self.collection, ours, &known, keys)
            .await?;
        self.memo.unfound_since = match found {
            Some(_) => None,
            None => since.or_else(|| Some(Instant::now())),
        };
        Ok(match found {
            Some(remote) => Search::Found(remote),
            None if last => Search::Absent,
            None => Search::Unsettled,
        })
    }

    async fn claimed_by_others(&self) -> HashSet<String> {
        let own = self.object.uid().unwrap_or_default();
        let claims = self.context.shared.registry.claims(K::KIND).await;
        let others = claims
            .into_iter()
            .filter(|(_, all)| all.iter().any(|holder| holder.uid != own));
        others.map(|(id, _)| id).collect()
    }

    /// For how long nothing is no answer: until whatever lags has caught up, and a create of a process that was killed has arrived.
    ///
    /// No longer than an object rests between two passes of its own accord. That is less only where `--resync-interval` is below ten
    /// seconds: no account of hundreds of remotes can be listed as often within AWS's limits, and a simulator does not lag by itself.
    pub(super) fn patience(&self) -> Duration {
        LAG.min(self.context.shared.config.resync_interval * SLOW)
    }
}

/// Nothing that is done once is done again on the mere chance that it was not: it is billed.
fn untold<K: Kind>() -> Failure {
    Failure::Refused {
        reason: Reason::NotFound,
        message: format!(
            "CloudFront says that this {} was created before, and does not list it, so nobody can tell what became of it; create another object to have it done again.",
            K::KIND
        ),
    }
}
