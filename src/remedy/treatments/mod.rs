//! The kinds of help, one file each; a new one is a file and a line here.

mod bitmap_or;
mod brin_index;
mod btree_index;
mod covering_index;
mod expression_index;
mod foreign_key_index;
mod gin_index;
mod gist_index;
mod hash_index;
mod partial_index;
mod pattern_index;
mod trigram_index;

use super::Treatment;

/// Every treatment, in the order in which they are asked: where nothing can be tried, the first that speaks is suggested, and
/// where nothing is proposed, the last.
pub static TREATMENTS: &[&Treatment] = &[
    &btree_index::TREATMENT,
    &expression_index::TREATMENT,
    &pattern_index::TREATMENT,
    &partial_index::TREATMENT,
    &covering_index::TREATMENT,
    &gin_index::TREATMENT,
    &trigram_index::TREATMENT,
    &gist_index::TREATMENT,
    &bitmap_or::TREATMENT,
    &hash_index::TREATMENT,
    &brin_index::TREATMENT,
    &foreign_key_index::TREATMENT,
];
