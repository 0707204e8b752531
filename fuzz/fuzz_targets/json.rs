//! Reads JSON; bare, it is the same by both ways.
#![no_main]

use advisor::plan::{read, read_json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // On one line: what looks broken there may be mended by one way only.
    let line = text.replace(|c: char| c.is_control() || c == '\u{a0}', " ");
    if let Ok(plans) = read_json(&line) {
        plans.iter().for_each(advisor_fuzz::sound);
        assert_eq!(read(&line).map(|reading| reading.plans), Ok(plans), "two readings");
    }
    advisor_fuzz::explain_after("[{\"Plan\": ", text);
});
