//! docs/rules.md says what the rules say. `UPDATE_DOCS=1 cargo test --test docs` writes it anew.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use advisor::diagnose::rules::RULES;

const HEAD: &str = "# What `advisor` looks for\n\n\
    Each of these symptoms is seen in the plan alone. No rule asks whether it matters: findings are ranked by the \
    time in play, which is what could be gained at the most if the cause went away, and those below a hundredth of \
    the statement's time are dropped. Times in play may overlap.\n\n\
    This page is written from the rules themselves (`src/diagnose/rules`); a test keeps the two in step.\n";

fn page() -> String {
    let mut page = String::from(HEAD);
    page.push('\n');
    for rule in RULES {
        let _ = writeln!(page, "- [`{0}`](#{0}): {1}", rule.id, rule.title);
    }
    for rule in RULES {
        let _ = write!(page, "\n## `{}`\n\n**{}.** {}\n", rule.id, rule.title, rule.doc);
    }
    page
}

#[test]
fn rules_page_is_in_step() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, page()).expect("docs/rules.md can be written");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == page(), "docs/rules.md is out of step: run UPDATE_DOCS=1 cargo test --test docs");
}

#[test]
fn each_rule_says_claim_example_and_silence() {
    for rule in RULES {
        for word in ["Example: ", "Silent "] {
            assert!(rule.doc.contains(word), "{}: no `{word}`", rule.id);
        }
        assert!(!rule.title.ends_with('.') && rule.title.len() <= 60, "{}: a heading", rule.id);
    }
}
