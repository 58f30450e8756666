//! Finds what changed in CloudFront: one list for a collection instead of a read for each object.

pub(super) mod collection;
pub(super) mod poller;
