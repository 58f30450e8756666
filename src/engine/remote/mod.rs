//! The CloudFront resource: its document, its reader, its ownership and its revision.

pub(super) mod ownership;
pub(super) mod reader;
pub(super) mod resource;
pub(super) mod revision;
