//! Detects what changed in CloudFront with one list request per collection instead of one get request per object.

mod collection;
mod deployments;
mod initial_list;
pub(super) mod list;
mod period;
pub(super) mod poller;
pub(super) mod subscription;
pub(super) mod waiting;
