//! The writes to CloudFront: each sends one request, and interprets the response as an observation.

use crate::{
    cloudfront::{Client, CloudFrontError, ErrorClass, Request},
    engine::{
        api::outcome::Outcome,
        definition::KindDefinition,
        object_state::{
            AppliedSpec, BeforeCreate, CreationHistory, ObjectState, ReadOrder, Version,
        },
        plan::{Desired, needs_followup_update},
        reconcile::{
            applied::{Applied, ApplyError, DEPLOYING},
            convergence::{attempt, is_drift_correction},
            event::{ResourceAction, WriteEvent},
            listed_users::explain_refusal,
            observation::{Observation, Source},
            pairs::pairs_due,
            reconciliation::Reconciliation,
            recover::{Recovery, recover_after_refusal, recover_existing},
            resolve::Inputs,
            tags::{tag_max_age, tags_due},
        },
        remote::resource::{Remote, incomplete_response},
        resource_api::{Identity, Lifecycle},
    },
    xml::{Drift, Element},
};

/// Sends the write of a reconciliation.
pub(super) struct Writer<'a> {
    pub(super) rec: &'a Reconciliation<'a>,
    /// The client that has taken the turn of the write.
    pub(super) client: Client,
    pub(super) inputs: &'a Inputs,
    pub(super) desired: &'a Desired,
}

/// What to do after CloudFront refused a create.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CreateRefusal {
    /// The create may have succeeded: read before the next write.
    OutcomeUnknown,
    /// A resource with the caller reference exists: find it.
    AlreadyExists,
    /// CloudFront created nothing. An earlier create may have succeeded.
    Rejected,
}

impl CreateRefusal {
    pub(super) fn of(error: &CloudFrontError) -> Self {
        if error.outcome_unknown() {
            Self::OutcomeUnknown
        } else if error.is_already_exists() {
            Self::AlreadyExists
        } else {
            Self::Rejected
        }
    }
}

