//! The kinds of help, one file each; a new one is a file and a line here.

mod bitmap_or;
mod btree_index;
mod foreign_key_index;
mod gin_index;
mod gist_index;
mod trigram_index;

use super::Treatment;

/// Every treatment, in the order in which they are asked.
pub static TREATMENTS: &[&Treatment] = &[
    &btree_index::TREATMENT,
    &gin_index::TREATMENT,
    &trigram_index::TREATMENT,
    &gist_index::TREATMENT,
    &bitmap_or::TREATMENT,
    &foreign_key_index::TREATMENT,
];
