//! The plan as a table with a tree in it: what each node took, and which are guilty.

pub(super) mod branch;
mod details;
mod table;

use unicode_width::UnicodeWidthStr;

pub(super) use self::details::condition_name;
use self::table::{Cells, Table};
use super::ink::{Line, Page, Paint, Style};
use super::wording;
use crate::diagnose::Finding;
use crate::plan::{Node, Plan, off_by};
use crate::units::{Factor, Ms, Rows};

/// An estimate that is off by less than this rarely changes a plan, and is not pointed at.
const FAR_OFF: Factor = Factor(10.0);

/// A condition longer than this is cut, unless everything is wanted.
const CONDITION: usize = 240;

/// A condition that wraps, and would have fewer columns than this beside the tree, stands under the whole row.
const CONDITION_COLUMNS: usize = 40;

/// Writes the plan; `findings` are those that the reader has seen, in the order of their numbers.
pub(super) fn write(page: &mut Page, plan: &Plan, findings: &[Finding]) {
    let style = page.style;
    let whole = plan.total() + plan.planning.unwrap_or_default();
    let nodes: Vec<Cells> = plan.nodes.iter().map(|node| cells(style, node, whole, findings)).collect();
    let beside: Vec<(String, Cells)> =
        beside(plan).map(|(label, time)| (label, timed(style, time, whole))).collect();
    let table = Table::of(style, plan, nodes.iter().chain(beside.iter().map(|(_, cells)| cells)));
    let estimated = if plan.is_measured() { "" } else { "the planner's estimates" };
    page.line(table.head().with(Paint::Dim, estimated));
    for (node, cells) in plan.nodes.iter().zip(&nodes) {
        page.line(row(style, plan, &table, node, cells));
        if style.all || !cells.marks.is_empty() {
            conditions(page, plan, &table, node);
        }
    }
    for (label, cells) in &beside {
        page.line(table.row(cells).with(Paint::Dim, label));
    }
    footnotes(page, plan);
}

fn cells(style: &Style, node: &Node, whole: Ms, findings: &[Finding]) -> Cells {
    let numbers =
        findings.iter().enumerate().filter(|(_, f)| f.everywhere().any(|f| f.node == Some(node.id)));
    let numbers: Vec<String> = numbers.map(|(i, _)| (i + 1).to_string()).collect();
    let marks = if numbers.is_empty() { String::new() } else { format!("●{}", numbers.join(",")) };
    let expected = node.estimate.map(|e| e.rows);
    let came = node.actual.map(|a| a.rows).filter(|_| node.ran());
    let off = expected.zip(came).and_then(|(e, c)| off_by(e, c)).filter(|off| off.0 >= FAR_OFF.0);
    let time = match (node.own, node.actual, node.estimate) {
        (Some(own), ..) if node.ran() => timed(style, own.exclusive, whole),
        (None, None, Some(e)) => Cells { time: wording::cost(e.total_cost), ..Cells::default() },
        _ => Cells::default(),
    };
    Cells {
        marks: style.clean(&marks),
        expected: expected.map(|rows| rows.to_string()).unwrap_or_default(),
        came: came.map(|rows| rows.to_string()).unwrap_or_default(),
        off: style.clean(&off.map(|off| format!("({off})")).unwrap_or_default()),
        arrow: if expected.and(came).is_none() {
            ""
        } else if style.unicode {
            "→"
        } else {
            "->"
        },
        ..time
    }
}

fn timed(style: &Style, time: Ms, whole: Ms) -> Cells {
    let share = time.share_of(whole);
    let bar = table::bar(style, share.0);
    Cells { time: time.to_string(), share: share.to_string(), bar, ..Cells::default() }
}

/// What took time beside the nodes.
fn beside(plan: &Plan) -> impl Iterator<Item = (String, Ms)> {
    let planning = plan.planning.map(|time| ("planning".to_owned(), time));
    let serialization = plan.serialization.map(|time| ("serialization of the result".to_owned(), time));
    let triggers = plan.triggers.iter().map(|t| {
        let name = t.constraint.as_deref().map_or(t.name.clone(), |c| format!("for constraint {c}"));
        let calls = wording::count(t.calls, "call", "calls");
        (format!("trigger {name} on {} · {calls}", t.relation), t.time)
    });
    planning.into_iter().chain(serialization).chain(triggers).filter(|_| plan.is_measured())
}

fn row(style: &Style, plan: &Plan, table: &Table, node: &Node, cells: &Cells) -> Line {
    let never = node.actual.is_some() && !node.ran();
    // As many loops: rows are those of one of them.
    let suffix = match node.actual {
        Some(_) if never => " · never executed".to_owned(),
        Some(actual) if actual.loops > 1.0 => format!(" ×{}", Rows(actual.loops)),
        _ => String::new(),
    };
    let name = node.subplan_name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
    let label = style.clean(&format!("{name}{}", node.label()));
    let branch = branch::at(plan, node, style.columns());
    let room = style.columns().saturating_sub(table.width() + branch.width() + suffix.width());
    let paint = match (cells.marks.is_empty(), never) {
        (false, _) => Paint::Guilty,
        (_, true) => Paint::Dim,
        _ => Paint::Plain,
    };
    let line = table.row(cells).with(Paint::Dim, branch);
    line.with(paint, style.cut(&label, room)).with(Paint::Dim, style.clean(&suffix))
}

/// What a node was asked to do, on lines of its own.
fn conditions(page: &mut Page, plan: &Plan, table: &Table, node: &Node) {
    let columns = page.style.columns();
    let beside = " ".repeat(table.width()) + &branch::below(plan, node, columns);
    let room = columns.saturating_sub(beside.width());
    for text in details::of(node, page.style.all) {
        let text = if page.style.all { text } else { page.style.cut(&page.style.clean(&text), CONDITION) };
        let wraps = text.width() > room && room < CONDITION_COLUMNS;
        let indent = if wraps { "    ".to_owned() } else { beside.clone() };
        let head = Line::new().with(Paint::Dim, indent.clone());
        let hang = Line::new().with(Paint::Dim, format!("{indent}  "));
        page.wide_text(head, hang, Line::new().with(Paint::Dim, text));
    }
}

fn footnotes(page: &mut Page, plan: &Plan) {
    let dim = |text: String| Line::new().with(Paint::Dim, text);
    if let Some(jit) = &plan.jit {
        let took = jit.total.map(|t| format!(" in {t}, which the times above hold")).unwrap_or_default();
        let functions = wording::count(jit.functions as f64, "function", "functions");
        page.text(dim("JIT: ".into()), dim(format!("compiled {functions}{took}")));
    }
    if !plan.settings.is_empty() {
        let settings = plan.settings.iter().map(|(name, value)| format!("{name} = {value}"));
        page.text(dim("Settings: ".into()), dim(settings.collect::<Vec<_>>().join(", ")));
    }
    let more = plan.extra.iter().filter_map(details::said).filter(|_| page.style.all);
    more.collect::<Vec<_>>().into_iter().for_each(|more| page.text(Line::new(), dim(more)));
}
