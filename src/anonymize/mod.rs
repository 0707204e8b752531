//! The same plan with other names and literals, for sharing.
//!
//! A plan is rewritten where it stands: what EXPLAIN itself says (its keys, its figures, SQL's grammar, PostgreSQL's
//! own types and functions) is known and stays; everything else is replaced, in doubt too. The same name becomes the
//! same replacement everywhere, and so does the same literal.

mod expression;
mod grammar;
mod json;
mod keys;
mod literal;
mod names;
mod text;
mod title;
mod vocabulary;
mod xml;
mod yaml;

use self::names::{Kind, Names};
use crate::error::{Error, Result};
use crate::plan::{self, Format, Piece, Plan};

/// What came of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anonymized {
    /// The plans, in the formats in which they were given, one after the other.
    pub text: String,
    /// Each replacement and what it stands for, in the order in which they came up.
    pub mapping: Vec<(String, String)>,
    /// What the reader must know: what was left out.
    pub notes: Vec<String>,
}

/// Rewrites every plan of a text. What stood around the plans is left out.
pub fn anonymize(text: &str) -> Result<Anonymized> {
    let (pieces, around) = plan::pieces(text)?;
    let before = plan::read(text)?;
    let mut names = Names::beside(text);
    before.plans.iter().for_each(|plan| introduce(&mut names, plan));
    let parts: Vec<String> = pieces.iter().map(|piece| rewritten(&mut names, piece)).collect();
    let mut told = parts.join("\n");
    if !told.ends_with('\n') {
        told.push('\n');
    }
    // What cannot be read any more is no use to whoever gets it, and must not be trusted to be clean.
    let after = plan::read(&told).ok().map(|reading| reading.plans);
    if after.as_deref().map(sizes) != Some(sizes(&before.plans)) {
        return Err(Error::input("the plan cannot be rewritten: it does not read back as it was")
            .hint("give me the output of EXPLAIN (FORMAT JSON) by itself"));
    }
    let mut notes = before.notes;
    if around {
        let formats = formats(&pieces);
        notes.insert(0, format!("what stood around the plan was left out; the plan itself is {formats}"));
    }
    Ok(Anonymized { text: told, mapping: names.mapping(), notes })
}

fn sizes(plans: &[Plan]) -> Vec<usize> {
    plans.iter().map(|plan| plan.nodes.len()).collect()
}

fn formats(pieces: &[Piece]) -> &'static str {
    match pieces.first().map(|piece| piece.format) {
        Some(Format::Json) => "JSON",
        Some(Format::Yaml) => "YAML",
        Some(Format::Xml) => "XML",
        _ => "text",
    }
}

/// Gives the names of tables, indexes and the like their kind before they are met in expressions.
fn introduce(names: &mut Names, plan: &Plan) {
    for node in &plan.nodes {
        let relation = node.relation.as_ref();
        let said = [
            (Kind::Table, relation.map(|relation| &relation.name)),
            (Kind::Schema, relation.and_then(|relation| relation.schema.as_ref())),
            (Kind::Index, node.index.as_ref()),
            (Kind::Cte, node.cte.as_ref()),
            (Kind::Alias, relation.and_then(|relation| relation.alias.as_ref()).or(node.alias.as_ref())),
        ];
        for (kind, name) in said {
            if let Some(name) = name {
                names.name(kind, name);
            }
        }
    }
}

fn rewritten(names: &mut Names, piece: &Piece) -> String {
    match piece.format {
        Format::Json => json::rewrite(names, &piece.text),
        Format::Yaml => yaml::rewrite(names, &piece.text),
        Format::Xml => xml::rewrite(names, &piece.text),
        Format::Text => {
            let statement = piece.statement.as_deref().map(|sql| {
                let sql = expression::statement(names, sql);
                format!("Query Text: {}\n", text::on_one_line(&sql))
            });
            statement.unwrap_or_default() + &text::rewrite(names, &piece.text)
        }
    }
}

#[cfg(test)]
mod tests;
