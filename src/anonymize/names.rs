//! Which replacement stands for which name: the same everywhere, and none that occurs in the original.

use std::collections::{HashMap, HashSet};

use super::vocabulary;

/// What a name is, as far as its replacement shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Table,
    Schema,
    Index,
    Cte,
    Alias,
    Column,
    Function,
    Type,
    Collation,
    Trigger,
    Constraint,
    /// A node type, or the provider of a custom scan, that PostgreSQL does not have.
    Node,
    /// A key that EXPLAIN does not have.
    Key,
    /// The name of a subplan, a window, a tuplestore, …
    Other,
    /// A string.
    Value,
    /// What a pattern looks for, long enough for trigrams.
    Pattern,
}

impl Kind {
    fn stem(self) -> &'static str {
        match self {
            Self::Table => "t",
            Self::Schema => "s",
            Self::Index => "idx",
            Self::Cte => "cte",
            Self::Alias => "a",
            Self::Column => "c",
            Self::Function => "f",
            Self::Type => "type",
            Self::Collation => "coll",
            Self::Trigger => "trg",
            Self::Constraint => "con",
            Self::Node => "Node",
            Self::Key => "Key",
            Self::Other => "n",
            Self::Value => "v",
            Self::Pattern => "pat",
        }
    }
}

/// Replacements of numbers begin here: they are told from the small numbers of a plan's own figures.
const FIRST_NUMBER: u64 = 1001;

/// The characters of a trigram (manual, "pg_trgm").
const A_TRIGRAM: usize = 3;

/// More digits than these are no counter: a year, a customer's number.
const LONGEST_COUNTER: usize = 3;

/// All replacements so far.
pub(super) struct Names {
    names: HashMap<String, String>,
    values: HashMap<String, String>,
    numbers: HashMap<String, String>,
    next: HashMap<Kind, u64>,
    next_number: u64,
    /// Every word and every number of the original, in lower case: none becomes a replacement, lest a replacement be
    /// taken for an original.
    taken: HashSet<String>,
    mapping: Vec<(String, String)>,
}

impl Names {
    /// For the names of this text.
    pub(super) fn beside(text: &str) -> Self {
        let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        Self {
            names: HashMap::new(),
            values: HashMap::new(),
            numbers: HashMap::new(),
            next: HashMap::new(),
            next_number: FIRST_NUMBER,
            taken: words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect(),
            mapping: Vec::new(),
        }
    }

    /// What stands for this name, which is given without quotes.
    pub(super) fn name(&mut self, kind: Kind, name: &str) -> String {
        if name.is_empty() || vocabulary::is_own_name(name) {
            return name.to_owned();
        }
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let new = self.numbered(kind, name).unwrap_or_else(|| self.fresh(kind));
        self.names.insert(name.to_owned(), new.clone());
        self.mapping.push((new.clone(), name.to_owned()));
        new
    }

    /// Partitions are known by their numbers, `orders_1`, `orders_2` (ruleutils.c, `set_rtable_names`): what reads them
    /// must see that they belong together.
    fn numbered(&mut self, kind: Kind, name: &str) -> Option<String> {
        let (stem, digits) = name.rsplit_once('_').filter(|_| matches!(kind, Kind::Table | Kind::Alias))?;
        if stem.is_empty() || digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
            return None;
        }
        let known = self.names.get(stem).cloned();
        let stem = known.unwrap_or_else(|| {
            let new = self.fresh(kind);
            self.names.insert(stem.to_owned(), new.clone());
            self.mapping.push((new.clone(), stem.to_owned()));
            new
        });
        let says_nothing = digits.len() <= LONGEST_COUNTER && !digits.starts_with('0');
        let number = if says_nothing { digits.to_owned() } else { self.number(digits) };
        let new = format!("{stem}_{number}");
        (!self.taken.contains(&new.to_lowercase())).then_some(new)
    }

    /// What stands for this string.
    pub(super) fn value(&mut self, value: &str) -> String {
        self.string(Kind::Value, value)
    }

    /// What stands for what a pattern looks for: as long as a trigram where it was, since that decides which index
    /// can help.
    pub(super) fn pattern(&mut self, pattern: &str) -> String {
        let longest = pattern.split(|c: char| !c.is_alphanumeric()).map(|part| part.chars().count()).max();
        self.string(if longest >= Some(A_TRIGRAM) { Kind::Pattern } else { Kind::Value }, pattern)
    }

    fn string(&mut self, kind: Kind, value: &str) -> String {
        if let Some(known) = self.values.get(value) {
            return known.clone();
        }
        let new = self.fresh(kind);
        self.values.insert(value.to_owned(), new.clone());
        self.mapping.push((new.clone(), value.to_owned()));
        new
    }

    /// What stands for this number, which may have a sign: a whole number for a whole one.
    pub(super) fn number(&mut self, number: &str) -> String {
        let (sign, digits) = match number.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", number.strip_prefix('+').unwrap_or(number)),
        };
        if let Some(known) = self.numbers.get(digits) {
            return format!("{sign}{known}");
        }
        while self.taken.contains(&self.next_number.to_string()) {
            self.next_number += 1;
        }
        let whole = digits.bytes().all(|c| c.is_ascii_digit());
        let new = if whole { self.next_number.to_string() } else { format!("{}.5", self.next_number) };
        self.next_number += 1;
        self.numbers.insert(digits.to_owned(), new.clone());
        self.mapping.push((new.clone(), digits.to_owned()));
        format!("{sign}{new}")
    }

    fn fresh(&mut self, kind: Kind) -> String {
        let next = self.next.entry(kind).or_insert(1);
        loop {
            let name = format!("{}{next}", kind.stem());
            *next += 1;
            if !self.taken.contains(&name.to_lowercase()) {
                return name;
            }
        }
    }

    /// Each replacement and what it stands for.
    pub(super) fn mapping(self) -> Vec<(String, String)> {
        self.mapping
    }
}
