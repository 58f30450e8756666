//! Keeping a remote's tags in step, once its configuration is.

use crate::{
    cloudfront::Request,
    engine::{
        api::{outcome::Outcome as State, reason::Reason},
        kind::Kind,
        reconcile::{
            error::Failure,
            event::Written,
            reconciliation::{Outcome, Pass},
            requeue::SLOW,
        },
        remote::resource::{Remote, incomplete_response},
        tags,
    },
};
use std::{collections::BTreeSet, time::Instant};

impl<K: Kind> Pass<'_, K> {
    /// Compares the tags of a remote whose configuration is as wished, where that is due, and makes at most one write.
    pub(super) async fn keep_tags(
        &mut self,
        state: State,
        remote: Option<Remote>,
        write: bool,
    ) -> Result<Outcome, Failure> {
        let desired = self.object.tags();
        // Only CloudFront's own word: a status can be forged.
        let document = remote.as_ref().map(|remote| &remote.document);
        let arn = document.and_then(|document| document.text_of("ARN"));
        let arn = arn.filter(|_| self.tags_due(&desired));
        let Some(arn) = arn.map(str::to_owned) else {
            self.accept();
            return Ok(Outcome::Is(state, remote));
        };
        let request = tags::list(&arn).priority(self.priority());
        let answer = self.cloudfront.send(&request).await?;
        let document = answer
            .document
            .ok_or_else(|| incomplete_response(&request))?;
        let found = tags::compare(
            &desired,
            &self.previous.managed_tags,
            &tags::read(&document),
        );
        if !found.drift.is_empty() && !write {
            return Ok(Outcome::Is(State::Drifted(found.drift), remote));
        }
        if !found.drift.is_empty()
            && let Some(queued) = self.queue_up()
        {
            return Ok(Outcome::Is(queued, remote));
        }
        if !found.set.is_empty() {
            self.write_tags(tags::set(&arn, &found.set), &found).await?;
        } else if !found.remove.is_empty() {
            self.write_tags(tags::remove(&arn, &found.remove), &found)
                .await?;
        }
        // Setting and removing are two calls, and a pass makes one: the rest is for the next pass.
        let done = found.set.is_empty() || found.remove.is_empty();
        self.memo.tagged = done.then(|| (self.generation(), Instant::now()));
        let stale = self.previous.managed_tags.iter().filter(|_| !done).cloned();
        let ours: BTreeSet<String> = desired.into_keys().chain(stale).collect();
        self.managed_tags = Some(ours.into_iter().collect());
        if done {
            self.accept();
            return Ok(Outcome::Is(state, remote));
        }
        Ok(Outcome::Is(
            State::Deploying("The tags are being changed.".into()),
            remote,
        ))
    }

    /// After an edit, when a person asks for a look, and now and then: no list tells of tags, so they have a slow lane of their own.
    pub(super) fn tags_due(&self, desired: &tags::Tags) -> bool {
        let managed = !desired.is_empty() || !self.previous.managed_tags.is_empty();
        // A status that could not be written has lost what a create or a look found out.
        let ours = self.managed_tags.as_ref();
        let ours = ours.unwrap_or(&self.previous.managed_tags);
        let told = desired.keys().all(|key| ours.contains(key));
        let age = self.context.shared.config.resync_interval * (SLOW - 1);
        let fresh = self.memo.tagged.is_some_and(|(generation, seen)| {
            generation == self.generation() && seen.elapsed() < age
        });
        K::SUPPORTS_TAGS && managed && (!fresh || !told || self.is_asked_to_look())
    }

    async fn write_tags(
        &mut self,
        request: Request,
        found: &tags::Difference,
    ) -> Result<(), Failure> {
        let request = request.priority(self.write_priority());
        let answer = self.cloudfront.send(&request).await?;
        let request_id = answer.request_id.as_deref();
        self.written = Some(Written::from_call(
            Reason::Tagged,
            K::KIND,
            self.recorded().as_deref(),
            &found.drift,
            request_id,
        ));
        Ok(())
    }
}
