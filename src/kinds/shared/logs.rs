//! The bucket that access logs go to.

/// Writes a bucket as CloudFront answers it: a bare name becomes a host name.
pub(in crate::kinds) fn complete(bucket: &mut String) {
    if !bucket.is_empty() && !bucket.ends_with(".amazonaws.com") {
        bucket.push_str(".s3.amazonaws.com");
    }
}
