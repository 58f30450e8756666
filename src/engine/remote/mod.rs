//! The CloudFront resource of an object: its document, how it is read, whether the object owns it, and its revision.

pub(super) mod ownership;
pub(super) mod reader;
pub(super) mod resource;
