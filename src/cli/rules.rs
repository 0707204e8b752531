//! `advisor rules`: what is looked for, and what a finding means.

use super::args::{Format, RulesArgs};
use super::output;
use crate::diagnose::rules::{RULES, named};
use crate::diagnose::{Preferences, Rule};
use crate::error::{Error, ExitCode, Result};
use crate::report;

/// Runs the command.
pub fn rules(args: &RulesArgs, preferences: &Preferences) -> Result<ExitCode> {
    output::check(args.output.output.as_deref())?;
    let chosen: Vec<&Rule> = args.names.iter().map(|name| find(name)).collect::<Result<_>>()?;
    let all = if chosen.is_empty() { RULES } else { &chosen };
    let style = output::style(&args.output);
    let text = match args.output.chosen_format() {
        Format::Text if chosen.is_empty() && !args.output.all => report::rules_list(all, preferences, &style),
        Format::Text => report::rules_whole(all, preferences, &style),
        Format::Markdown => report::rules_markdown(all),
        Format::Json => report::rules_json(all, preferences),
        Format::Sql => return Err(output::no_migration("rules")),
    };
    output::deliver(&text, args.output.output.as_deref())?;
    Ok(ExitCode::Fine)
}

fn find(name: &str) -> Result<&'static Rule> {
    named(name).ok_or_else(|| {
        let near = RULES.iter().map(|rule| rule.id).filter(|id| alike(id, name));
        let near: Vec<String> = near.map(|id| format!("`{id}`")).collect();
        let hint = match near.as_slice() {
            [] => "`advisor rules` lists them".to_owned(),
            near => format!("perhaps {}? `advisor rules` lists them all", near.join(" or ")),
        };
        Error::input(format!("there is no rule `{name}`")).hint(hint)
    })
}

/// Whether a name that is none has a word in common with a rule's.
fn alike(id: &str, name: &str) -> bool {
    let stem = |word: &str| word.trim_end_matches('s').to_ascii_lowercase();
    let words: Vec<String> = id.split('-').map(stem).filter(|word| word.len() > 3).collect();
    name.split(['-', '_', ' ']).map(stem).any(|word| words.contains(&word))
}
