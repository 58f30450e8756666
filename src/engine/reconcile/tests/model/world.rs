//! The state of the model: the object, its resource, and the replicas of the operator.

use super::cloudfront::{CloudFront, Response, Value, Write};
use crate::engine::object_state::{AgedCreation, AgedVersions, CreationHistory, Number};

/// The state of everything.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) object: Object,
    pub(super) cloudfront: CloudFront,
    /// The memory of the replica that leads.
    pub(super) memory: Memory,
    /// The write that the former leader has sent and CloudFront has not executed yet.
    pub(super) in_flight: Option<Write>,
    pub(super) left: Faults,
    /// Whether CloudFront has had the configuration of the spec since the last edit.
    pub(super) was_equal: bool,
    /// The status was set to ready although it was not.
    pub(super) is_misreported: bool,
}

/// The custom resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Object {
    pub(super) value: Value,
    pub(super) generation: u8,
    pub(super) has_finalizer: bool,
    pub(super) is_deleted: bool,
    pub(super) is_gone: bool,
    pub(super) recreate_count: u8,
    pub(super) status: Status,
}

/// The status of the custom resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Status {
    pub(super) has_id: bool,
    pub(super) etag: Option<Number>,
    pub(super) applied_generation: Option<u8>,
    /// The generation that condition `Ready` describes as in sync.
    pub(super) ready: Option<u8>,
}

/// What the leader remembers of the object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Memory {
    pub(super) versions: AgedVersions,
    pub(super) creation: AgedCreation,
    /// The version in the response to its last write, from which a deletion starts without a read.
    pub(super) cached: Option<Number>,
}

/// How many edits and faults may still happen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Faults {
    pub(super) edits: u8,
    pub(super) lost: u8,
    pub(super) crashes: u8,
    pub(super) ticks: u8,
}

impl World {
    /// A new object, and a leader that sees its creation.
    pub(super) fn new(left: Faults) -> Self {
        Self {
            object: Object {
                value: 0,
                generation: 1,
                has_finalizer: false,
                is_deleted: false,
                is_gone: false,
                recreate_count: 0,
                status: Status::default(),
            },
            cloudfront: CloudFront::default(),
            memory: Memory::default(),
            in_flight: None,
            left,
            was_equal: false,
            is_misreported: false,
        }
    }

    /// The user changes the spec. The model has two specs, so each second edit is one back.
    pub(super) fn edit(&mut self) {
        self.object.value = 1 - self.object.value;
        self.object.generation += 1;
        self.was_equal = false;
        self.note_equal();
    }

    /// CloudFront executes a write.
    pub(super) fn execute(&mut self, write: Write) -> Response {
        let response = self.cloudfront.execute(write);
        self.note_equal();
        response
    }

    /// Whether the object is gone, and its resource still exists.
    pub(super) fn has_orphan(&self) -> bool {
        self.object.is_gone && self.cloudfront.count() > 0
    }

    fn note_equal(&mut self) {
        self.was_equal |= self.cloudfront.value() == Some(self.object.value);
    }

    /// The other replica leads from now on. It knows only the object.
    pub(super) fn change_leader(&mut self) {
        self.memory = Memory::default();
        if !self.object.status.has_id {
            let creation = &mut self.memory.creation;
            creation.with(CreationHistory::mark_preexisting);
        }
    }

    /// Half of the consistency window passes. A request of a former leader has ended by then.
    pub(super) fn tick(&mut self) {
        self.cloudfront.tick();
        self.memory.versions.tick();
        self.memory.creation.tick();
        self.in_flight = None;
    }
}
