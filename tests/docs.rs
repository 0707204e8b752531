//! docs/rules.md and docs/treatments.md say what the rules and the treatments say.
//! `UPDATE_DOCS=1 cargo test --test docs` writes them anew.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use advisor::diagnose::rules::RULES;
use advisor::remedy::treatments::TREATMENTS;
use advisor::report::rules_page;

const TREATMENTS_HEAD: &str = "# What `advisor` proposes\n\n\
    A treatment looks at what was found and at what is known of the tables, and proposes what could help, with \
    alternatives, the best argued first. It does not ask whether it helps: each remedy is tried, and what the \
    trial says decides ([proof.md](proof.md)). Where nothing is proposed, the report says why.\n\n\
    This page is written from the treatments themselves (`src/remedy/treatments`); a test keeps the two in step.\n";

/// What a page says of one rule or treatment.
struct Entry {
    id: &'static str,
    title: &'static str,
    doc: &'static str,
}

fn rules() -> Vec<Entry> {
    RULES.iter().map(|rule| Entry { id: rule.id, title: rule.title, doc: rule.doc }).collect()
}

fn treatments() -> Vec<Entry> {
    TREATMENTS.iter().map(|one| Entry { id: one.id, title: one.title, doc: one.doc }).collect()
}

fn page(head: &str, entries: &[Entry]) -> String {
    let mut page = format!("{head}\n");
    for Entry { id, title, .. } in entries {
        let _ = writeln!(page, "- [`{id}`](#{id}): {title}");
    }
    for Entry { id, title, doc } in entries {
        let _ = write!(page, "\n## `{id}`\n\n**{title}.** {doc}\n");
    }
    page
}

#[test]
fn the_pages_are_in_step() {
    let pages =
        [("docs/rules.md", rules_page(RULES)), ("docs/treatments.md", page(TREATMENTS_HEAD, &treatments()))];
    for (name, page) in pages {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&file, &page).expect("the page can be written");
        }
        let written = fs::read_to_string(&file).unwrap_or_default();
        assert!(written == page, "{name} is out of step: run UPDATE_DOCS=1 cargo test --test docs");
    }
}

#[test]
fn each_says_its_claim_and_when_it_is_silent() {
    let examples = rules().iter().map(|rule| (rule.id, rule.doc.contains("Example: "))).collect::<Vec<_>>();
    assert_eq!(examples.iter().find(|(_, told)| !told), None, "a rule without an example");
    for Entry { id, title, doc } in rules().into_iter().chain(treatments()) {
        assert!(doc.contains("Silent"), "{id}: no `Silent`");
        assert!(!title.ends_with('.') && title.len() <= 60, "{id}: a heading");
    }
}
