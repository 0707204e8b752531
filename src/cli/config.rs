//! `advisor.toml`: what a team has settled for all who call the tool.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::diagnose::Preferences;
use crate::error::{Error, Result};
use crate::query::Place;
use crate::units::Factor;

/// The file's name.
const NAME: &str = "advisor.toml";

/// What the file may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rules: BTreeMap<Spanned<String>, Weight>,
}

/// A rule's weight in the ranking: a number, or whether it speaks at all.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged, expecting = "expected `true`, `false`, or a weight such as 2.0 (1 is the usual, 0 is off)")]
enum Weight {
    Speaks(bool),
    Times(f64),
}

impl Weight {
    fn factor(self) -> Option<Factor> {
        let factor = match self {
            Self::Speaks(speaks) => f64::from(u8::from(speaks)),
            Self::Times(times) => times,
        };
        (factor.is_finite() && factor >= 0.0).then_some(Factor(factor))
    }
}

/// What the file that was named says; else the nearest one, in the working directory or above; else nothing.
pub fn load(named: Option<&Path>) -> Result<Preferences> {
    let found = named.map(Path::to_owned).or_else(nearest);
    let Some(file) = found else { return Ok(Preferences::default()) };
    let text = std::fs::read_to_string(&file).map_err(|error| {
        Error::input(format!("`{}` cannot be read: {error}", file.display()))
            .hint("`--config` names the file; without it the nearest `advisor.toml` is taken")
    })?;
    read(&text).map_err(|error| error.at(&file.display().to_string()))
}

fn nearest() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join(NAME)).find(|file| file.is_file())
}

fn read(text: &str) -> Result<Preferences> {
    let place = |at: usize| {
        let Place { line, column } = Place::of_byte(text, at);
        format!("line {line}, column {column}")
    };
    let file: File = toml::from_str(text).map_err(|error| {
        let at = error.span().map(|span| format!("{}: ", place(span.start))).unwrap_or_default();
        let what = error.message().lines().collect::<Vec<_>>().join("; ");
        Error::input(format!("{at}{what}")).hint("what it may say: README, \"advisor.toml\"")
    })?;
    let mut preferences = Preferences::default();
    for (rule, weight) in file.rules {
        let at = place(rule.span().start);
        let factor = weight.factor().ok_or_else(|| {
            Error::input(format!("{at}: the weight of `{}` is negative or not a number", rule.get_ref()))
                .hint("1 is the usual weight, 0 switches the rule off")
        })?;
        preferences.weigh(rule.get_ref(), factor).ok_or_else(|| {
            Error::input(format!("{at}: there is no rule `{}`", rule.get_ref()))
                .hint("`advisor rules` lists them")
        })?;
    }
    Ok(preferences)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::rules::named;

    #[test]
    fn rules_are_weighed_and_switched_off() {
        let told = read(
            "[rules]\nsort-spills = false\nheap-fetches = 2.5\nhash-spills = 3\noffset-discards-rows = true",
        );
        let preferences = told.unwrap_or_default();
        for (rule, weight) in [
            ("sort-spills", 0.0),
            ("heap-fetches", 2.5),
            ("hash-spills", 3.0),
            ("offset-discards-rows", 1.0),
            ("scan-discards-rows", 1.0),
        ] {
            assert_eq!(named(rule).map(|rule| preferences.weight(rule)), Some(Factor(weight)), "{rule}");
        }
        assert_eq!(read("").ok(), Some(Preferences::default()));
    }

    #[test]
    fn what_cannot_be_used_is_refused_with_its_place() {
        for (text, expected) in [
            ("[rules]\nsort-spill = false", "line 2, column 1: there is no rule `sort-spill`"),
            ("\n[rules]\nsort-spills = -1", "line 3, column 1: the weight of `sort-spills` is negative"),
            (
                "[rules]\nsort-spills = nan",
                "line 2, column 1: the weight of `sort-spills` is negative or not a number",
            ),
            ("[rules]\nsort-spills = \"off\"", "line 2, column 15: expected `true`, `false`, or a weight"),
            ("[rule]\n", "line 1, column 2: unknown field `rule`"),
            ("[rules\n", "line 1, column 7: "),
        ] {
            let error = read(text).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.starts_with(expected), "{text:?}: {error}");
        }
    }
}
