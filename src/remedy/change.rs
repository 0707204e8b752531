//! What may be done to a database besides an index of our own making: each kind with the statements that do it.

use crate::catalog::TableName;
use crate::query::name::quote;
use crate::units::Bytes;

/// An index by a person's own definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenIndex {
    /// UNIQUE.
    pub unique: bool,
    /// ON ONLY: of a partitioned table alone, to be completed by its partitions' indexes.
    pub only: bool,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
    /// Its name; its schema is the table's.
    pub name: TableName,
    /// The table.
    pub table: TableName,
    /// Whether the table is partitioned: CONCURRENTLY is not for such (manual, "CREATE INDEX").
    pub partitioned: bool,
    /// Everything behind the table: `USING gin (tags) WHERE …`.
    pub definition: String,
}

/// An index of a partition that becomes part of the partitioned table's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachIndex {
    /// The partitioned table's index.
    pub index: TableName,
    /// The partition's.
    pub partition: TableName,
}

/// An index that goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropIndex {
    /// Its name.
    pub name: TableName,
    /// Its table.
    pub table: TableName,
    /// Whether it is a partitioned table's: CONCURRENTLY is not for such (manual, "DROP INDEX").
    pub partitioned: bool,
    /// The statement that makes it again.
    pub definition: String,
    /// What it gives back.
    pub bytes: Bytes,
}

/// Extended statistics (manual, "CREATE STATISTICS"). They are empty until ANALYZE fills them, so that it follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// Their name.
    pub name: TableName,
    /// The table.
    pub table: TableName,
    /// What is counted, with the kinds where they are named: `(dependencies) ON city, zip`.
    pub definition: String,
}

/// ANALYZE of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analyze {
    /// The table.
    pub table: TableName,
    /// Of these columns; empty is all.
    pub columns: Vec<String>,
}

/// A setting of the planner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value as SQL writes it; `None` is its default.
    pub value: Option<String>,
}

impl GivenIndex {
    fn create(&self, concurrently: bool) -> String {
        let word = |there: bool, word: &'static str| if there { word } else { "" };
        format!(
            "CREATE {}INDEX {}{}{} ON {}{} {};",
            word(self.unique, "UNIQUE "),
            word(concurrently, "CONCURRENTLY "),
            word(self.if_not_exists, "IF NOT EXISTS "),
            quote(&self.name.name),
            word(self.only, "ONLY "),
            self.table.sql(),
            self.definition,
        )
    }

    /// As it is tried.
    pub(super) fn sql(&self) -> String {
        self.create(false)
    }

    /// Whether writers wait for it to be built on a server in use, too.
    pub(super) fn blocks_writers(&self) -> bool {
        self.partitioned && !self.only
    }

    /// Without blocking writers, where that can be.
    pub(super) fn online(&self) -> String {
        self.create(!self.partitioned)
    }

    pub(super) fn undo(&self) -> String {
        drop_index(&self.name, self.partitioned)
    }

    /// `orders (customer_id)`.
    pub(super) fn told(&self) -> String {
        format!("{} {}", self.table, self.definition)
    }
}

impl AttachIndex {
    pub(super) fn sql(&self) -> String {
        format!("ALTER INDEX {} ATTACH PARTITION {};", self.index.sql(), self.partition.sql())
    }
}

impl DropIndex {
    /// As it is tried.
    pub(super) fn sql(&self) -> String {
        drop_index(&self.name, true)
    }

    /// Without blocking anybody, where that can be.
    pub(super) fn online(&self) -> String {
        drop_index(&self.name, self.partitioned)
    }

    pub(super) fn undo(&self) -> String {
        let concurrently = match self.partitioned {
            true => self.definition.clone(),
            false => self.definition.replacen(" INDEX ", " INDEX CONCURRENTLY ", 1),
        };
        format!("{};", concurrently.trim_end_matches(';'))
    }
}

fn drop_index(name: &TableName, plainly: bool) -> String {
    let how = if plainly { "DROP INDEX" } else { "DROP INDEX CONCURRENTLY" };
    format!("{how} {};", name.sql())
}

impl Statistics {
    pub(super) fn sql(&self) -> Vec<String> {
        let create =
            format!("CREATE STATISTICS {} {} FROM {};", self.name.sql(), self.definition, self.table.sql());
        let analyze = Analyze { table: self.table.clone(), columns: Vec::new() };
        vec![create, analyze.sql()]
    }

    pub(super) fn undo(&self) -> String {
        format!("DROP STATISTICS {};", self.name.sql())
    }

    /// `statistics (dependencies) ON city, zip of addresses`.
    pub(super) fn told(&self) -> String {
        format!("statistics {} of {}", self.definition, self.table)
    }
}

impl Analyze {
    pub(super) fn sql(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|column| quote(column)).collect();
        let columns = if columns.is_empty() { String::new() } else { format!(" ({})", columns.join(", ")) };
        format!("ANALYZE {}{columns};", self.table.sql())
    }
}

impl Setting {
    /// For the length of a transaction, or of a session.
    fn set(&self, local: &str) -> String {
        let value = self.value.as_deref().unwrap_or("DEFAULT");
        format!("SET {local}{} = {value};", self.name)
    }

    pub(super) fn sql(&self) -> String {
        self.set("LOCAL ")
    }