impl Writer<'_> {
    /// Creates the resource, or recovers the resource of an earlier create.
    pub(super) async fn create(
        &self,
        config: Element,
        base: Applied,
        state: &mut ObjectState,
    ) -> Result<Applied, ApplyError> {
        let object = &self.rec.subject.object;
        let request = self.rec.subject.api().create_request(
            &self.inputs.collection,
            config,
            &object.typed.tags(),
        );
        state.pairs.forget();
        // From here on the resource may exist, until CloudFront responds that this create made none.
        let before = state.creation.record_create_sent();
        let sent = self
            .send(&request, ResourceAction::Create, &[], &mut state.applied)
            .await;
        let error = match sent {
            Ok(response) => {
                let (remote, event) = readable(response, &request)?;
                state.versions.record_write(None, Version::of(&remote));
                state.applied.record_tags(object.typed.tags());
                let base = Applied {
                    managed_tags: Some(object.typed.tags().into_keys().collect()),
                    ..base
                };
                return Ok(self.written(base, remote, event, state));
            }
            Err(error) => error,
        };
        let remote = self.recover(error, &before, &mut state.creation).await?;
        // Without a recorded id, no process can have updated it.
        state.versions.record_write(None, Version::of(&remote));
        let event = WriteEvent::recovered(self.rec.subject.kind(), &remote.id);
        Ok(self.written(base, remote, event, state))
    }

    /// Finds the resource after CloudFront refused to create it.
    async fn recover(
        &self,
        error: CloudFrontError,
        before: &BeforeCreate,
        creation: &mut CreationHistory,
    ) -> Result<Remote, ApplyError> {
        match CreateRefusal::of(&error) {
            CreateRefusal::OutcomeUnknown => {
                creation.record_create_unanswered();
                Err(error.into())
            }
            CreateRefusal::AlreadyExists => {
                creation.record_create_answered(before);
                if self.rec.subject.api().identity != Identity::CallerReference {
                    // This create made none, so if no earlier one can have, the resource belongs to another owner.
                    creation.record_create_rejected(before);
                }
                recovered(
                    self.rec.subject.definition(),
                    recover_existing(self.rec, self.inputs, &error, creation).await?,
                )
            }
            CreateRefusal::Rejected => {
                creation.record_create_answered(before);
                creation.record_create_rejected(before);
                recover_after_refusal(self.rec, self.inputs, &error, creation)
                    .await
                    .ok_or(error.into())
            }
        }
    }

    /// Updates the resource.
    pub(super) async fn update(
        &self,
        request: &Request,
        drift: &[Drift],
        base: Applied,
        state: &mut ObjectState,
    ) -> Result<Applied, ApplyError> {
        let subject = &self.rec.subject;
        // An update has a document.
        let action = if request.body.is_none() {
            ResourceAction::Promote
        } else if is_drift_correction(subject, &self.inputs.hashes) {
            ResourceAction::CorrectDrift
        } else {
            ResourceAction::Update
        };
        let sent = self.send(request, action, drift, &mut state.applied).await;
        let read = sent
            .map_err(ApplyError::from)
            .and_then(|response| readable(response, request));
        let replaced = base.remote().map(|it| it.etag.clone());
        let etag = replaced.as_deref();
        let (mut remote, event) = read.inspect_err(|error| {
            if let Some(etag) = etag.filter(|_| may_be_replaced(error)) {
                state.versions.record_unknown_update(etag);
            }
        })?;
        if let Some(live) = base.remote().and_then(Remote::live_etag) {
            remote.set_live_etag(live);
        }
        let attempt = attempt(subject, request, drift, etag.unwrap_or_default());
        state.updates.record(&attempt, &remote.etag);
        state.updates.record_request(self.inputs.hashes.requested);
        state.versions.record_write(etag, Version::of(&remote));
        Ok(self.written(base, remote, event, state))
    }

    /// Publishes the code of the resource. The response has the configuration in `LIVE`, which is that of `DEVELOPMENT` now.
    pub(super) async fn publish(
        &self,
        request: &Request,
        base: Applied,
        state: &mut ObjectState,
    ) -> Result<Applied, ApplyError> {
        let applied = &mut state.applied;
        let sent = self.send(request, ResourceAction::Publish, &[], applied);
        let (_, event) = sent.await?;
        let Some(mut remote) = base.remote().cloned() else {
            return Ok(base.with_event(Some(event)));
        };
        let etag = remote.etag.clone();
        remote.set_live_etag(&etag);
        Ok(self.written(base, remote, event, state))
    }

    /// Disables the resource before its deletion.
    pub(super) async fn disable(
        &self,
        request: &Request,
        state: &mut ObjectState,
    ) -> Result<Applied, ApplyError> {
        let (remote, event) = self
            .send(request, ResourceAction::Disable, &[], &mut state.applied)
            .await?;
        if let Some(remote) = &remote {
            let etag = request.if_match.as_deref();
            state.versions.record_write(etag, Version::of(remote));
        }
        let observation = self.response(remote);
        Ok(Applied::observed(Outcome::Disabling, observation, None).with_event(Some(event)))
    }

    /// Deletes the resource.
    pub(super) async fn delete(
        &self,
        request: &Request,
        base: &Applied,
        state: &mut ObjectState,
    ) -> Result<Applied, ApplyError> {
        self.record_delete_sent(base, &mut state.creation).await;
        let sent = self
            .send(request, ResourceAction::Delete, &[], &mut state.applied)
            .await;
        if let Err(error) = &sent
            && !error.outcome_unknown()
            && !error.is_not_found()
        {
            state.creation.record_delete_refused();
        }
        let (_, event) = match sent {
            Ok(deleted) => deleted,
            Err(error) => {
                let id = base.remote().map(|remote| remote.id.as_str());
                let listed = &mut state.listed_users;
                return Err(explain_refusal(self.rec, &self.client, error, id, listed).await);
            }
        };
        let observation = self.response(None);
        Ok(Applied::observed(Outcome::Finalized, observation, None).with_event(Some(event)))
    }

    /// Records the resource and the account of a deletion that is about to be sent, if the account is known, so that the first "not
    /// found" after it ends the deletion.
    async fn record_delete_sent(&self, base: &Applied, creation: &mut CreationHistory) {
        let in_arn = base.arn().and_then(|arn| arn.split(':').nth(4));
        let account = match in_arn {
            Some(account) => Some(account.to_owned()),
            None => self.client.cached_account().await,
        };
        // A read that lags behind the create does not find the resource either.
        let is_established = creation.is_established(self.rec.consistency_window());
        if let (Some(remote), Some(account), true) = (base.remote(), account, is_established) {
            creation.record_delete_sent(&remote.id, account);
        }
    }

    /// Interprets the resource that a create or an update returned.
    fn written(
        &self,
        base: Applied,
        remote: Remote,
        event: WriteEvent,
        state: &mut ObjectState,
    ) -> Applied {
        let creation: &mut CreationHistory = &mut state.creation;
        creation.record_written(&remote.id);
        let managed = base.managed_tags.as_deref();
        let max_age = tag_max_age(self.rec);
        let tags_due = tags_due(&self.rec.subject, &state.applied, managed, max_age);
        let beside_due = tags_due || pairs_due(self.rec, self.inputs, state);
        let (outcome, needs_followup_update) = classify_write_result(
            self.rec.subject.definition(),
            self.desired,
            &remote,
            beside_due,
        );
        // A recovered resource may have been created for an earlier spec.
        let is_applied = !beside_due && !needs_followup_update;
        Applied {
            outcome,
            observation: Some(self.response(Some(remote))),
            event: Some(event),
            accepted_spec: is_applied.then(|| self.inputs.hashes.clone()),
            needs_followup_update: needs_followup_update || beside_due,
            is_written: true,
            ..base
        }
    }

    fn response(&self, remote: Option<Remote>) -> Observation {
        Observation {
            collection: self.inputs.collection.clone(),
            remote,
            source: Source::Written,
            order: ReadOrder::Latest,
        }
    }

    /// Sends one write. Returns the resource in the response, if it has one, and the event.
    async fn send(
        &self,
        request: &Request,
        action: ResourceAction,
        drift: &[Drift],
        applied: &mut AppliedSpec,
    ) -> Result<(Option<Remote>, WriteEvent), CloudFrontError> {
        let subject = &self.rec.subject;
        let request = request.clone().priority(subject.write_priority());
        applied.mark_write_sent();
        let response = self.client.send(&request).await?;
        let request_id = response.request_id.clone();
        let remote = Remote::from_response(self.rec.subject.api(), &request, response);
        let id = remote.as_ref().map(|remote| &remote.id);
        let id = id.or(subject.prior_status.id.as_ref());
        let event = WriteEvent::of_write(
            action,
            self.rec.subject.kind(),
            id.map(String::as_str),
            drift,
            request_id.as_deref(),
        );
        Ok((remote, event))
    }
}

