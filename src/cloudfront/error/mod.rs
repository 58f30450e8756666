//! Why a request failed, and what each error code of AWS means to the caller.

mod classify;
mod cloudfront_error;
mod error_codes;
mod redact;

pub(super) use classify::refusal;
pub use classify::{ErrorClass, error_codes};
pub use cloudfront_error::CloudFrontError;
pub(crate) use redact::error_chain;
pub(super) use redact::{redact_credentials, sanitize};
