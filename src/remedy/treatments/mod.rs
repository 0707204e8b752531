//! The kinds of help, one file each; a new one is a file and a line here.

mod btree_index;
mod expression_index;
mod foreign_key_index;

use super::Treatment;

/// Every treatment, in the order in which they are asked.
pub static TREATMENTS: &[&Treatment] = &[&btree_index::TREATMENT, &expression_index::TREATMENT, &foreign_key_index::TREATMENT];
