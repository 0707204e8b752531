//! The house keeps its own rules: who may know whom, how long things may be, and what is listed where.
//!
//! It reads the sources as text, not as Rust: comments and strings are blanked out line by line, `{` and `}`
//! are counted, and what follows the first `#[cfg(test)]` of a file is taken for tests. So it would be misled
//! by code behind a `/* … */`, or by code after a file's tests; rustfmt's layout and the house's habits
//! exclude both.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use advisor::diagnose::rules::RULES;
use advisor::remedy::treatments::TREATMENTS;

/// Each module of the crate and its floor. A module imports from lower floors only.
const FLOORS: &[(&str, u8)] = &[
    ("units", 0),
    ("error", 0),
    ("plan", 1),
    ("cluster", 1),
    ("query", 2),
    ("catalog", 2),
    ("db", 3),
    ("anonymize", 4),
    ("diagnose", 4),
    ("diff", 4),
    ("input", 4),
    ("remedy", 5),
    ("prove", 6),
    ("report", 7),
    ("cli", 8),
];

/// Neighbours on one floor that may know each other: who, whom.
const NEIGHBOURS: &[(&str, &str)] = &[("catalog", "query")];

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 60;

/// What input could reach, and what a library does not do, outside of tests.
const FORBIDDEN: &[&str] =
    &[".unwrap()", ".expect(", "panic!", "todo!", "unimplemented!", ".commit()", "dbg!"];

/// Only the command talks to people.
const PRINTING: &[&str] = &["println!", "eprintln!", "print!", "eprint!"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A Rust file: its path from the crate's root, its text, and its code without comments and texts.
struct Source {
    path: String,
    text: String,
    code: Vec<String>,
}

impl Source {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a source");
        let path = path.strip_prefix(root()).expect("a path within").to_string_lossy().replace('\\', "/");
        Self { path, code: code(&text), text }
    }

    /// The module of `src` that it belongs to: `db` for `src/db/trial.rs`, `main` for `src/main.rs`.
    fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        inside.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// Whether the file as a whole is a test's.
    fn is_test(&self) -> bool {
        !self.path.starts_with("src/") || self.path.ends_with("tests.rs") || self.path.ends_with("testing.rs")
    }

    /// The lines before its tests, numbered from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let own = self.code.iter().take_while(|line| line.trim() != "#[cfg(test)]");
        own.enumerate().map(|(at, line)| (at + 1, line.as_str()))
    }
}

/// Every file with this ending below a directory of the crate.
fn files(directory: &str, ending: &str) -> Vec<PathBuf> {
    let (mut found, mut left) = (Vec::new(), vec![root().join(directory)]);
    while let Some(directory) = left.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|e| e == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn sources(directory: &str) -> Vec<Source> {
    files(directory, "rs").iter().map(|path| Source::read(path)).collect()
}

/// Where the reader of [`code`] is.
enum At {
    Code,
    Text,
    /// `r"…"`, `r#"…"#`: ends at a quote with so many `#`.
    Raw(usize),
}

/// The lines with comments cut off and the insides of texts and characters blanked out; line by line as before.
fn code(text: &str) -> Vec<String> {
    let mut at = At::Code;
    text.lines().map(|line| blanked(line, &mut at)).collect()
}

fn blanked(line: &str, at: &mut At) -> String {
    let (mut kept, mut rest) = (String::new(), line);
    while let Some(first) = rest.chars().next() {
        let mut taken = first.len_utf8();
        match at {
            At::Code if rest.starts_with("//") => break,
            At::Code if raw_start(rest, &kept).is_some() => {
                let hashes = raw_start(rest, &kept).unwrap_or_default();
                (*at, taken) = (At::Raw(hashes), hashes + 2);
            }
            At::Code if first == '"' => *at = At::Text,
            At::Code if character(rest).is_some() => taken = character(rest).unwrap_or(taken),
            At::Code => kept.push(first),
            At::Text if first == '\\' => taken += rest[1..].chars().next().map_or(0, char::len_utf8),
            At::Text if first == '"' => *at = At::Code,
            At::Raw(hashes) if rest.starts_with(&format!("\"{}", "#".repeat(*hashes))) => {
                taken += *hashes;
                *at = At::Code;
            }
            At::Text | At::Raw(_) => {}
        }
        rest = &rest[taken..];
    }
    kept
}

/// The number of `#` when a raw text starts here: an `r` that does not end a name.
fn raw_start(rest: &str, before: &str) -> Option<usize> {
    let after = rest.strip_prefix('r').filter(|_| !before.ends_with(|c: char| c.is_alphanumeric()))?;
    let hashes = after.bytes().take_while(|b| *b == b'#').count();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// The length of a character literal that starts here; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    let end = match inside.strip_prefix('\\') {
        Some(escaped) => 1 + escaped.char_indices().skip(1).find(|(_, c)| *c == '\'')?.0,
        None => inside.chars().next()?.len_utf8(),
    };
    (inside[end..].starts_with('\'') && end <= 12).then_some(end + 2)
}

