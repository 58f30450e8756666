//! CloudFront's documented defaults.
//!
//! Unconditional ones are defaults of the schema. The others are added when the configuration is made: whole structures, and what
//! depends on another member. Together they make sure that an update carries every member that CloudFront then requires, and that
//! a field that leaves the spec returns to its default. What CloudFront fills in by itself is either said here just as it does, or
//! left unsaid.

use super::{DistributionConfig, origin::Origin};

impl DistributionConfig {
    /// Adds the defaults that depend on other members, and those of whole structures.
    pub(super) fn complete(&mut self) {
        self.logging.get_or_insert_default().complete();
        self.restrictions.get_or_insert_default();
        self.viewer_certificate.get_or_insert_default().complete();
        self.default_cache_behavior.complete();
        for behavior in &mut self.cache_behaviors.0 {
            behavior.complete();
        }
        for origin in &mut self.origins.0 {
            origin.complete();
        }
        // CloudFront may or may not answer a `Staging` that is false; it cannot change anyway.
        self.staging = self.staging.filter(|staging| *staging);
    }
}

impl Origin {
    fn complete(&mut self) {
        self.origin_shield.get_or_insert_default();
        if self.custom_origin_config.is_none() && self.vpc_origin_config.is_none() {
            let s3 = self.s3_origin_config.get_or_insert_default();
            // Required on the wire, also where an origin access control reads the bucket.
            s3.origin_access_identity.get_or_insert_default();
        }
    }
}

pub(super) fn connection_attempts() -> i32 {
    3
}

pub(super) fn connection_timeout() -> i32 {
    10
}

pub(super) fn read_timeout() -> i32 {
    30
}

pub(super) fn keepalive_timeout() -> i32 {
    5
}

pub(super) fn http_port() -> i32 {
    80
}

pub(super) fn https_port() -> i32 {
    443
}

pub(super) fn error_caching_min_ttl() -> i64 {
    10
}
