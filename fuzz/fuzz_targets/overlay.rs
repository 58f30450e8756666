//! Fuzzes `fuzz::overlay`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::overlay(data));
