//! Manages Amazon CloudFront through Kubernetes custom resources.
pub mod cloudfront;
pub mod engine;
pub mod kinds;
pub mod operator;
pub mod xml;
