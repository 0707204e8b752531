//! The symptoms, one file each; a new one is a file and a line here.

mod scan_discards_rows;

use super::Rule;

/// Every rule, in the order of the docs.
pub static RULES: &[&Rule] = &[&scan_discards_rows::RULE];

/// The rule of this id.
pub fn named(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}
