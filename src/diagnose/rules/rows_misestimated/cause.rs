//! Why the planner was wrong, where that is certain: what it knew leads to just the number that it expected.

use super::story::{self, list};
use crate::catalog::{Catalog, Table, TableName};
use crate::plan::{Node, Operator, Plan};
use crate::query::name::quote;
use crate::query::{Expr, Names};
use crate::units::{Factor, Rows, Share};

/// Why an estimate is wrong.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) enum Cause {
    /// The plan was made without the value of this parameter.
    Generic(String),
    /// ANALYZE never looked at the table.
    NeverAnalyzed(TableName),
    /// So many of the table's rows were written since ANALYZE looked at it.
    Stale(TableName, Rows, Rows),
    /// The table itself has another number of rows than the planner thinks.
    RowCount(TableName),
    /// Nothing is known of this expression of the table's, so that a constant part of the rows is taken.
    Default(TableName, String, &'static str),
    /// The column's value is none of so many most common ones, so that it is taken for an average one.
    Rare(TableName, String, String, usize),
    /// Each of these conditions keeps this part of the rows, and the planner multiplied them.
    Multiplied(TableName, Vec<(String, Share)>),
}

/// Autovacuum analyzes a table after a tenth of its rows were written (`autovacuum_analyze_scale_factor`): with twice
/// as many it did not get to it.
pub(in super::super) const STALE: Share = Share(0.2);

/// What selectivity functions take when they know nothing (selfuncs.h: `DEFAULT_EQ_SEL`, `DEFAULT_INEQ_SEL`,
/// `DEFAULT_MATCHING_SEL`, `DEFAULT_NOT_UNK_SEL`; 0.5 for a boolean expression, clausesel.c).
const DEFAULTS: [(Share, &str); 5] = [
    (Share(0.005), "0.5 %"),
    (Share(1.0 / 3.0), "a third"),
    (Share(0.010), "1 %"),
    (Share(0.995), "99.5 %"),
    (Share(0.5), "half"),
];

/// The planner scales the number of rows by the table's size of the moment and rounds: what is meant to be the same
/// may differ by that.
const THE_SAME: Factor = Factor(1.02);

/// Statistics of several columns are each from the same sample, of 30,000 rows by default; their product differs from
/// the planner's by rounding, and by no more than this.
const NEARLY_THE_SAME: Factor = Factor(1.25);

/// Of fewer rows than this, a part of the table may come out at the same number by chance.
const TELLING: Rows = Rows(20.0);

/// The reason that is certain, if any is.
pub(super) fn of(plan: &Plan, catalog: &Catalog, node: &Node) -> Option<Cause> {
    let conditions: Vec<Expr> = story::asked(node).filter_map(Expr::parse).collect();
    let terms: Vec<&Expr> = conditions.iter().flat_map(Expr::terms).collect();
    if let Some(parameter) = parameter(plan, node) {
        return Some(Cause::Generic(parameter));
    }
    if !node.operator.reads_table() || node.parallel_aware {
        return None;
    }
    let relation = node.relation.as_ref()?;
    let estimated = node.estimate?.rows;
    let known = catalog.table(relation);
    let schema = relation.schema.clone().unwrap_or_default();
    let name = TableName { schema, name: relation.name.clone() };
    if node.conditions.is_empty() && node.operator == Operator::SeqScan {
        return Some(Cause::RowCount(name));
    }
    let read = node.rows_read().filter(|_| node.operator == Operator::SeqScan);
    let read = read.map(|rows| Rows(rows.0 / node.loops().max(1.0)));
    let tables = known.map(|table| Rows(table.rows)).into_iter().chain(read);
    let all: Vec<Rows> = tables.filter(|rows| rows.0 > 0.0).collect();
    // ANALYZE keeps statistics of what is indexed (manual, "Extended Statistics").
    let indexed =
        known.is_some_and(|table| table.indexes.iter().flat_map(|i| &i.keys).any(|k| k.column.is_none()));
    let terms_without_statistics: &[&Expr] = if indexed { &[] } else { &terms };
    default(name, terms_without_statistics, estimated, &all)
        .or_else(|| never_analyzed(known?, &terms))
        .or_else(|| multiplied(known?, &terms, estimated, node))
        .or_else(|| stale(known?))
        .or_else(|| rare(known?, &terms, estimated))
}

