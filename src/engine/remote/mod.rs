//! The CloudFront resource of an object: its document, how it is read, whether the object owns it, and its revision.

pub(super) mod name_list;
pub(super) mod ownership;
mod page_size;
pub(super) mod reader;
pub(super) mod resource;
pub(super) mod staged_code;
pub(super) mod unique_name;
