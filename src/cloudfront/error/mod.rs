//! Why a request failed, and what each AWS error code means to the caller.

mod classify;
mod cloudfront_error;
mod error_class;
mod error_codes;
mod redact;

pub(super) use classify::classify;
pub use classify::is_read;
pub use cloudfront_error::CloudFrontError;
pub use error_class::ErrorClass;
pub use error_codes::error_codes;
pub(crate) use redact::{error_chain, redact_values};
pub(super) use redact::{redact_credentials, sanitize};
