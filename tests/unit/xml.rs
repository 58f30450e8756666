//! The XML format and the overlay through their public interface: by example, and by properties of every input.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not see that helpers of tests are tests"
)]

mod xml {
    mod arbitrary;
    mod documents;
    mod header_names;
    mod keep;
    mod lists;
    mod mapping;
    mod overlay;
    mod properties;
    mod sample;
}
