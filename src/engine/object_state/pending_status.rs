//! The status that was written, or could not be written, and that the watch does not show yet.

use crate::engine::api::status::Status;

/// The difference between the status in the watch's copy of the object and the status that the operator knows.
#[derive(Debug)]
pub(crate) struct PendingStatus<F> {
    /// The id of a created resource, until a status with it is stored.
    id: Option<Box<str>>,
    written: Option<Box<WrittenStatus<F>>>,
}

/// A status that was written, and the version of the object that has it.
#[derive(Debug)]
struct WrittenStatus<F> {
    resource_version: String,
    status: Status<F>,
}

impl<F> Default for PendingStatus<F> {
    fn default() -> Self {
        Self {
            id: None,
            written: None,
        }
    }
}

impl<F> PendingStatus<F> {
    /// Returns the id of a created resource that is not in the status yet.
    pub(crate) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Returns the last written status, until the watch shows it.
    pub(crate) fn status(&self) -> Option<&Status<F>> {
        self.written.as_ref().map(|written| &written.status)
    }

    /// Records the id in the response to a write.
    pub(crate) fn record_id(&mut self, id: &str) {
        self.id = Some(id.into());
    }

    /// Records that a status was stored.
    pub(crate) fn record_written(&mut self, resource_version: String, status: Status<F>) {
        self.id = None;
        self.written = Some(Box::new(WrittenStatus {
            resource_version,
            status,
        }));
    }

    /// Drops the written status once the watch shows this version, or a later one.
    pub(crate) fn observe_version(&mut self, version: &str) {
        let written = self.written.as_ref();
        if written.is_some_and(|written| !is_older(version, &written.resource_version)) {
            self.written = None;
        }
    }
}

/// Whether version `a` of an object is older than version `b` of the same object.
///
/// Versions of one resource type are comparable integers (KEP-5504). One that is not an integer counts as new, so that the watch wins.
fn is_older(a: &str, b: &str) -> bool {
    match (a.parse::<u128>(), b.parse::<u128>()) {
        (Ok(a), Ok(b)) => a < b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_status_is_dropped_when_the_watch_shows_it() {
        for (shown, is_dropped) in [("9", false), ("10", true), ("11", true), ("x", true)] {
            let mut pending = PendingStatus::<()>::default();
            pending.record_id("E1");
            assert_eq!(pending.id(), Some("E1"));
            pending.record_written("10".into(), Status::default());
            assert_eq!(pending.id(), None, "it is in the status now");
            pending.observe_version(shown);
            assert_eq!(pending.status().is_none(), is_dropped, "{shown}");
        }
    }
}
