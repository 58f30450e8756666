//! CloudFront's documented defaults that depend on other fields, and those of whole structures. All other defaults are in the schema.
//!
//! With these defaults an update has every field that CloudFront requires, and a field that is removed from the spec returns to its
//! default. A default equals the value that CloudFront adds itself, or is left out where CloudFront may choose.

use super::{DistributionConfig, origin::Origin};

impl DistributionConfig {
    /// Adds the defaults of whole structures, and those that depend on other fields.
    pub(super) fn apply_defaults(&mut self) {
        self.logging.get_or_insert_default().apply_defaults();
        self.restrictions.get_or_insert_default();
        self.viewer_certificate
            .get_or_insert_default()
            .apply_defaults();
        self.default_cache_behavior.apply_defaults();
        for behavior in &mut self.cache_behaviors.0 {
            behavior.apply_defaults();
        }
        for origin in &mut self.origins.0 {
            origin.apply_defaults();
        }
        // CloudFront returns `Staging` only sometimes if it is false. The value cannot change after creation.
        self.staging = self.staging.filter(|staging| *staging);
    }
}

impl Origin {
    fn apply_defaults(&mut self) {
        self.origin_shield.get_or_insert_default();
        if self.custom_origin_config.is_none() && self.vpc_origin_config.is_none() {
            let s3 = self.s3_origin_config.get_or_insert_default();
            // CloudFront requires this element even if an origin access control reads the bucket.
            s3.origin_access_identity.get_or_insert_default();
        }
    }
}
