//! Splits SQL into statements, and reads expressions: each statement is a part of the text, in order.
#![no_main]

use advisor::query::{Expr, Names, SortKey, split};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut end = 0;
    for statement in split(text).statements {
        assert!(statement.offset >= end, "statements overlap");
        end = statement.offset;
        let mut written = text.get(end..).expect("a place in the text").chars();
        for c in statement.text.chars() {
            // A meta-command of psql is blanked out, character by character.
            let as_written = written.next().expect("a statement ends in the text");
            assert!(c == as_written || c == ' ', "a statement is as it was written");
            end += as_written.len_utf8();
        }
        statement.calls();
        statement.has_parameters();
        let place = statement.locate(text, 1 + statement.text.chars().count() / 2);
        assert!(place.line >= 1 && place.column >= 1);
    }
    if let Some(expression) = Expr::parse(text) {
        expression.columns();
        expression.sql(Names::Qualified);
        expression.sql(Names::Bare);
    }
    SortKey::parse(text);
});