/// The modules that a line names as `crate::module`; several in `use crate::{a, b::c}`.
fn named_modules(line: &str) -> Vec<&str> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').count();
    let after = line.match_indices("crate::").map(|(at, found)| &line[at + found.len()..]);
    after
        .flat_map(|after| match after.strip_prefix('{') {
            Some(list) => list.split(',').map(|name| name.trim()).collect(),
            None => vec![after],
        })
        .map(|name| &name[..word(name)])
        .filter(|name| !name.is_empty())
        .collect()
}

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

fn fail(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn imports_go_down() {
    let mut complaints = Vec::new();
    for source in sources("src") {
        let own = source.module();
        if ["main", "lib"].contains(&own) {
            continue;
        }
        let Some(here) = floor(own) else {
            complaints.push(format!("{}: `{own}` has no floor in tests/house.rs", source.path));
            continue;
        };
        // Tests may look wherever they like: the fence is around what is shipped.
        for (number, line) in source.lines().filter(|_| !source.is_test()) {
            for module in named_modules(line).into_iter().filter(|module| *module != own) {
                let known = floor(module);
                let allowed = known.is_some_and(|there| there < here) || NEIGHBOURS.contains(&(own, module));
                if !allowed {
                    complaints.push(format!("{}:{number}: {own} must not know {module}", source.path));
                }
            }
        }
    }
    fail(complaints);
}

#[test]
fn main_only_calls_the_command() {
    let main = Source::read(&root().join("src/main.rs"));
    let paths = main.lines().flat_map(|(_, line)| line.split("advisor::").skip(1).collect::<Vec<_>>());
    let others: Vec<&str> = paths.filter(|path| !path.starts_with("cli")).collect();
    assert!(others.is_empty(), "src/main.rs uses {others:?}");
}

#[test]
fn db_is_the_only_door() {
    let outside = |source: &Source| source.module() != "db";
    let mut complaints = Vec::new();
    for source in sources("src").into_iter().filter(outside) {
        for (number, _) in source.lines().filter(|(_, line)| line.contains("tokio_postgres")) {
            complaints.push(format!("{}:{number}: only `db` uses tokio_postgres", source.path));
        }
    }
    fail(complaints);
}

#[test]
fn nothing_panics_prints_or_commits() {
    let mut complaints = Vec::new();
    for source in sources("src").into_iter().filter(|source| !source.is_test()) {
        let talks = ["main", "cli"].contains(&source.module());
        let printing = PRINTING.iter().filter(|_| !talks);
        let forbidden: Vec<&&str> = FORBIDDEN.iter().chain(printing).collect();
        for (number, line) in source.lines() {
            for word in forbidden.iter().filter(|word| holds(line, word)) {
                complaints.push(format!("{}:{number}: `{word}`", source.path));
            }
        }
    }
    fail(complaints);
}

/// Whether the word stands in the line, and not as the end of a longer name (`eprintln!`, `my_panic!`).
fn holds(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        word.starts_with('.') || !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

#[test]
fn files_and_functions_are_short() {
    let mut complaints = Vec::new();
    for source in sources("src").into_iter().chain(sources("tests")) {
        let length = source.text.lines().count();
        if length > LONGEST_FILE {
            complaints.push(format!("{}: {length} lines", source.path));
        }
        for (number, length) in functions(&source.code).into_iter().filter(|f| f.1 > LONGEST_FUNCTION) {
            complaints.push(format!("{}:{number}: a function of {length} lines", source.path));
        }
    }
    fail(complaints);
}

/// Where each function starts, and how many lines it has. A nested one counts for itself and for its host.
/// Tests are left out: a table of examples may be long.
fn functions(code: &[String]) -> Vec<(usize, usize)> {
    let starts = |line: &str| line.split_whitespace().take_while(|word| *word != "fn").all(is_modifier);
    let is_start = |line: &&String| line.contains("fn ") && starts(line.trim());
    let is_test = |at: &usize| *at > 0 && code[at - 1].trim() == "#[test]";
    let begin = code.iter().enumerate().filter(|(_, line)| is_start(line)).map(|(at, _)| at);
    let begin = begin.filter(|at| !is_test(at));
    begin.filter_map(|at| Some((at + 1, body_length(&code[at..])?))).collect()
}

fn is_modifier(word: &str) -> bool {
    word.starts_with("pub") || ["async", "const", "unsafe", "extern", "crate)", "super)"].contains(&word)
}

/// Lines to the brace that closes the first one; `None` for a signature that ends with `;`.
fn body_length(code: &[String]) -> Option<usize> {
    let mut depth = 0i32;
    let mut opened = false;
    for (at, line) in code.iter().enumerate() {
        for c in line.chars() {
            match c {
                '{' => (depth, opened) = (depth + 1, true),
                '}' => depth -= 1,
                _ => {}
            }
        }
        if opened && depth == 0 {
            return Some(at + 1);
        }
        if !opened && line.trim_end().ends_with(';') {
            return None;
        }
    }
    None
}

/// The names of a directory's own files but `mod.rs` and tests, as ids: `sort_spills.rs` is `sort-spills`.
fn ids_of_files(directory: &str) -> BTreeSet<String> {
    let here = |path: &PathBuf| path.parent().is_some_and(|parent| parent.ends_with(directory));
    let names = files(directory, "rs").into_iter().filter(here);
    let names = names.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
    names
        .filter(|name| !["mod", "tests", "testing"].contains(&name.as_str()))
        .map(|name| name.replace('_', "-"))
        .collect()
}

#[test]
fn every_rule_and_treatment_is_listed_and_documented() {
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    let treatments: Vec<&str> = TREATMENTS.iter().map(|treatment| treatment.id).collect();
    let lists = [
        (rules, "src/diagnose/rules", "docs/rules.md"),
        (treatments, "src/remedy/treatments", "docs/treatments.md"),
    ];
    for (ids, directory, page) in lists {
        let listed: BTreeSet<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(listed.len(), ids.len(), "{directory}: an id is there twice");
        assert_eq!(listed, ids_of_files(directory), "{directory}: ids and files");
        let page = fs::read_to_string(root().join(page)).expect(page);
        let missing: Vec<&&str> = ids.iter().filter(|id| !page.contains(&format!("`{id}`"))).collect();
        assert!(missing.is_empty(), "not in the docs: {missing:?}");
    }
}

#[test]
fn long_statements_live_in_sql() {
    // An SQL statement that goes on after a line's end, be it by a new line or by `\`.
    let verbs = ["\"SELECT ", "\"WITH ", "\"INSERT ", "\"UPDATE ", "\"DELETE ", "\"CREATE ", "\"ALTER "];
    let mut complaints = Vec::new();
    for source in sources("src").into_iter().filter(|source| !source.is_test()) {
        let own = source.lines().count();
        for (at, line) in source.text.lines().take(own).enumerate() {
            let start = verbs.iter().find_map(|verb| line.find(verb)).map(|at| &line[at + 1..]);
            if start.is_some_and(|rest| !rest.contains('"')) && !line.trim_start().starts_with("//") {
                complaints.push(format!("{}:{}: a statement of several lines", source.path, at + 1));
            }
        }
    }
    fail(complaints);
}

#[test]
fn the_reader_of_sources_reads_what_it_should() {
    let blank = |text: &str| code(text).join("\n");
    for (text, expected) in [
        ("a // .unwrap()", "a "),
        (r#"f(".unwrap() \" {")"#, "f()"),
        (r##"f(r#"{ " }"#, '{', '\'', b'"')"##, "f(, , , b)"),
        ("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}"),
        ("\"one {\ntwo }\" }", "\n }"),
    ] {
        assert_eq!(blank(text), expected, "{text}");
    }
    assert_eq!(named_modules("use crate::plan::{Node, crate::x};"), ["plan", "x"]);
    assert_eq!(named_modules("use crate::{db, error::Result};"), ["db", "error"]);
    let two = code("pub(super) async fn a() {\n    b(|| {\n    })\n}\ntrait T {\n    fn c();\n}\n");
    assert_eq!(functions(&two), [(1, 4)]);
}
