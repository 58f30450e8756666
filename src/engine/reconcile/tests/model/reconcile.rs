//! One reconciliation in the model: the steps of the pipeline with the engine's own memory.

use super::{
    Rules,
    cloudfront::{Read, Response, Write},
    world::{Status, World},
};
use crate::engine::object_state::{
    AgedCreation, CONSISTENCY_WINDOW, CreationHistory, Number, ReadOrder, known, version,
};

/// What happens to the write of a reconciliation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Delivery {
    Received,
    /// CloudFront executes it, and the response is lost.
    LostAfter,
    /// It does not reach CloudFront.
    LostBefore,
    /// The replica loses its Lease meanwhile. CloudFront executes the write later.
    Delayed,
}

/// How a reconciliation ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing was decided, or the reconciliation failed: the status loses `Ready` if the resource differs.
    Retry { is_different: bool },
    /// The status is stored.
    Report(Status),
    /// The finalizer is removed.
    Gone,
    /// The process does not lead any more.
    Deposed,
}

/// One reconciliation of the leader.
pub(super) struct Reconciliation<'a> {
    pub(super) world: &'a mut World,
    pub(super) rules: Rules,
    /// Whether CloudFront returns modification times.
    pub(super) has_time: bool,
    pub(super) read: Read,
    pub(super) delivery: Delivery,
    /// Whether the delivery made a difference.
    pub(super) has_written: bool,
}

const RETRY: End = End::Retry {
    is_different: false,
};

