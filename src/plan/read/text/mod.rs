//! EXPLAIN's text: a tree by indentation, told to the builder under JSON's keys.

mod footer;
mod open;
mod property;
mod scan;
mod title;

use std::borrow::Cow;

use serde_json::{Map, Value};

use self::footer::Footer;
use self::open::{Node, Worker};
use super::builder::Builder;
use super::given::Given;
use super::{Broken, Part};
use crate::plan::node::NodeId;
use crate::plan::operator::Operator;

/// How many lines one literal may go on for.
const LONGEST_LITERAL: usize = 200;

/// Whether a plan may begin with this line; `next` is the one after it.
pub(super) fn begins(line: &str, next: Option<&str>) -> bool {
    let content = line.trim_ascii_start();
    let title = content.strip_prefix("->").map_or(content, str::trim_ascii_start);
    if !title.starts_with(|c: char| c.is_ascii_uppercase()) {
        return false;
    }
    if let Some(at) = title::figures_at(title) {
        let figures = title.get(at..).unwrap_or_default();
        let measured = |word: &str, amount: &str| figures.starts_with(word) && figures.contains(amount);
        return measured("(cost=", "..")
            || measured("(actual ", "=")
            || figures.starts_with("(never executed)");
    }
    // With COSTS OFF, only the words and the lines below tell.
    let indent = |line: &str| line.len() - line.trim_ascii_start().len();
    let deeper = next.is_none_or(|next| {
        let inner = next.trim_ascii_start();
        inner.is_empty()
            || inner.starts_with('(')
            || property::split(inner).is_some()
            || indent(next) > indent(line)
    });
    title::is_known(title) && deeper
}

/// Reads one plan, from the line at the start of `text` and until a line that is not part of it.
pub(super) fn read(text: &str) -> Result<Part, Broken> {
    let mut reader = Reader::new(text);
    let mut end = 0;
    while let Some((line, after)) = reader.next_line(end) {
        reader.doubtful |= matches!(line, Cow::Owned(_));
        if !line.trim_ascii().is_empty() && !reader.line(&line, end)? {
            break;
        }
        end = after;
        if reader.cut.is_some() {
            break;
        }
    }
    // A label stands above a node.
    let waits = reader.label.is_some() && text.get(end..).unwrap_or_default().is_empty();
    let (cut, doubtful) = (reader.cut.or(waits.then_some(text.len())), reader.doubtful);
    Ok(Part { plans: reader.finish(end)?, end, cut, doubtful })
}

/// Whether a literal or a quoted name is still open at the end of a line.
pub(super) fn is_open(line: &str) -> bool {
    scan::is_open(line)
}

/// Whether it is `Key: value`.
pub(super) fn is_property(line: &str) -> bool {
    property::split(line).is_some()
}

/// Whether it is one of the lines below the tree.
pub(super) fn is_footer(line: &str) -> bool {
    Footer::default().line(line)
}

