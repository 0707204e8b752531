//! Reads JSON; bare, it is the same by both ways.
#![no_main]

use advisor::plan::{read, read_json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(plans) = read_json(text) {
        plans.iter().for_each(advisor_fuzz::sound);
        assert_eq!(read(text).map(|reading| reading.plans), Ok(plans), "two readings");
    }
    advisor_fuzz::explain_after("[{\"Plan\": ", text);
});
