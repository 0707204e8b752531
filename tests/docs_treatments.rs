//! docs/treatments.md says what the treatments say. `UPDATE_DOCS=1 cargo test --test docs_treatments` writes it anew.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use advisor::remedy::treatments::TREATMENTS;

const HEAD: &str = "# What `advisor` proposes\n\n\
    A treatment looks at what was found and at what is known of the tables, and proposes what could help, with \
    alternatives, the best argued first. It does not ask whether it helps: each remedy is tried, and what the \
    trial says decides ([proof.md](proof.md)). Where nothing is proposed, the report says why.\n\n\
    This page is written from the treatments themselves (`src/remedy/treatments`); a test keeps the two in step.\n";

fn page() -> String {
    let mut page = String::from(HEAD);
    page.push('\n');
    for treatment in TREATMENTS {
        let _ = writeln!(page, "- [`{0}`](#{0}): {1}", treatment.id, treatment.title);
    }
    for treatment in TREATMENTS {
        let _ = write!(page, "\n## `{}`\n\n**{}.** {}\n", treatment.id, treatment.title, treatment.doc);
    }
    page
}

#[test]
fn treatments_page_is_in_step() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/treatments.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, page()).expect("docs/treatments.md can be written");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    let how = "UPDATE_DOCS=1 cargo test --test docs_treatments";
    assert!(written == page(), "docs/treatments.md is out of step: run {how}");
}

#[test]
fn each_treatment_says_when_it_is_silent() {
    for treatment in TREATMENTS {
        assert!(treatment.doc.contains("Silent"), "{}: no `Silent`", treatment.id);
        assert!(
            !treatment.title.ends_with('.') && treatment.title.len() <= 60,
            "{}: a heading",
            treatment.id
        );
    }
}
