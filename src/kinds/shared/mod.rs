//! What distributions and streaming distributions have in common: the same members of CloudFront's model, and the same rules.

pub mod aliases;
pub(super) mod enabled;
pub(super) mod exact;
pub(super) mod identity;
pub(super) mod logs;
pub mod price_class;
pub(super) mod rules;
pub mod signers;
pub mod trust;
pub(super) mod word;