struct Reader<'a> {
    text: &'a str,
    builder: Builder,
    nodes: usize,
    open: Vec<Node>,
    /// `InitPlan 1`, `SubPlan 2`, `CTE x`, and its indentation: what the next node is.
    label: Option<(usize, String)>,
    /// The root's indentation.
    root: usize,
    /// Whether the root measured pages: then zeros are not printed.
    buffers: bool,
    /// Whether the root measured times: then a node that never ran has zeros.
    timed: bool,
    footer: Footer,
    cut: Option<usize>,
    /// Whether a line was not understood, or a literal went on in the next one.
    doubtful: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            builder: Builder::default(),
            nodes: 0,
            open: Vec::new(),
            label: None,
            root: 0,
            buffers: false,
            timed: false,
            footer: Footer::default(),
            cut: None,
            doubtful: false,
        }
    }

    /// The line at this place, with those in which a literal of it goes on, and where the next one begins.
    fn next_line(&self, at: usize) -> Option<(Cow<'a, str>, usize)> {
        let rest = self.text.get(at..).filter(|rest| !rest.is_empty())?;
        let mut lines = rest.split_inclusive('\n');
        let first = lines.next()?;
        let after = at + first.len();
        let line = first.trim_end_matches(['\n', '\r']);
        if !scan::is_open(line) {
            return Some((line.into(), after));
        }
        let (mut whole, mut end) = (line.to_owned(), after);
        for part in lines.take(LONGEST_LITERAL) {
            end += part.len();
            whole.push('\n');
            whole.push_str(part.trim_end_matches(['\n', '\r']));
            if !scan::is_open(&whole) {
                return Some((whole.into(), end));
            }
        }
        Some((line.into(), after))
    }

    /// Takes a line; false when it is not part of this plan.
    fn line(&mut self, line: &str, at: usize) -> Result<bool, Broken> {
        let content = line.trim_ascii();
        let indent = width(line);
        let arrow = content.strip_prefix("->").map(str::trim_ascii_start);
        if self.nodes == 0 {
            self.builder.open_map("").map_err(|expected| self.broken(expected, at))?;
            self.root = indent;
            return self.node(indent, arrow.unwrap_or(content), at).map(|()| true);
        }
        if let Some(title) = arrow.filter(|_| indent > self.root) {
            return self.node(indent, title, at).map(|()| true);
        }
        if indent <= self.root + 1 {
            return Ok(self.footer.line(content));
        }
        if self.footer.has_begun() {
            self.footer.inner(content);
            return Ok(true);
        }
        self.inner(indent, content, at).map(|()| true)
    }

    /// A node's line, without indentation and arrow.
    fn node(&mut self, column: usize, line: &str, at: usize) -> Result<(), Broken> {
        while self.open.last().is_some_and(|above| above.column >= column) {
            self.close(at)?;
        }
        let label = self.label.take().filter(|(indent, _)| *indent < column);
        let figures_at = title::figures_at(line);
        let title = line.get(..figures_at.unwrap_or(line.len())).unwrap_or_default();
        let facts = title::facts(title);
        let name = facts.iter().find(|(key, _)| *key == "Node Type").map(|(_, name)| name.as_ref());
        let operator = Operator::from_name(name.unwrap_or_default());
        let role =
            self.open.last_mut().and_then(|above| above.role(label.as_ref().map(|(_, name)| name.as_str())));
        self.builder.open_node(self.open.last().map(|above| above.id));
        let id = NodeId(self.nodes);
        self.nodes += 1;
        self.open.push(Node::new(id, column, operator));
        for (key, value) in facts {
            self.give(key, Given::Text(value), at)?;
        }
        if let Some(role) = role {
            self.give("Parent Relationship", Given::bare(role), at)?;
        }
        if let Some((_, name)) = label {
            self.give("Subplan Name", Given::Text(name.into()), at)?;
        }
        self.figures(line.get(figures_at.unwrap_or(line.len())..).unwrap_or_default(), at)
    }

    /// `(cost=…) (actual …)`
    fn figures(&mut self, mut text: &str, at: usize) -> Result<(), Broken> {
        while let Some(inside) = text.trim_ascii_start().strip_prefix('(') {
            let Some((inside, rest)) = inside.split_once(')') else {
                return self.unfinished(at, "`)` after the figures");
            };
            text = rest;
            if inside == "never executed" {
                self.give("Actual Rows", Given::bare("0"), at)?;
                self.give("Actual Loops", Given::bare("0"), at)?;
                if self.timed {
                    self.give("Actual Startup Time", Given::bare("0"), at)?;
                    self.give("Actual Total Time", Given::bare("0"), at)?;
                }
                continue;
            }
            let figures = inside.strip_prefix("actual ").unwrap_or(inside);
            self.timed |= figures.starts_with("time=");
            let mut taken = Ok(());
            property::figures(figures, &mut |key, given| {
                taken = taken.and_then(|()| self.builder.give(key, given));
            })
            .map_err(|(expected, instead)| self.broken(expected, self.find(instead, at)))?;
            taken.map_err(|expected| self.broken(expected, at))?;
        }
        self.doubtful |= !text.trim_ascii().is_empty();
        Ok(())
    }

    /// Figures that end too early: in the last line, the plan was cut off.
    fn unfinished(&mut self, at: usize, expected: &str) -> Result<(), Broken> {
        let rest = self.text.get(at..).unwrap_or_default();
        if rest.trim_ascii_end().contains('\n') {
            let end = rest.find('\n').unwrap_or(rest.len());
            return Err(self.broken(expected, at + end));
        }
        self.cut = Some(at);
        Ok(())
    }

    /// A line below a node's own.
    fn inner(&mut self, indent: usize, line: &str, at: usize) -> Result<(), Broken> {
        if is_label(line) {
            // SubPlans are printed after the inputs, as far in as these (explain.c, `ExplainNode`).
            while self.open.last().is_some_and(|above| above.column >= indent) {
                self.close(at)?;
            }
            self.label = Some((indent, line.to_owned()));
            return Ok(());
        }
        let Some(node) = self.open.last_mut() else { return Ok(()) };
        if let Some((number, rest)) = worker_line(line) {
            let keys = Map::from_iter([("Worker Number".to_owned(), Value::from(number))]);
            if node
                .workers
                .last()
                .is_none_or(|worker| worker.keys.get("Worker Number") != keys.get("Worker Number"))
            {
                node.workers.push(Worker { indent, keys });
            }
            return self.worker_keys(rest, at);
        }
        if node.workers.last().is_some_and(|worker| indent > worker.indent) {
            return self.worker_keys(line, at);
        }
        if let Some(target) = modified(line) {
            node.targets.push(target);
            return Ok(());
        }
        let Some((key, value)) = property::split(line) else {
            // Half a key in the last line: the plan was cut off there.
            let rest = self.text.get(at..).unwrap_or_default();
            self.cut = (!rest.contains('\n')).then_some(at);
            self.doubtful = true;
            return Ok(());
        };
        node.buffers |= key == "Buffers";
        self.buffers |= key == "Buffers";
        let mut taken = Ok(());
        property::tell(key, value, &mut |key, given| {
            taken = taken.and_then(|()| self.builder.give(key, given));
        });
        taken.map_err(|expected| self.broken(expected, at))
    }

    fn worker_keys(&mut self, line: &str, at: usize) -> Result<(), Broken> {
        let Some(worker) = self.open.last_mut().and_then(|node| node.workers.last_mut()) else {
            return Ok(());
        };
        let mut say = |key: &str, given: Given| {
            worker.keys.insert(key.to_owned(), given.value());
        };
        if let Some(figures) = line.strip_prefix("actual ") {
            let taken = property::figures(figures, &mut say);
            return taken.map_err(|(expected, instead)| self.broken(expected, self.find(instead, at)));
        }
        match property::split(line) {
            Some((key, value)) => property::tell(key, value, &mut say),
            None => self.doubtful = true,
        }
        Ok(())
    }

    /// The innermost node ends.
    fn close(&mut self, at: usize) -> Result<(), Broken> {
        let Some(mut node) = self.open.pop() else { return Ok(()) };
        if self.buffers && !node.buffers {
            self.give("Shared Hit Blocks", Given::bare("0"), at)?;
        }
        if !node.workers.is_empty() {
            let workers = node.workers.drain(..).map(|worker| Value::Object(worker.keys)).collect();
            self.give("Workers", Given::Tree(Value::Array(workers)), at)?;
        }
        if !node.targets.is_empty() {
            self.give("Target Tables", Given::Tree(Value::Array(node.targets)), at)?;
        }
        self.builder.close().map_err(|expected| self.broken(expected, at))
    }

    fn give(&mut self, key: &str, given: Given, at: usize) -> Result<(), Broken> {
        let taken = self.builder.give(key, given);
        taken.map_err(|expected| self.broken(expected, at))
    }

    fn finish(mut self, at: usize) -> Result<Vec<crate::plan::Plan>, Broken> {
        while !self.open.is_empty() {
            self.close(at)?;
        }
        let said = std::mem::take(&mut self.footer).said(self.builder.root());
        for (key, given) in said {
            self.give(key, given, at)?;
        }
        Ok(self.builder.end())
    }

    /// Where this stands, from here on.
    fn find(&self, what: &str, at: usize) -> usize {
        at + self.text.get(at..).and_then(|rest| rest.find(what)).unwrap_or(0)
    }

    fn broken(&self, expected: &str, at: usize) -> Broken {
        let line = self.text.get(at..).unwrap_or_default();
        Broken::expected(expected, self.text, at + line.len() - line.trim_start_matches([' ', '\t']).len())
    }
}

