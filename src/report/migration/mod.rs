//! A migration file of what is suggested: it runs as it is, statement by statement, and says what each one costs.

mod entry;

use self::entry::{Entry, entries};
use super::{Report, harmless};
use crate::remedy::Action;

/// Statements that others would queue behind give up after this: longer than most transactions take, shorter than
/// what an application's users put up with.
const LOCK_TIMEOUT: &str = "5s";

/// What stands above all.
const HEAD: &str = "\
-- Run it statement by statement, as `psql -f` does, and not in a transaction: CONCURRENTLY cannot run in one. Where a
-- migration tool puts files into transactions, switch that off for this file.
-- Before it is run, `advisor prove` tries it in a transaction that is rolled back.";

/// Writes the whole file.
pub(super) fn paint(report: &Report) -> String {
    let entries = entries(report);
    let active = entries.iter().filter(|entry| entry.withheld.is_none()).count();
    let mut file = File::default();
    file.text(&head(report, active, entries.len()));
    if active > 0 {
        file.gap();
        file.comment("What others would queue behind gives up soon, and can be tried again. A build takes as long as it takes.");
        file.lock_timeout(LOCK_TIMEOUT);
        file.sql("SET statement_timeout = 0;");
    }
    file.extensions(&entries);
    for (at, entry) in entries.iter().enumerate() {
        file.gap();
        file.entry(entry, at + 1, entries.len());
    }
    file.text
}

/// What the file is, and whether there is anything in it.
fn head(report: &Report, active: usize, all: usize) -> String {
    let what = match (active, all) {
        (0, 0) => "nothing is suggested, so that there is nothing to run.".to_owned(),
        (0, _) => "nothing in it was proven, so that all of it is a comment.".to_owned(),
        (1, 1) => "one change, proven.".to_owned(),
        (active, all) if active == all => format!("{all} changes, proven."),
        (active, all) => format!("{active} of {all} changes are proven; the others are comments."),
    };
    let server = report.server.as_ref().map(|server| {
        format!(
            "\n-- Tried on PostgreSQL {}, database {}.",
            server.version,
            harmless::on_one_line(&server.database)
        )
    });
    let head = if active > 0 { format!("\n{HEAD}") } else { String::new() };
    format!("-- Suggested by advisor: {what}{}{head}\n", server.unwrap_or_default())
}

/// The file as far as it is written.
#[derive(Default)]
struct File {
    text: String,
    /// The `lock_timeout` in force.
    lock_timeout: &'static str,
}

impl File {
    fn text(&mut self, text: &str) {
        self.text += text;
    }

    fn gap(&mut self) {
        self.text.push('\n');
    }

    /// A comment, on one line.
    fn comment(&mut self, text: &str) {
        self.text += &format!("-- {}\n", harmless::on_one_line(text));
    }

    fn sql(&mut self, sql: &str) {
        self.text += sql;
        self.gap();
    }

    /// SQL that is not run: its later lines are comments too. A carriage return alone ends a comment as well (scan.l and
    /// psqlscan.l, `newline`), and may stand in a name.
    fn withheld(&mut self, sql: &str) {
        self.text += &format!("-- {}\n", sql.replace(['\n', '\r'], "\n-- "));
    }

    fn lock_timeout(&mut self, time: &'static str) {
        if self.lock_timeout != time {
            self.lock_timeout = time;
            self.sql(&format!("SET lock_timeout = '{time}';"));
        }
    }

    /// What operator classes come from, once each, before what needs them.
    fn extensions(&mut self, entries: &[Entry<'_>]) {
        let mut wanted: Vec<String> = Vec::new();
        for entry in entries.iter().filter(|entry| entry.withheld.is_none()) {
            wanted.extend(entry.action.online().into_iter().filter(|sql| is_extension(sql)));
        }
        wanted.sort();
        wanted.dedup();
        if wanted.is_empty() {
            return;
        }
        self.gap();
        self.comment("Operator classes. There is no undo: by then something else may need them.");
        wanted.iter().for_each(|sql| self.sql(sql));
    }

    fn entry(&mut self, entry: &Entry<'_>, number: usize, of: usize) {
        let place = if of > 1 { format!("{number} of {of}: ") } else { String::new() };
        self.comment(&format!("{place}{}", entry.title()));
        for line in entry.told() {
            self.comment(&format!("  {line}"));
        }
        let statements = entry.action.online();
        for sql in statements.iter().filter(|sql| !is_extension(sql)) {
            match entry.withheld {
                Some(_) => self.withheld(sql),
                None => self.run(sql),
            }
        }
        for sql in entry.action.undo() {
            self.withheld(&format!("undo: {sql}"));
        }
        self.afterwards(entry);
    }

    fn run(&mut self, sql: &str) {
        if sql.contains(" CONCURRENTLY ") {
            if self.lock_timeout != "0" {
                self.comment(
                    "CONCURRENTLY waits until older transactions are over, and no reader or writer queues behind it.",
                );
            }
            self.lock_timeout("0");
        } else {
            self.lock_timeout(LOCK_TIMEOUT);
        }
        self.sql(sql);
    }

    /// What a new index makes superfluous goes once the new one is in place.
    fn afterwards(&mut self, entry: &Entry<'_>) {
        let (Action::CreateIndex(index), Some(name)) = (entry.action.as_ref(), entry.action.index_name())
        else {
            return;
        };
        for replaced in &entry.replaces {
            let old =
                crate::catalog::TableName { schema: index.table.schema.clone(), name: replaced.name.clone() };
            self.comment(&format!(
                "When {name} is in place and valid, {old} ({}) is superfluous. `advisor prove` tells what statements lose \
                 without it:",
                replaced.bytes
            ));
            self.withheld(&format!("DROP INDEX CONCURRENTLY {};", old.sql()));
        }
    }
}

fn is_extension(sql: &str) -> bool {
    sql.starts_with("CREATE EXTENSION ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_what_is_withheld_leaves_its_comment() {
        let mut file = File::default();
        file.withheld("SELECT 'a\rDROP TABLE b; --\r\nc\nd';");
        file.comment("t\n\rDROP TABLE b;");
        assert!(!file.text.contains('\r'), "{:?}", file.text);
        assert!(file.text.lines().all(|line| line.starts_with("-- ")), "{:?}", file.text);
    }
}
