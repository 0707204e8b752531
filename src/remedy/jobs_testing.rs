//! What the tests of treatments are made of: a table in a few words, and a plan as EXPLAIN prints it.

use super::{Case, Proposal, Treatment, propose, types};
use crate::catalog::{Catalog, Column, ColumnStatistics, Function, Index, IndexKey, Table, TableName};
use crate::diagnose::{Preferences, diagnose};
use crate::plan::read;
use crate::units::Bytes;

/// A table of 400,000 rows, all of its pages visible. Columns are `name | type | number of values | what else is known`: a
/// value's part of the rows (`failed 0.005`), `null 0.9`, `width 40`, `order 0.99`, `bytes` (ordered by bytes).
pub fn table(name: &str, columns: &[&str]) -> Table {
    Table {
        name: TableName { schema: "public".into(), name: name.into() },
        rows: 400_000.0,
        pages: 20_000,
        bytes: Bytes(20_000 * 8192),
        all_visible_pages: 20_000,
        columns: columns.iter().map(|text| column(text)).collect(),
        ..Table::default()
    }
}

fn column(text: &str) -> Column {
    let mut parts = text.split(" | ");
    let mut next = || parts.next().unwrap_or_default();
    let (name, type_name, distinct, known) = (next(), next(), next(), next());
    let mut statistics = ColumnStatistics {
        n_distinct: distinct.parse().unwrap_or(-1.0),
        avg_width: 8,
        ..ColumnStatistics::default()
    };
    let mut column = Column {
        name: name.into(),
        type_name: type_name.into(),
        base_type: types::base(type_name),
        btree: !types::is_unordered(type_name),
        ..Column::default()
    };
    for fact in known.split(", ").filter(|fact| !fact.is_empty()) {
        let (what, value) = fact.split_once(' ').unwrap_or((fact, "0"));
        let number: f64 = value.parse().expect(text);
        match what {
            "null" => statistics.null_frac = number,
            "width" => statistics.avg_width = number as u32,
            "order" => statistics.correlation = Some(number),
            "bytes" => column.ordered_by_bytes = true,
            value => statistics.most_common.push((value.to_owned(), number)),
        }
    }
    column.statistics = Some(statistics);
    column
}

/// A table with a column for each kind of index.
pub fn jobs() -> Table {
    table(
        "jobs",
        &[
            "id | bigint | -1 | order 1",
            "state | text | 3 | done 0.97, queued 0.02, failed 0.005",
            "tenant | integer | 1000",
            "country | text | 12 | US 0.34, JP 0.01",
            "shop | integer | 20",
            "created_at | timestamp with time zone | -1 | order 0.99",
            "run_at | timestamp without time zone | -1 | order 0.01",
            "archived_at | timestamp with time zone | -1 | null 0.01",
            "done | boolean | 2 | t 0.99, f 0.01",
            "email | character varying(80) | -1 | width 20",
            "payload | jsonb | -1 | width 300",
            "url | text | -1 | width 70",
            "code | character(6) | -1",
            "plain | text | -1 | bytes",
        ],
    )
}

/// A valid B-tree on these columns or expressions.
pub fn index(name: &str, keys: &[&str]) -> Index {
    let key = |key: &&str| IndexKey {
        column: Some((*key).to_owned()).filter(|key| !key.contains('(')),
        expression: (*key).to_owned(),
        default_opclass: true,
        default_collation: true,
        ..IndexKey::default()
    };
    let keys = keys.iter().map(key).collect();
    Index {
        name: name.into(),
        method: "btree".into(),
        keys,
        valid: true,
        bytes: Bytes(8192),
        ..Index::default()
    }
}

/// An immutable function of core over these types.
pub fn function(name: &str, arguments: &[&str]) -> Function {
    Function {
        schema: "pg_catalog".into(),
        name: name.into(),
        arguments: arguments.iter().map(|name| (*name).to_owned()).collect(),
        volatility: "i".into(),
    }
}

/// The plan of a scan of `jobs j` that keeps so many of its 400,000 rows, with these columns.
pub fn scan(output: &str, filter: &str, kept: u32) -> String {
    let filter = match filter {
        "" => String::new(),
        filter => format!("  Filter: {filter}\n  Rows Removed by Filter: {}\n", 400_000 - kept),
    };
    format!(
        "Seq Scan on public.jobs j  (cost=0.00..25000.00 rows={kept} width=37) (actual time=0.010..424.100 rows={kept} \
         loops=1)\n  Output: {output}\n{filter}Planning Time: 0.1 ms\nExecution Time: 424.2 ms\n"
    )
}

/// The same under a sort and a limit of ten rows.
pub fn top(output: &str, filter: &str, kept: u32, sort_key: &str) -> String {
    let below: String = scan(output, filter, kept)
        .lines()
        .take_while(|line| !line.starts_with("Planning"))
        .enumerate()
        .map(|(at, line)| format!("        {}{line}\n", if at == 0 { "->  " } else { "    " }))
        .collect();
    format!(
        "Limit  (cost=26000.00..26001.00 rows=10 width=37) (actual time=480.0..480.1 rows=10 loops=1)\n  Output: {output}\n  \
         ->  Sort  (cost=26000.00..26500.00 rows={kept} width=37) (actual time=480.0..480.0 rows=10 loops=1)\n        \
         Output: {output}\n        Sort Key: {sort_key}\n        Sort Method: top-N heapsort  Memory: 25kB\n{below}\
         Planning Time: 0.1 ms\nExecution Time: 480.2 ms\n"
    )
}

/// Everything proposed for this plan.
pub fn proposed(plan: &str, tables: Vec<Table>, functions: Vec<Function>, sql: Option<&str>) -> Proposal {
    let plan = read(plan).expect("a plan").plans.remove(0);
    let catalog = Catalog { tables, functions, ..Catalog::default() };
    let findings = diagnose(&plan, &catalog, &Preferences::default());
    propose(&Case { plan: &plan, findings: &findings, catalog: &catalog, sql })
}

/// What one treatment proposes, as SQL from `ON` on.
pub fn by(treatment: &Treatment, proposal: &Proposal) -> Vec<String> {
    let own = proposal.remedies.iter().filter(|remedy| remedy.treatment.id == treatment.id);
    let on = |sql: String| sql.split_once(" ON public.").map(|(_, on)| on.to_owned());
    own.flat_map(|remedy| remedy.sql()).filter_map(on).collect()
}