/// How far a line is indented; a tab goes to the next multiple of eight.
fn width(line: &str) -> usize {
    let mut width = 0;
    for c in line.chars() {
        match c {
            ' ' | '\u{a0}' => width += 1,
            '\t' => width = (width / 8 + 1) * 8,
            _ => break,
        }
    }
    width
}

/// `InitPlan 1 (returns $0)`, `SubPlan 2`, `CTE x`: the line above a node that is run apart.
fn is_label(line: &str) -> bool {
    ["InitPlan ", "SubPlan ", "CTE "].iter().any(|kind| line.starts_with(kind))
        && !line.starts_with("CTE Name: ")
}

/// `Worker 0:  actual time=…`
fn worker_line(line: &str) -> Option<(u64, &str)> {
    let (number, rest) = line.strip_prefix("Worker ")?.split_once(':')?;
    Some((number.parse().ok()?, rest.trim_ascii()))
}

/// `Update on ta1 ta_1` below an update of a partitioned table: a table, not a node.
fn modified(line: &str) -> Option<Value> {
    let plain = line.strip_prefix("Foreign ").unwrap_or(line);
    let verbs = ["Insert on ", "Update on ", "Delete on ", "Merge on "];
    if !verbs.iter().any(|verb| plain.starts_with(verb)) {
        return None;
    }
    let facts = title::facts(plain)
        .into_iter()
        .filter(|(key, _)| matches!(*key, "Relation Name" | "Schema" | "Alias"));
    Some(
        facts
            .map(|(key, value)| (key.to_owned(), Value::from(value.into_owned())))
            .collect::<Map<_, _>>()
            .into(),
    )
}