impl Reconciliation<'_> {
    /// Runs to the end, which is not reported yet.
    pub(super) fn run(&mut self) -> End {
        let object = &self.world.object;
        let (has_id, is_deleted) = (object.status.has_id, object.is_deleted);
        if let Some(cached) = self.world.memory.cached.take()
            && has_id
            && is_deleted
        {
            return self.delete(cached);
        }
        match (has_id, is_deleted) {
            (false, false) => self.create(false),
            (false, true) => self.search_before_removal(),
            (true, _) => match self.read {
                Read::Version(read) => self.observed(read),
                Read::Absent => self.not_found(),
            },
        }
    }

    fn creation(&mut self) -> &mut AgedCreation {
        &mut self.world.memory.creation
    }

    /// Sends a write. `None`: there is no response.
    fn send(&mut self, write: Write) -> Option<Response> {
        self.has_written = true;
        match self.delivery {
            Delivery::Received => Some(self.world.execute(write)),
            Delivery::LostAfter => {
                self.world.execute(write);
                None
            }
            Delivery::LostBefore => None,
            Delivery::Delayed => {
                self.world.in_flight = Some(write);
                None
            }
        }
    }

    fn unanswered(&self) -> End {
        match self.delivery {
            Delivery::Delayed => End::Deposed,
            _ => End::Retry { is_different: true },
        }
    }

    fn create(&mut self, is_repeated: bool) -> End {
        if !self.world.object.has_finalizer {
            self.world.object.has_finalizer = true;
            self.creation().with(|it| it.record_finalizer_added(false));
        }
        if is_repeated {
            self.world.object.recreate_count += 1;
        }
        let (key, value) = (self.world.object.recreate_count, self.world.object.value);
        let before = self.creation().with(CreationHistory::record_create_sent);
        match self.send(Write::Create { key, value }) {
            Some(Response::Done(made)) => self.created(made),
            Some(_) => {
                self.creation()
                    .with(|it| it.record_create_answered(&before));
                self.recover()
            }
            None => self.unanswered(),
        }
    }

    /// Finds the resource with the caller reference of a create that CloudFront refused.
    fn recover(&mut self) -> End {
        let is_last = self.record_search();
        match self.read {
            Read::Version(found) => self.created(found),
            Read::Absent if is_last => {
                self.world.object.recreate_count += 1;
                self.creation()
                    .with(CreationHistory::record_new_caller_reference);
                RETRY
            }
            Read::Absent => RETRY,
        }
    }

    /// Records the version of a resource that a create made, or whose create is recovered.
    fn created(&mut self, made: Number) -> End {
        let has_time = self.has_time;
        let versions = &mut self.world.memory.versions;
        versions.with(has_time, |it| {
            it.record_write(None, version(made, has_time));
        });
        self.written(made)
    }

    /// Records the read as a search by caller reference. Returns whether the resource was not found for long enough before.
    fn record_search(&mut self) -> bool {
        let is_last = self
            .creation()
            .with(|it| it.is_not_found_for(CONSISTENCY_WINDOW));
        let is_found = matches!(self.read, Read::Version(_));
        self.creation().with(|it| it.record_search(is_found));
        is_last
    }

    fn search_before_removal(&mut self) -> End {
        if !self.world.object.has_finalizer || self.creation().with(|it| it.is_create_impossible())
        {
            return End::Gone;
        }
        let is_last = self.record_search();
        match self.read {
            Read::Version(found) => self.delete(found),
            Read::Absent if is_last => End::Gone,
            Read::Absent => RETRY,
        }
    }

    fn not_found(&mut self) -> End {
        let is_deleted = self.world.object.is_deleted;
        let own = self
            .creation()
            .with(|it| it.deletion_account(AgedCreation::id()).is_some());
        if own && is_deleted {
            return End::Gone;
        }
        let is_confirmed = self
            .creation()
            .with(|it| it.record_not_found(CONSISTENCY_WINDOW));
        match is_deleted {
            _ if !is_confirmed => RETRY,
            true => End::Gone,
            false => self.create(true),
        }
    }

    fn observed(&mut self, read: Number) -> End {
        let order = self.order(read);
        if order == ReadOrder::Outdated {
            return RETRY;
        }
        self.creation().with(|it| {
            it.record_seen();
            it.record_found(AgedCreation::id());
        });
        if self.world.object.is_deleted {
            return self.delete(read);
        }
        let is_equal = self.world.cloudfront.value_of(read) == self.world.object.value;
        if order == ReadOrder::Unknown && is_equal {
            return RETRY;
        }
        let has_time = self.has_time;
        if order == ReadOrder::Latest {
            let versions = &mut self.world.memory.versions;
            versions.with(has_time, |it| it.record_read(version(read, has_time)));
        }
        if is_equal {
            return self.reported(read, true);
        }
        self.update(read)
    }

    fn order(&mut self, read: Number) -> ReadOrder {
        let (object, has_time) = (&self.world.object, self.has_time);
        let applied = object.status.applied_generation.unwrap_or_default();
        let is_unrecorded = object.generation - applied > 1;
        let known = known(object.status.etag, has_time, is_unrecorded);
        let versions = &mut self.world.memory.versions;
        match self.rules {
            Rules::New => versions.with(has_time, |it| {
                it.order(&version(read, has_time), &known, CONSISTENCY_WINDOW)
            }),
            Rules::Old if versions.superseded.iter().any(|(_, it)| *it == read) => {
                ReadOrder::Outdated
            }
            Rules::Old => ReadOrder::Latest,
        }
    }

    fn update(&mut self, if_match: Number) -> End {
        let (has_time, value) = (self.has_time, self.world.object.value);
        let response = self.send(Write::Update { if_match, value });
        let versions = &mut self.world.memory.versions;
        let etag = if_match.to_string();
        match response {
            Some(Response::Done(made)) => {
                versions.with(has_time, |it| {
                    it.record_write(Some(&etag), version(made, has_time));
                });
                self.written(made)
            }
            response => {
                if self.rules == Rules::New {
                    versions.with(has_time, |it| it.record_unknown_update(&etag));
                }
                match response {
                    Some(_) => End::Retry { is_different: true },
                    None => self.unanswered(),
                }
            }
        }
    }

    fn delete(&mut self, if_match: Number) -> End {
        self.creation().with(|it| {
            if it.is_established(CONSISTENCY_WINDOW) {
                it.record_delete_sent(AgedCreation::id(), AgedCreation::account());
            }
        });
        match self.send(Write::Delete { if_match }) {
            Some(Response::Deleted) => End::Gone,
            Some(_) => {
                self.creation().with(CreationHistory::record_delete_refused);
                RETRY
            }
            None => self.unanswered(),
        }
    }

    /// Interprets the resource in the response to a write, or a recovered one.
    fn written(&mut self, made: Number) -> End {
        self.creation()
            .with(|it| it.record_written(AgedCreation::id()));
        self.world.memory.cached = Some(made);
        let is_equal = self.world.cloudfront.value_of(made) == self.world.object.value;
        self.reported(made, is_equal)
    }

    fn reported(&self, etag: Number, is_equal: bool) -> End {
        let object = &self.world.object;
        let applied = is_equal.then_some(object.generation);
        End::Report(Status {
            has_id: true,
            etag: Some(etag),
            applied_generation: applied.or(object.status.applied_generation),
            ready: applied,
        })
    }
}
