//! A B-tree over the few rows that a constant condition wants.

use crate::query::Expr;
use crate::remedy::access::{Access, Equality};
use crate::remedy::candidate::{Candidate, remedies};
use crate::remedy::existing::{Standing, standing};
use crate::remedy::index::KeyValue;
use crate::remedy::wishes::{Wish, by_order, by_range, narrowing, obstacle, ordered, worth_a_look};
use crate::remedy::{Case, Key, Proposal, Treatment, plain, types};
use crate::units::Share;

/// `partial-index`.
pub static TREATMENT: Treatment = Treatment {
    id: "partial-index",
    title: "A B-tree over the rows that a constant condition wants",
    doc: "A condition that is the same in every run of the statement, and that few rows pass, need not be a key: an index with \
          this WHERE holds only those rows, is small, and is written only with them (manual, \"Partial Indexes\"). So with \
          `state = 'failed' AND archived_at IS NULL`, with queues, with flags. Its keys are what the statement asks besides: its \
          order, a range, other equalities, a join; and where it asks nothing, the primary key.\n\n\
          Silent where the statistics do not say that the rows are few, where the value may be another one next time (it is no \
          constant of the statement's text, or the column has many values or evenly spread ones, such as countries, or is a number: \
          `customer_id = 42` is one customer of many).",
    propose,
};

/// More rows than this make the index a large part of a whole one.
const RARE: Share = Share(0.2);

/// A column with more values than these is no state, kind or flag: a constant beside it stands for many others.
const STATES: f64 = 32.0;

/// Where rows go through states, most of them lie in the last one. Of kinds that are spread out more evenly, such as
/// countries, the next caller asks for another.
const LIE_IN_ONE: Share = Share(0.75);

/// A number that is compared with a constant is mostly somebody's key, and another one next time; of so few numbers it is a
/// flag: `deleted = 0`.
const FLAGS: f64 = 3.0;

/// Alternatives beside each other.
const ALTERNATIVES: usize = 3;

fn propose(case: &Case) -> Proposal {
    let mut proposal = Proposal::default();
    for access in worth_a_look(case) {
        if obstacle(&access).is_none() {
            let (remedies, _) = remedies(case, &access, &TREATMENT, candidates(case, &access));
            proposal.remedies.extend(remedies);
        }
    }
    proposal
}

/// A term that may be an index's WHERE.
struct Fixed<'a> {
    term: &'a Expr,
    column: String,
    /// The part of the rows that pass.
    part: f64,
}

fn candidates(case: &Case, access: &Access) -> Vec<Candidate> {
    let mut fixed: Vec<Fixed> = access.terms.iter().filter_map(|term| fixed(case, access, term)).collect();
    // The plan has them in the order of their costs, the statement in that of its author.
    fixed.sort_by_key(|fixed| place(case.sql, &fixed.column));
    // Independent of each other, as the planner takes them; at least the rarest alone is known to be rare.
    let part: f64 = fixed.iter().map(|fixed| fixed.part).product();
    if fixed.is_empty() || part > RARE.0 {
        return Vec::new();
    }
    let terms: Vec<&Expr> = fixed.iter().map(|fixed| fixed.term).collect();
    let predicate = plain::predicate(&terms, access.table);
    let of_fixed = |value: &KeyValue| fixed.iter().any(|fixed| value.column() == Some(fixed.column.as_str()));
    let mut rest = access.clone();
    rest.equalities.retain(|equality| !of_fixed(&equality.value));
    rest.ranges.retain(|range| !of_fixed(&range.value));
    let wishes = keys(access, &rest, &fixed);
    wishes
        .into_iter()
        .filter(|wish| !is_there_whole(access, &fixed, wish))
        .take(ALTERNATIVES)
        .map(|wish| {
            let mut candidate = Candidate::btree(access, wish);
            candidate.why = format!(
                "{} of the rows pass `{predicate}`, and it holds no others: {}",
                Share(part),
                candidate.why
            );
            candidate.index = candidate.index.only(&predicate);
            candidate
        })
        .collect()
}

