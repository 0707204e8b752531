//! Reads XML.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| advisor_fuzz::explain_after("<explain", text));
