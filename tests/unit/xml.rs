//! The XML format and the overlay, as their users see them: by example, and by properties that hold for any input.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not see that helpers of tests are tests"
)]

mod xml {
    mod arbitrary;
    mod documents;
    mod lists;
    mod mapping;
    mod overlay;
    mod properties;
    mod sample;
}
