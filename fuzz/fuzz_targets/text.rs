//! Reads EXPLAIN's text.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    advisor_fuzz::explain(text);
    advisor_fuzz::explain_after("Append  (cost=0.00..1.00 rows=1 width=4)\n", text);
});
