//! Why a request failed, and what each error code of AWS means to the caller.

mod classify;
mod cloudfront_error;
mod error_codes;
mod redact;

pub(super) use classify::refusal;
pub use classify::{Class, codes};
pub use cloudfront_error::Error;
pub(super) use redact::{printable, scrub};