/// Whether the version that an update named may have been replaced: by the update itself, if its response is lost, or by another write, if
/// CloudFront refused it as outdated.
pub(super) fn may_be_replaced(error: &ApplyError) -> bool {
    let error = error.cloudfront();
    error.is_some_and(|it| it.outcome_unknown() || it.class() == ErrorClass::Conflict)
}

/// Returns the resource in the response to a create or an update, which must have one.
pub(super) fn readable(
    (remote, event): (Option<Remote>, WriteEvent),
    request: &Request,
) -> Result<(Remote, WriteEvent), ApplyError> {
    match remote {
        Some(remote) => Ok((remote, event)),
        None => Err(ApplyError::Unreadable {
            error: incomplete_response(request),
            event: Box::new(event),
        }),
    }
}

/// Returns the recovered resource, or the error to report if it was not found.
pub(super) fn recovered(
    definition: &KindDefinition,
    recovery: Recovery,
) -> Result<Remote, ApplyError> {
    let (kind, api) = (definition.kind, definition.api);
    match recovery {
        Recovery::Found(remote) => Ok(remote),
        Recovery::Inconclusive => Err(ApplyError::ExistingNotFoundYet { kind }),
        Recovery::NameTaken(taken) => Err(ApplyError::NameTaken(taken)),
        Recovery::NotFound if api.identity != Identity::CallerReference => {
            Err(ApplyError::ExistingNotFoundYet { kind })
        }
        Recovery::NotFound if api.lifecycle == Lifecycle::OneShot => {
            Err(ApplyError::LostOneShot { kind })
        }
        Recovery::NotFound => Err(ApplyError::CallerReferenceUsed { kind }),
    }
}

/// Interprets the resource in the response to a create or an update. Returns the outcome, and whether a follow-up update is needed.
pub(super) fn classify_write_result(
    definition: &KindDefinition,
    desired: &Desired,
    remote: &Remote,
    beside_due: bool,
) -> (Outcome, bool) {
    let needs_followup = needs_followup_update(definition, desired, remote);
    let is_in_sync = !needs_followup && !beside_due && definition.api.is_deployed(&remote.document);
    let outcome = if is_in_sync {
        Outcome::InSync
    } else {
        Outcome::Deploying(DEPLOYING.into())
    };
    (outcome, needs_followup)
}