/// A parameter of the statement in one of the node's conditions.
pub(in super::super) fn parameter(plan: &Plan, node: &Node) -> Option<String> {
    let conditions: Vec<Expr> = story::asked(node).filter_map(Expr::parse).collect();
    conditions.iter().find_map(|condition| story::unknown(plan, condition))
}

fn default(table: TableName, terms: &[&Expr], estimated: Rows, all: &[Rows]) -> Option<Cause> {
    let [term] = terms else { return None };
    let expression = story::computed(term).or(match term {
        Expr::Call { .. } if !term.columns().is_empty() => Some(term),
        _ => None,
    })?;
    let (_, taken) = DEFAULTS.into_iter().find(|(share, _)| {
        all.iter().any(|rows| rows.0 * share.0 >= TELLING.0 && within(estimated, *rows * share.0, THE_SAME))
    })?;
    Some(Cause::Default(table, expression.sql(Names::Bare), taken))
}

/// Whether the table was never analyzed, and none of these conditions' columns has statistics all the same: the
/// counters of the statistics collector can be lost.
pub(in super::super) fn never_analyzed(table: &Table, terms: &[&Expr]) -> Option<Cause> {
    let names: Vec<&str> = terms.iter().flat_map(|term| term.columns()).map(|(_, name)| name).collect();
    let columns: Vec<_> = names.into_iter().filter_map(|name| table.column(name)).collect();
    let unknown = !columns.is_empty() && columns.iter().all(|column| column.statistics.is_none());
    (!table.analyzed && table.readable && unknown).then(|| Cause::NeverAnalyzed(table.name.clone()))
}

/// Whether a large part of the table was written since ANALYZE looked at it.
pub(in super::super) fn stale(table: &Table) -> Option<Cause> {
    let modified = Rows(table.modified_since_analyze? as f64);
    let stale = table.analyzed && modified.0 > 0.0 && modified.0 >= STALE.0 * table.rows.max(0.0);
    stale.then(|| Cause::Stale(table.name.clone(), modified, Rows(table.rows.max(0.0))))
}

fn rare(table: &Table, terms: &[&Expr], estimated: Rows) -> Option<Cause> {
    let [term] = terms else { return None };
    let (column, values) = equality(term)?;
    let [Some(value)] = values.as_slice() else { return None };
    let common = &table.column(&column)?.statistics.as_ref()?.most_common;
    let listed = common.is_empty() || common.iter().any(|(listed, _)| listed == value);
    let average = *Some(&table.equal(&column, &values)?).filter(|_| !listed)?;
    within(estimated, Rows(table.rows) * average.0, NEARLY_THE_SAME)
        .then(|| Cause::Rare(table.name.clone(), column, value.clone(), common.len()))
}

fn multiplied(table: &Table, terms: &[&Expr], estimated: Rows, node: &Node) -> Option<Cause> {
    let came = node.actual?.rows;
    let parts: Option<Vec<(String, Share)>> = terms.iter().map(|term| kept(table, term)).collect();
    let parts = parts.filter(|parts| parts.len() > 1 && came.0 > estimated.0)?;
    let mut columns: Vec<&str> = parts.iter().map(|(column, _)| column.as_str()).collect();
    columns.sort_unstable();
    columns.dedup();
    let product = parts.iter().map(|(_, part)| part.0).product::<f64>() * table.rows;
    // What came passed each of the conditions; the statistics of one of them would have to be wrong otherwise.
    let possible = parts.iter().all(|(_, part)| part.0 * table.rows * NEARLY_THE_SAME.0 >= came.0);
    let alike = within(estimated, Rows(product), NEARLY_THE_SAME);
    (columns.len() == parts.len() && possible && alike).then(|| Cause::Multiplied(table.name.clone(), parts))
}

/// The part of the rows that a comparison of one column keeps by the planner's own statistics.
fn kept(table: &Table, term: &Expr) -> Option<(String, Share)> {
    let (column, values) = equality(term)?;
    let part = table.equal(&column, &values)?;
    Some((column, part))
}

