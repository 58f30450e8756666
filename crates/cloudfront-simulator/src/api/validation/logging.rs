//! Access logs.

use super::{origin_hosts::is_bucket_host, rules::ensure};
use crate::{api::defaults::log_bucket_host, error::ApiError, xml::Element};

/// Rejects enabled logs without the host of a bucket.
pub(in crate::api) fn check(config: &Element) -> Result<(), ApiError> {
    let Some(logging) = config
        .child("Logging")
        .filter(|logging| logging.is_true("Enabled"))
    else {
        return Ok(());
    };
    let bucket = logging.text_of("Bucket");
    let message = "The parameter Logging Bucket is required when logging is enabled.";
    ensure(!bucket.is_empty(), "InvalidArgument", message)?;
    let message = "The parameter Logging Bucket does not refer to a valid S3 bucket.";
    ensure(
        is_bucket_host(&log_bucket_host(bucket)),
        "InvalidArgument",
        message,
    )
}
