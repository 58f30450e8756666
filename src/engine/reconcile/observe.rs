//! Looking: what the names in a spec stand for, and what CloudFront has that is surely this object's.

use crate::engine::{
    api::{
        outcome::Outcome as State,
        reason::Reason,
        reference::{ResolvedReferences, TypedLocalReference, waiting_for},
    },
    kind::{Kind, Lifecycle},
    plan::Plan,
    reconcile::{error::Failure, reconciliation::Pass},
    remote::{
        ownership::{caller_reference, owns},
        resource::Remote,
    },
};
use kube::ResourceExt;
use std::time::Instant;

impl<K: Kind> Pass<'_, K> {
    /// The ids behind the names in the spec, or what is waited for. What was begun is seen through, whatever becomes of them.
    pub(super) async fn resolve(&self) -> Result<ResolvedReferences, State> {
        let namespace = self.object.namespace().unwrap_or_default();
        let begun = K::LIFECYCLE == Lifecycle::OneShot && self.recorded().is_some();
        let mut ids = vec![];
        for name in self.object.references() {
            let found = self.context.shared.registry.find(&namespace, &name).await;
            let found = found.map_err(|_| unlisted(&name))?;
            let obstacle = match &found {
                None if begun => return Err(orphaned(&name)),
                None => Some("does not exist in this namespace"),
                Some(found) if found.id.is_none() => Some("has no id yet"),
                Some(_) if begun => None,
                Some(found) if found.deleting && self.recorded().is_none() => {
                    Some("is being deleted")
                }
                Some(found) if K::REQUIRES_DEPLOYED_REFERENCES && found.deploying => {
                    Some("is not deployed yet")
                }
                Some(_) => None,
            };
            if let Some(obstacle) = obstacle {
                let what = format!("{} {}", name.kind, name.name);
                return Err(waiting_for(&what, obstacle));
            }
            ids.extend(found.and_then(|found| found.id).map(|id| (name, id)));
        }
        Ok(ids.into_iter().collect())
    }

    /// What CloudFront has for this object: nothing, or what is surely ours.
    pub(super) async fn look(&mut self) -> Result<Option<Remote>, Failure> {
        let adopted = self.object.management().adopt_id.clone();
        let Some(id) = self.recorded().or_else(|| adopted.clone()) else {
            return self.look_by_key().await;
        };
        match self.see(&id).await? {
            Some(remote) if self.memo.lags(&remote.etag) => Err(Failure::Again(format!(
                "CloudFront still shows {} {} as it was before the last update; looking again.",
                K::KIND,
                remote.id
            ))),
            Some(remote) if self.owns(&remote) => {
                self.refuse_shared(&remote.id).await?;
                self.memo.seen = Some(remote.id.clone());
                self.memo.missed = 0;
                self.memo.unfound_since = None;
                Ok(Some(remote))
            }
            Some(_) if self.deleting() => self.look_by_key().await,
            Some(remote) => Err(foreign::<K>(&remote)),
            None if adopted.as_deref() == Some(&id) && !self.deleting() => Err(Failure::Refused {
                reason: Reason::NotFound,
                message: format!(
                    "{} {id}, named by spec.adoptId, does not exist in this account; delete this object, and create one with the right id or without adoptId.",
                    K::KIND
                ),
            }),
            None => self.accept_absence(&id).await,
        }
    }

    /// What it means that CloudFront has nothing under a recorded id.
    ///
    /// A look can lag behind a write, in another account everything is absent, and a status can be forged. So before another remote is
    /// made, an object let go whose remote nobody asked to delete, or an end told, the absence is seen three times, over as long as
    /// answers lag; then the account is compared, a deletion looks for the key too, and the list has to say the same.
    async fn accept_absence(&mut self, id: &str) -> Result<Option<Remote>, Failure> {
        self.memo.missed = self.memo.missed.saturating_add(1);
        let since = *self.memo.unfound_since.get_or_insert_with(Instant::now);
        if self.memo.missed <= 2 || since.elapsed() < self.patience() {
            return Err(self.look_again(id));
        }
        self.refuse_other_account(id).await?;
        if self.deleting() {
            let seen = self.memo.seen.as_deref() == Some(id);
            let key = caller_reference(&self.object);
            let latest = self.previous.caller_reference.as_ref() == Some(&key);
            if !(seen && latest)
                && let Some(remote) = self.look_by_key().await?
            {
                return Ok(Some(remote));
            }
        }
        if self.reader.list_contains(&self.collection, id).await? {
            return Err(self.look_again(id));
        }
        match K::LIFECYCLE {
            Lifecycle::Managed => Ok(None),
            Lifecycle::OneShot => Err(Failure::Refused {
                reason: Reason::NotFound,
                message: format!(
                    "CloudFront has no {} {id} any more: it, or what it belonged to, was deleted before it was seen to complete.",
                    K::KIND
                ),
            }),
        }
    }

    fn look_again(&self, id: &str) -> Failure {
        let before = match K::LIFECYCLE {
            _ if self.deleting() => "this object is let go",
            Lifecycle::Managed => "another one is created",
            Lifecycle::OneShot => "it is taken for gone",
        };
        Failure::Again(format!(
            "CloudFront does not find {} {id}; looking again before {before}.",
            K::KIND
        ))
    }

    /// Refuses to take another account's silence for an answer.
    async fn refuse_other_account(&self, id: &str) -> Result<(), Failure> {
        let noted = self.previous.account.as_deref();
        let Some(account) = self.object.account().or(noted) else {
            return Ok(());
        };
        let present = self.cloudfront.caller_account().await?;
        if present == account {
            return Ok(());
        }
        Err(Failure::Refused {
            reason: Reason::Denied,
            message: format!(
                "{} {id} is in AWS account {account}, and the operator's credentials are of account {present}; give it credentials of account {account}.",
                K::KIND
            ),
        })
    }

    /// Notes which account the remote is in, as it is seen there or about to be made, where no ARN will tell.
    pub(super) async fn note_account(&mut self, plan: &Plan) {
        let here = self.live || matches!(plan, Plan::Create(_));
        if here && !K::SUPPORTS_TAGS && !self.deleting() {
            self.account = self.cloudfront.cached_account().await;
        }
    }

    /// The id of the remote, as far as we were ever told one.
    pub(super) fn recorded(&self) -> Option<String> {
        self.memo.id.clone().or_else(|| self.previous.id.clone())
    }

    /// Whether the status tells of a remote that was found to be this object's. A status from elsewhere tells of another's.
    pub(super) fn has_one_on_record(&self) -> bool {
        let key = self.previous.caller_reference.as_ref();
        self.recorded().is_some()
            && (self.object.management().adopt_id.is_some()
                || key.is_some_and(|key| owns(&self.object, key)))
    }

    /// Whether the work was done before, so that there is nothing to look at any more.
    pub(super) fn is_over(&self) -> bool {
        let complete = self.previous.condition("Complete");
        K::LIFECYCLE == Lifecycle::OneShot
            && complete.is_some_and(|complete| complete.status == "True")
    }

    /// An id is only a claim, since a status can be forged or restored from elsewhere: the key proves it.
    pub(super) fn owns(&self, remote: &Remote) -> bool {
        self.object.management().adopt_id.as_deref() == Some(&remote.id)
            || remote
                .caller_reference::<K>()
                .is_some_and(|key| owns(&self.object, key))
    }

    /// Two objects that claim one remote would fight over it: the older one has it.
    async fn refuse_shared(&self, id: &str) -> Result<(), Failure> {
        if self.object.management().adopt_id.is_none() {
            return Ok(());
        }
        let claims = self.context.shared.registry.claims(K::KIND).await;
        let own = self.object.uid().unwrap_or_default();
        match claims.get(id).and_then(|all| all.iter().min()) {
            Some(first) if first.uid != own => Err(Failure::Refused {
                reason: Reason::OwnedElsewhere,
                message: format!(
                    "{} {id} is already managed by {}; delete one of the two objects.",
                    K::KIND,
                    first.name
                ),
            }),
            _ => Ok(()),
        }
    }
}

fn unlisted(name: &TypedLocalReference) -> State {
    State::Retrying {
        reason: Reason::Unreachable,
        message: format!(
            "Objects of kind {} cannot be listed: is its definition installed, and may the operator list and watch it?",
            name.kind
        ),
    }
}

fn orphaned(name: &TypedLocalReference) -> State {
    State::Stalled {
        reason: Reason::NotFound,
        code: None,
        message: format!(
            "{} {} was deleted before this was seen to complete; nothing is left to do.",
            name.kind, name.name
        ),
    }
}

fn foreign<K: Kind>(remote: &Remote) -> Failure {
    Failure::Refused {
        reason: Reason::OwnedElsewhere,
        message: format!(
            "{} {}, recorded in the status, was not created for this object; set spec.adoptId to take it over, or clear status.id to create a new one.",
            K::KIND,
            remote.id
        ),
    }
}