/// What the statement asks besides, the best argued first.
fn keys(access: &Access, rest: &Access, fixed: &[Fixed]) -> Vec<Wish> {
    let equalities = ordered(rest, rest.equalities.clone());
    let mut found: Vec<Wish> = Vec::new();
    found.extend(by_order(rest, &equalities));
    found.extend(by_range(rest, &equalities, rest.ranges.first()));
    if !rest.joined.is_empty() {
        let narrowing = narrowing(rest, &equalities).into_iter().map(|equality| &equality.value);
        let further = narrowing.filter(|value| !rest.joined.contains(value));
        let keys: Vec<Key> = rest.joined.iter().chain(further).cloned().map(Key::of).collect();
        found.push(Wish { free: keys.len(), keys, why: "the join looks rows up by its keys".to_owned() });
    }
    if found.is_empty() {
        found.extend(by_itself(access, fixed));
    }
    found.dedup_by(|one, other| one.keys == other.keys);
    found
}

/// Where nothing else is asked: a column that the rows have anyway, which an update rarely changes.
fn by_itself(access: &Access, fixed: &[Fixed]) -> Option<Wish> {
    let primary =
        access.root.indexes.iter().find(|index| index.constraint && index.unique && index.keys.len() == 1);
    let column = primary.and_then(|index| index.keys.first()?.column.clone());
    let column = column.or_else(|| fixed.first().map(|fixed| fixed.column.clone()))?;
    Some(Wish { keys: vec![Key::ascending(column)], free: 0, why: "every row in it is wanted".to_owned() })
}

/// Whether an index over all rows finds these as quickly: with the fixed columns before the keys.
fn is_there_whole(access: &Access, fixed: &[Fixed], wish: &Wish) -> bool {
    let leading = fixed.iter().map(|fixed| Key::ascending(&fixed.column));
    let keys: Vec<Key> = leading.chain(wish.keys.iter().cloned()).collect();
    let free = fixed.len() + wish.free;
    let single = fixed.iter().all(|fixed| matches!(fixed.term, Expr::Compare { op, .. } if op == "="));
    single && matches!(standing(access.root, &keys, free), Standing::Served { .. })
}

/// A term that compares a column with constants, is the same next time, and is told by the statistics to be rare or at least not
/// common.
fn fixed<'a>(case: &Case, access: &Access, term: &'a Expr) -> Option<Fixed<'a>> {
    let (column, part, constants) = match term {
        Expr::IsNull { arg, negated: true } => {
            let column = access.column(arg)?;
            let nulls = access.table.equal(&column, &[None])?;
            (column, 1.0 - nulls.0, Vec::new())
        }
        Expr::Compare { op, left, right } if op == "<>" || op == DISTINCT => {
            let column = access.column(left)?;
            let Expr::Literal { text, .. } = &**right else { return None };
            let values = vec![Some(text.clone())];
            let part = others(access, &column, &values, op == DISTINCT)?;
            (column, part, values)
        }
        Expr::AnyAll { op, left, list, all: true } if op == "<>" => {
            let column = access.column(left)?;
            let values = list.elements().filter(|values| values.iter().all(Option::is_some))?;
            let part = others(access, &column, &values, false)?;
            (column, part, values)
        }
        _ => {
            let Equality { value, values, .. } = access.equality(term)?;
            let column = value.column()?.to_owned();
            if values.is_empty() {
                return None;
            }
            let part = access.table.equal(&column, &values)?.0;
            (column, part, values)
        }
    };
    let about_null = matches!(term, Expr::IsNull { .. });
    let few = about_null || is_state(access, &column)?;
    let same = about_null || constants.iter().flatten().all(|value| is_in_text(case.sql, value));
    (few && same && part <= 0.5).then_some(Fixed { term, column, part })
}

/// Which NULL passes, other than `<>` (manual, "Comparison Functions and Operators").
const DISTINCT: &str = "IS DISTINCT FROM";

/// The part of the rows that have none of these values.
fn others(access: &Access, column: &str, values: &[Option<String>], nulls: bool) -> Option<f64> {
    let part = |values: &[Option<String>]| access.table.equal(column, values).map(|share| share.0);
    let without = if nulls { 0.0 } else { part(&[None])? };
    Some((1.0 - part(values)? - without).max(0.0))
}

/// Where the statement's conditions first name the column; last, where they do not.
fn place(sql: Option<&str>, column: &str) -> usize {
    let lower = sql.map(str::to_ascii_lowercase).unwrap_or_default();
    let conditions = lower.find("where").unwrap_or_default();
    lower.get(conditions..).and_then(|text| text.find(&column.to_ascii_lowercase())).unwrap_or(usize::MAX)
}