/// `column = 'constant'`, also under a cast to text.
fn equality(term: &Expr) -> Option<(String, Vec<Option<String>>)> {
    let column = |side: &Expr| side.bare_column(|_, _| true).map(|(_, name)| name.to_owned());
    match term {
        Expr::Compare { op, left, right } if op == "=" => match right.as_ref() {
            Expr::Literal { text, .. } => Some((column(left)?, vec![Some(text.clone())])),
            _ => None,
        },
        Expr::AnyAll { op, left, list, all: false } if op == "=" => Some((column(left)?, list.elements()?)),
        Expr::IsNull { arg, negated: false } => Some((column(arg)?, vec![None])),
        _ => None,
    }
}

/// The planner never expects less than one row (costsize.c, `clamp_row_est`), and rounds.
fn within(estimated: Rows, computed: Rows, tolerance: Factor) -> bool {
    let (a, b) = (estimated.0.max(1.0), computed.0.max(1.0));
    (a - b).abs() <= 1.0 || (a / b).max(b / a) <= tolerance.0
}

impl Cause {
    /// Why, as a clause behind `because`.
    pub(super) fn why(&self) -> String {
        match self {
            Self::Generic(parameter) => {
                format!("the plan is generic: it does not know the value of {parameter}")
            }
            Self::NeverAnalyzed(table) => format!("{table} was never analyzed"),
            Self::Stale(table, modified, rows) => {
                format!("{modified} rows of {table} were written since it was analyzed, when it had {rows}")
            }
            Self::RowCount(table) => format!("it has an old count of the rows of {table}"),
            Self::Default(_, expression, share) => {
                format!(
                    "it has no statistics of {expression} and takes a constant for that, {share} of the rows"
                )
            }
            Self::Rare(_, column, value, common) => format!(
                "its list of the most common values of {column} ({common} of them) does not hold '{value}', which it takes \
                 for an average one"
            ),
            Self::Multiplied(_, parts) => {
                let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
                let shares: Vec<String> = parts.iter().map(|(_, share)| share.to_string()).collect();
                let shares: Vec<&str> = shares.iter().map(String::as_str).collect();
                format!(
                    "it multiplies what the conditions on {} keep alone ({})",
                    list(&names),
                    list(&shares)
                )
            }
        }
    }

    /// What to do about it, as a sentence.
    pub(in super::super) fn next(&self) -> String {
        match self {
            Self::Generic(_) => {
                "`SET LOCAL plan_cache_mode = force_custom_plan` would have the plan made for the value \
                                 at hand, at the price of planning each time."
                    .to_owned()
            }
            Self::NeverAnalyzed(table) => format!(
                "`ANALYZE {};` would tell the planner what is in it; autovacuum should do that (is `autovacuum_enabled` off, \
                 or the table just made?).",
                table.sql()
            ),
            Self::Stale(table, ..) | Self::RowCount(table) => format!(
                "`ANALYZE {0};` would tell the planner what is in it now; a smaller `autovacuum_analyze_scale_factor` (ALTER \
                 TABLE {0} SET …) has that done in time.",
                table.sql()
            ),
            Self::Default(table, expression, _) => format!(
                "`CREATE STATISTICS {1} ON ({expression}) FROM {0}` (14 and later) or an index on that expression, and `ANALYZE {0}`, \
                 would give it statistics; so would comparing the column itself.",
                table.sql(),
                statistics_of(table, &["expression"])
            ),
            Self::Rare(table, column, ..) => format!(
                "`ALTER TABLE {0} ALTER COLUMN {1} SET STATISTICS 1000; ANALYZE {0};` would have more values counted one \
                 by one.",
                table.sql(),
                quote(column)
            ),
            Self::Multiplied(table, parts) => {
                let names: Vec<&str> = parts.iter().map(|(column, _)| column.as_str()).collect();
                let columns: Vec<String> = names.iter().map(|name| quote(name)).collect();
                format!(
                    "`CREATE STATISTICS {} (dependencies, mcv) ON {} FROM {}`, and ANALYZE, would tell the planner that they \
                     go together.",
                    statistics_of(table, &names),
                    columns.join(", "),
                    table.sql()
                )
            }
        }
    }
}

/// A name for extended statistics; before 16 they must have one (manual, "CREATE STATISTICS").
fn statistics_of(table: &TableName, what: &[&str]) -> String {
    quote(&format!("{}_{}", table.name, what.join("_")))
}

#[cfg(test)]
mod tests;
