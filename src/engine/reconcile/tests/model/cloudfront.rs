//! CloudFront in the model: the versions of the resources, of which a read can return an earlier one for a while.

use crate::engine::object_state::{MAX_AGE, Number};

/// How many ticks after a write a read may still lag behind it. With a request that takes one tick, that is the consistency window.
const LAG: u8 = 1;

/// The configuration: the model has two.
pub(super) type Value = u8;

/// A resource of the object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Resource {
    /// How often the object was created again when the create was sent: a part of the caller reference.
    key: u8,
    versions: Vec<Value>,
    /// The age of the last write.
    age: u8,
    /// The earliest version that a read may return.
    earliest: Number,
    /// Whether a read may still miss the resource after its creation.
    is_new: bool,
    is_deleted: bool,
}

/// All resources of the object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct CloudFront(Vec<Resource>);

/// A write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Write {
    Create { key: u8, value: Value },
    Update { if_match: Number, value: Value },
    Delete { if_match: Number },
}

/// What a read returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Read {
    Version(Number),
    Absent,
}

/// The response to a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Response {
    /// The version that the write has made.
    Done(Number),
    Deleted,
    AlreadyExists,
    PreconditionFailed,
}

impl CloudFront {
    fn live(&self) -> Option<&Resource> {
        self.0.iter().find(|it| !it.is_deleted)
    }

    /// The number of resources that exist.
    pub(super) fn count(&self) -> usize {
        self.0.iter().filter(|it| !it.is_deleted).count()
    }

    /// The configuration that the resource has.
    pub(super) fn value(&self) -> Option<Value> {
        self.live()?.versions.last().copied()
    }

    /// The configuration of a version.
    pub(super) fn value_of(&self, version: Number) -> Value {
        self.0
            .last()
            .map_or(0, |it| it.versions[usize::from(version)])
    }

    /// All results that a read can have now.
    pub(super) fn reads(&self) -> Vec<Read> {
        let Some(resource) = self.0.last() else {
            return vec![Read::Absent];
        };
        let latest = latest(resource);
        let first = if resource.is_deleted && resource.age >= LAG {
            latest + 1
        } else {
            resource.earliest
        };
        let versions = (first..=latest).map(Read::Version);
        let absent = (resource.is_deleted || resource.is_new).then_some(Read::Absent);
        versions.chain(absent).collect()
    }

    /// Records that a read has found the resource.
    pub(super) fn record_found(&mut self) {
        if let Some(resource) = self.0.last_mut() {
            resource.is_new = false;
        }
    }

    /// Executes a write.
    pub(super) fn execute(&mut self, write: Write) -> Response {
        match write {
            Write::Create { key, value } => self.create(key, value),
            Write::Update { if_match, value } => self.change(if_match, |resource| {
                resource.versions.push(value);
                Response::Done(latest(resource))
            }),
            Write::Delete { if_match } => self.change(if_match, |resource| {
                resource.is_deleted = true;
                Response::Deleted
            }),
        }
    }

    fn create(&mut self, key: u8, value: Value) -> Response {
        if self.0.iter().any(|it| it.key == key) {
            return Response::AlreadyExists;
        }
        self.0.push(Resource {
            key,
            versions: vec![value],
            age: 0,
            earliest: 0,
            is_new: true,
            is_deleted: false,
        });
        Response::Done(0)
    }

    fn change(
        &mut self,
        if_match: Number,
        change: impl FnOnce(&mut Resource) -> Response,
    ) -> Response {
        let resource = self.0.last_mut();
        match resource.filter(|it| !it.is_deleted && latest(it) == if_match) {
            Some(resource) => {
                resource.age = 0;
                change(resource)
            }
            None => Response::PreconditionFailed,
        }
    }

    /// Advances the time by one tick, after which reads return the writes that are old enough.
    pub(super) fn tick(&mut self) {
        for resource in &mut self.0 {
            resource.age = MAX_AGE.min(resource.age + 1);
            if resource.age >= LAG {
                resource.earliest = latest(resource);
                resource.is_new = false;
            }
        }
    }
}

fn latest(resource: &Resource) -> Number {
    let last = resource.versions.len() - 1;
    Number::try_from(last).unwrap_or(Number::MAX)
}