    pub(super) fn online(&self) -> String {
        match &self.value {
            Some(_) => self.set(""),
            None => format!("RESET {};", self.name),
        }
    }

    pub(super) fn undo(&self) -> Option<String> {
        self.value.as_ref().map(|_| format!("RESET {};", self.name))
    }

    pub(super) fn told(&self) -> String {
        match &self.value {
            Some(value) => format!("setting {} to {value}", self.name),
            None => format!("resetting {}", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remedy::{Action, Lock};

    fn name(name: &str) -> TableName {
        TableName { schema: "shop".into(), name: name.into() }
    }

    /// An index as a person defines it.
    fn index(partitioned: bool, only: bool) -> Action {
        Action::GivenIndex(GivenIndex {
            unique: false,
            only,
            if_not_exists: false,
            name: name("a Idx"),
            table: name("orders"),
            partitioned,
            definition: "USING gin (tags) WHERE open".into(),
        })
    }

    fn removal(partitioned: bool) -> Action {
        Action::DropIndex(DropIndex {
            name: name("old"),
            table: name("orders"),
            partitioned,
            definition: "CREATE UNIQUE INDEX old ON shop.orders USING btree (a)".into(),
            bytes: Bytes(8192),
        })
    }

    fn setting(value: Option<&str>) -> Action {
        Action::Set(Setting { name: "work_mem".into(), value: value.map(str::to_owned) })
    }

    #[test]
    fn every_change_is_written_as_it_is_tried_as_it_is_shipped_and_as_it_is_undone() {
        let analyze = |columns: &[&str]| {
            let columns = columns.iter().map(|column| (*column).to_owned()).collect();
            Action::Analyze(Analyze { table: name("orders"), columns })
        };
        let statistics = Action::CreateStatistics(Statistics {
            name: name("s"),
            table: name("orders"),
            definition: "(mcv) ON a, b".into(),
        });
        let attach = Action::AttachIndex(AttachIndex { index: name("i"), partition: name("i_1") });
        let create = "CREATE STATISTICS shop.s (mcv) ON a, b FROM shop.orders; ANALYZE shop.orders;";
        let again = "CREATE UNIQUE INDEX CONCURRENTLY old ON shop.orders USING btree (a);";
        let plainly = "CREATE UNIQUE INDEX old ON shop.orders USING btree (a);";
        let table = [
            (
                index(false, false),
                "CREATE INDEX \"a Idx\" ON shop.orders USING gin (tags) WHERE open;",
                "CREATE INDEX CONCURRENTLY \"a Idx\" ON shop.orders USING gin (tags) WHERE open;",
                "DROP INDEX CONCURRENTLY shop.\"a Idx\";",
                (Lock::Share, Lock::ShareUpdateExclusive),
            ),
            (
                index(true, false),
                "CREATE INDEX \"a Idx\" ON shop.orders USING gin (tags) WHERE open;",
                "CREATE INDEX \"a Idx\" ON shop.orders USING gin (tags) WHERE open;",
                "DROP INDEX shop.\"a Idx\";",
                (Lock::Share, Lock::Share),
            ),
            (
                index(true, true),
                "CREATE INDEX \"a Idx\" ON ONLY shop.orders USING gin (tags) WHERE open;",
                "CREATE INDEX \"a Idx\" ON ONLY shop.orders USING gin (tags) WHERE open;",
                "DROP INDEX shop.\"a Idx\";",
                (Lock::Share, Lock::Share),
            ),
            (
                removal(false),
                "DROP INDEX shop.old;",
                "DROP INDEX CONCURRENTLY shop.old;",
                again,
                (Lock::AccessExclusive, Lock::ShareUpdateExclusive),
            ),
            (
                removal(true),
                "DROP INDEX shop.old;",
                "DROP INDEX shop.old;",
                plainly,
                (Lock::AccessExclusive, Lock::AccessExclusive),
            ),
            (
                statistics,
                create,
                create,
                "DROP STATISTICS shop.s;",
                (Lock::ShareUpdateExclusive, Lock::ShareUpdateExclusive),
            ),
            (
                analyze(&["a", "B"]),
                "ANALYZE shop.orders (a, \"B\");",
                "ANALYZE shop.orders (a, \"B\");",
                "",
                (Lock::ShareUpdateExclusive, Lock::ShareUpdateExclusive),
            ),
            (
                setting(Some("'64MB'")),
                "SET LOCAL work_mem = '64MB';",
                "SET work_mem = '64MB';",
                "RESET work_mem;",
                (Lock::None, Lock::None),
            ),
            (setting(None), "SET LOCAL work_mem = DEFAULT;", "RESET work_mem;", "", (Lock::None, Lock::None)),
            (
                attach,
                "ALTER INDEX shop.i ATTACH PARTITION shop.i_1;",
                "ALTER INDEX shop.i ATTACH PARTITION shop.i_1;",
                "",
                (Lock::None, Lock::None),
            ),
            (Action::Rewrite("SELECT 1".into()), "", "SELECT 1;", "", (Lock::None, Lock::None)),
        ];
        for (action, sql, online, undo, (tried, shipped)) in table {
            assert_eq!(action.sql().join(" "), sql);
            assert_eq!(action.online().join(" "), online);
            assert_eq!(action.undo().join(" "), undo);
            assert_eq!((action.lock(), action.online_lock()), (tried, shipped), "{action:?}");
        }
    }
}
