//! A file of `tests/cases`: a schema, a query, what is expected to be advised, and what an expert would write by hand.

use std::fs;
use std::path::{Path, PathBuf};

/// One file of `tests/cases`.
pub struct Case {
    pub name: String,
    /// The shared schemas that it begins with: `orders` is `_orders.sql`.
    pub shared: Vec<String>,
    /// What it makes besides them.
    pub schema: String,
    pub query: String,
    pub expected: Expected,
    /// What an expert would do; empty where silence is right.
    pub ideal: String,
}

/// What is advised once everything has been tried.
#[derive(Debug)]
pub enum Expected {
    /// Nothing may be suggested; reasons say these words.
    Silence(Vec<String>),
    /// So many suggestions, each of them in one of several ways that are as good.
    Advice(Vec<Vec<Wanted>>),
}

/// One way to say a suggestion.
#[derive(Debug)]
pub struct Wanted {
    /// Its statements.
    pub sql: String,
    /// The indexes that it makes superfluous.
    pub replaces: Vec<String>,
}

impl Case {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a case");
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(text.starts_with("-- "), "{name}: it begins with what it is about");
        let mut case = Self {
            name: name.clone(),
            shared: Vec::new(),
            schema: String::new(),
            query: String::new(),
            expected: Expected::Silence(Vec::new()),
            ideal: String::new(),
        };
        let mut expect = String::new();
        let mut section = &mut String::new();
        for line in text.lines() {
            let mut words = line.split(' ');
            match (words.next(), words.next()) {
                (Some("--"), Some("schema")) => {
                    case.shared = words.map(str::to_owned).collect();
                    section = &mut case.schema;
                }
                (Some("--"), Some("query")) => section = &mut case.query,
                (Some("--"), Some("expect")) => section = &mut expect,
                (Some("--"), Some("ideal")) => section = &mut case.ideal,
                _ => *section += &format!("{line}\n"),
            }
        }
        case.query = case.query.trim().trim_end_matches(';').to_owned();
        assert!(!case.query.is_empty(), "{name}: no `-- query`");
        case.expected = Expected::read(&expect);
        let silent = case.is_silent();
        assert_eq!(
            silent,
            case.ideal.trim().is_empty(),
            "{name}: an ideal where advice is expected, and only there"
        );
        case
    }

    pub fn is_silent(&self) -> bool {
        matches!(self.expected, Expected::Silence(_))
    }

    /// The text of a shared schema.
    pub fn shared(name: &str) -> String {
        let path = directory().join(format!("_{name}.sql"));
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

impl Expected {
    fn read(text: &str) -> Self {
        let (mut advice, mut silences): (Vec<Vec<Wanted>>, Vec<String>) = (Vec::new(), Vec::new());
        let mut silent = false;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(words) = line.strip_prefix("silence") {
                silent = true;
                silences.extend(words.strip_prefix(": ").map(str::to_owned));
            } else if let Some(as_good) = line.strip_prefix("or ") {
                advice
                    .last_mut()
                    .expect("`or` stands below what it is as good as")
                    .push(Wanted::read(as_good));
            } else {
                advice.push(vec![Wanted::read(line)]);
            }
        }
        assert_ne!(advice.is_empty(), !silent, "either advice or silence is expected: {text}");
        if silent { Self::Silence(silences) } else { Self::Advice(advice) }
    }
}

impl Wanted {
    fn read(line: &str) -> Self {
        let (sql, replaces) = line.split_once(" -- replaces ").unwrap_or((line, ""));
        let replaces = replaces.split(", ").filter(|it| !it.is_empty()).map(str::to_owned).collect();
        Self { sql: sql.to_owned(), replaces }
    }
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// All cases, or those whose names contain `CASE`.
pub fn cases() -> Vec<Case> {
    let wanted = std::env::var("CASE").unwrap_or_default();
    all().into_iter().filter(|case| case.name.contains(&wanted)).collect()
}

/// All cases, by name.
pub fn all() -> Vec<Case> {
    let files = fs::read_dir(directory()).expect("cases").map(|entry| entry.expect("a file").path());
    let mut cases: Vec<PathBuf> =
        files.filter(|path| !path.file_name().expect("a name").to_string_lossy().starts_with('_')).collect();
    cases.sort();
    cases.iter().map(|path| Case::read(path)).collect()
}
