//! The columns that stand before the tree.

use unicode_width::UnicodeWidthStr;

use crate::plan::Plan;
use crate::report::ink::{Line, Paint, Style};

/// A row's cells, as text.
#[derive(Default)]
pub(super) struct Cells {
    /// The numbers of the findings at this node.
    pub marks: String,
    /// Exclusive time; the cost where nothing was measured.
    pub time: String,
    /// Its share of the whole.
    pub share: String,
    /// The same as a bar.
    pub bar: String,
    /// Rows of a loop that the planner expected.
    pub expected: String,
    /// Rows of a loop that came.
    pub came: String,
    /// How far off the planner was.
    pub off: String,
    /// Between what was expected and what came.
    pub arrow: &'static str,
}

/// A column: its head, its alignment, the space after it, and where its cells come from.
struct Column {
    head: &'static str,
    right: bool,
    space: usize,
    paint: Paint,
    cell: fn(&Cells) -> &str,
}

/// The columns that a plan has, and their widths.
pub(super) struct Table(Vec<(Column, usize)>);

/// Below this, the planner's estimates give way to the tree; how far they are off is still said.
const ROOM_FOR_ESTIMATES: usize = 76;

/// Below this, shares give way too, and the bar that says the same is short.
const ROOM_FOR_SHARES: usize = 100;

/// Cells of the bar, where there is room for a long one and where not.
const BAR: (usize, usize) = (10, 5);

/// How many columns the whole time's bar takes.
fn bar_width(style: &Style) -> usize {
    if style.columns() >= ROOM_FOR_SHARES { BAR.0 } else { BAR.1 }
}

/// A bar of `part` of the whole, in eighths of a cell where there are glyphs for that.
pub(super) fn bar(style: &Style, part: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let cells = bar_width(style) as f64 * if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.0 };
    if !style.unicode {
        return "#".repeat(cells.round() as usize);
    }
    let eighths = (cells * 8.0).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

fn columns(style: &Style, plan: &Plan) -> Vec<Column> {
    let measured = plan.is_measured();
    let timed = plan.nodes.iter().any(|node| node.own.is_some());
    let both = measured && style.columns() >= ROOM_FOR_ESTIMATES;
    let shares = timed && style.columns() >= ROOM_FOR_SHARES;
    let right = |head, space, paint, cell| Column { head, right: true, space, paint, cell };
    let left = |paint, cell| Column { head: "", right: false, space: 2, paint, cell };
    let all = [
        (true, left(Paint::Guilty, |c| &c.marks)),
        (timed, right("time", 2, Paint::Plain, |c| &c.time)),
        (!measured, right("cost", 2, Paint::Plain, |c| &c.time)),
        (shares, right("share", 2, Paint::Dim, |c| &c.share)),
        (timed, left(Paint::Time, |c| &c.bar)),
        (both, right("expected", 1, Paint::Dim, |c| &c.expected)),
        (both, right("", 1, Paint::Dim, |c| c.arrow)),
        (both, right("came", 2, Paint::Plain, |c| &c.came)),
        (measured && !both, right("rows", 2, Paint::Plain, |c| &c.came)),
        (!measured, right("rows", 2, Paint::Plain, |c| &c.expected)),
        (measured, left(Paint::Strong, |c| &c.off)),
    ];
    all.into_iter().filter(|(wanted, _)| *wanted).map(|(_, column)| column).collect()
}

impl Table {
    /// The columns for these rows, as wide as their widest cell.
    pub(super) fn of<'a>(style: &Style, plan: &Plan, rows: impl Iterator<Item = &'a Cells> + Clone) -> Self {
        let with_width = |column: Column| {
            let cells = rows.clone().map(|cells| (column.cell)(cells).width()).max().unwrap_or(0);
            let bar = if column.paint == Paint::Time { bar_width(style) } else { 0 };
            let width = cells.max(column.head.width()).max(bar);
            (column, width)
        };
        Self(columns(style, plan).into_iter().map(with_width).filter(|(_, width)| *width > 0).collect())
    }

    /// How far from the left the tree begins.
    pub(super) fn width(&self) -> usize {
        self.0.iter().map(|(column, width)| width + column.space).sum()
    }

    /// The columns' heads.
    pub(super) fn head(&self) -> Line {
        let heads = self.0.iter().map(|(column, width)| column.aligned(column.head, *width));
        Line::new().with(Paint::Dim, heads.collect::<String>())
    }

    /// A row; a guilty one's bar is painted so.
    pub(super) fn row(&self, cells: &Cells) -> Line {
        self.0.iter().fold(Line::new(), |line, (column, width)| {
            let guilty = column.paint == Paint::Time && !cells.marks.is_empty();
            let paint = if guilty { Paint::Guilty } else { column.paint };
            line.with(paint, column.aligned((column.cell)(cells), *width))
        })
    }
}

impl Column {
    fn aligned(&self, text: &str, width: usize) -> String {
        let fill = " ".repeat(width.saturating_sub(text.width()));
        let space = " ".repeat(self.space);
        if self.right { format!("{fill}{text}{space}") } else { format!("{text}{fill}{space}") }
    }
}
