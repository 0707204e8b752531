//! Reads whatever a plan went through: logs, frames, quotes, terminals.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| advisor_fuzz::explain(text));