/// Whether the column has so few values that each is a state of its own, and one of them is nearly all there is.
fn is_state(access: &Access, column: &str) -> Option<bool> {
    let column = access.table.column(column)?;
    let statistics = column.statistics.as_ref()?;
    let values = statistics.distinct(access.table.rows);
    let common = statistics.most_common.iter().map(|(_, part)| *part).fold(statistics.null_frac, f64::max);
    let name = types::of(column);
    // Strings, flags and enums; of other types, times for one, a value is never a state.
    let named = types::is_string(&name) || column.category == "E";
    let is_state = named && values <= STATES && common >= LIE_IN_ONE.0;
    Some(is_state || name == "boolean" || types::is_number(&name) && values <= FLAGS)
}

/// Whether the statement's own text has the constant: a parameter may be another one next time. Of a flag, `t` and `f` are not
/// written so.
fn is_in_text(sql: Option<&str>, value: &str) -> bool {
    let Some(sql) = sql else { return false };
    let parameters = sql.contains('$');
    match value {
        "t" | "f" => !parameters,
        value => sql.contains(&value.replace('\'', "''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Table;
    use crate::remedy::jobs_testing::{by, index, jobs, proposed, scan, top};

    #[test]
    fn a_rare_constant_condition_becomes_the_where() {
        let sql = Some("SELECT * FROM jobs WHERE … 'failed' … 'done' … 42 … 'JP' …");
        let filters: [(&str, &[&str]); 16] = [
            (
                "(j.state <> ALL ('{done,42}'::text[]))",
                &["jobs (state) WHERE state <> ALL ('{done,42}'::text[]);"],
            ),
            ("(j.state <> ALL ('{done,NULL}'::text[]))", &[]),
            ("(j.state <> ALL ($1))", &[]),
            (
                "(j.state IS DISTINCT FROM 'done'::text)",
                &["jobs (state) WHERE state IS DISTINCT FROM 'done';"],
            ),
            ("(j.state = 'failed'::text)", &["jobs (state) WHERE state = 'failed';"]),
            ("((j.state = 'failed'::text) AND (j.tenant = 5))", &["jobs (tenant) WHERE state = 'failed';"]),
            (
                "((j.archived_at IS NULL) AND (j.run_at > '2024-01-01 00:00:00'::timestamp without time zone))",
                &["jobs (run_at) WHERE archived_at IS NULL;"],
            ),
            ("((NOT j.done) AND (j.tenant = 5))", &["jobs (tenant) WHERE NOT done;"]),
            ("(j.state <> 'done'::text)", &["jobs (state) WHERE state <> 'done';"]),
            ("(j.state = 'done'::text)", &[]),
            ("(j.tenant = 42)", &[]),
            ("(j.country = 'JP'::text)", &[]),
            ("(j.shop = 42)", &[]),
            ("(j.state = 'queued'::text)", &[]),
            ("(j.state = $1)", &[]),
            ("(j.archived_at IS NOT NULL)", &[]),
        ];
        for (filter, expected) in filters {
            let proposal = proposed(&scan("j.*", filter, 9), vec![jobs()], Vec::new(), sql);
            assert_eq!(by(&TREATMENT, &proposal), expected, "{filter}");
        }
        let queue = "((j.state = 'failed'::text) AND (j.archived_at IS NULL))";
        let plan = top("j.id", queue, 2000, "j.run_at");
        assert_eq!(
            by(&TREATMENT, &proposed(&plan, vec![jobs()], Vec::new(), sql)),
            ["jobs (run_at) WHERE state = 'failed' AND archived_at IS NULL;"]
        );
    }

    #[test]
    fn an_index_over_all_rows_that_finds_them_is_enough() {
        let table = Table { indexes: vec![index("jobs_state", &["state", "tenant"])], ..jobs() };
        let plan = scan("j.*", "((j.state = 'failed'::text) AND (j.tenant = 5))", 9);
        let sql = Some("SELECT * FROM jobs WHERE state = 'failed' AND tenant = 5");
        assert_eq!(by(&TREATMENT, &proposed(&plan, vec![table], Vec::new(), sql)), [""; 0]);
    }
}
