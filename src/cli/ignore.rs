//! What the user's comments silence: `-- advisor:ignore RULE reason`.

use crate::diagnose::Preferences;
use crate::query::{Ignore, Place};
use crate::units::Factor;

/// The preferences for a statement with these comments, and a note for each of them: nothing is silenced silently.
/// `name` is the source's, `text` all of it.
pub fn heed(
    preferences: &Preferences,
    ignores: &[Ignore],
    (name, text): (&str, &str),
    notes: &mut Vec<String>,
) -> Preferences {
    let mut preferences = preferences.clone();
    for Ignore { rule, reason, offset } in ignores {
        let line = Place::of_byte(text, *offset).line;
        let why = if reason.is_empty() { "no reason is given".to_owned() } else { reason.clone() };
        notes.push(match preferences.weigh(rule, Factor(0.0)) {
            Some(()) => format!("`{rule}` is not looked for, as {name}:{line} says: {why}"),
            None => {
                format!("{name}:{line}: there is no rule `{rule}` to ignore; `advisor rules` lists them")
            }
        });
    }
    preferences
}
