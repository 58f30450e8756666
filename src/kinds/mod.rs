//! The kinds of CloudFront resources, one module each.

pub mod distribution;
pub mod invalidation;
pub mod origin_access_control;
pub mod origin_access_identity;
pub mod shared;
pub mod streaming_distribution;
mod validation;
