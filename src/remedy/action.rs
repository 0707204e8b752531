//! What a remedy does: the only place that writes its SQL, so that what is shown is what was tried.

use super::change::{Analyze, AttachIndex, DropIndex, GivenIndex, Setting, Statistics};
use super::index::{IndexSpec, Method};
use super::lock::Lock;
use crate::catalog::TableName;
use crate::query::name::quote;

/// Something that may be done to a database to make a statement faster.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Create an index.
    CreateIndex(IndexSpec),
    /// Create an index by a person's own definition.
    GivenIndex(GivenIndex),
    /// Make the index of a partition part of the partitioned table's.
    AttachIndex(AttachIndex),
    /// Create an extension, for its operator classes.
    CreateExtension(String),
    /// Drop an index.
    DropIndex(DropIndex),
    /// Have statistics kept of several columns together, or of expressions.
    CreateStatistics(Statistics),
    /// Take a table's statistics afresh.
    Analyze(Analyze),
    /// Change a setting of the planner.
    Set(Setting),
    /// Run another statement instead, which returns the same rows.
    Rewrite(String),
}

impl Action {
    /// What it is, in the words of the report's schema.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CreateIndex(_) | Self::GivenIndex(_) => "index",
            Self::AttachIndex(_) => "attach",
            Self::CreateExtension(_) => "extension",
            Self::DropIndex(_) => "drop-index",
            Self::CreateStatistics(_) => "statistics",
            Self::Analyze(_) => "analyze",
            Self::Set(_) => "setting",
            Self::Rewrite(_) => "rewrite",
        }
    }

    /// What it is, in a sentence's words; an index by what it is on, since several are told together.
    pub fn told(&self) -> String {
        match self {
            Self::CreateIndex(index) => index.told(),
            Self::GivenIndex(index) => index.told(),
            Self::AttachIndex(attach) => format!("attaching {}", attach.partition),
            Self::CreateExtension(name) => format!("the extension {name}"),
            Self::DropIndex(index) => format!("dropping the index {}", index.name),
            Self::CreateStatistics(statistics) => statistics.told(),
            Self::Analyze(analyze) => format!("ANALYZE of {}", analyze.table),
            Self::Set(setting) => setting.told(),
            Self::Rewrite(_) => "the rewritten query".to_owned(),
        }
    }

    /// The statements as they are tried, in a transaction.
    pub fn sql(&self) -> Vec<String> {
        match self {
            Self::CreateIndex(index) => {
                let create = index.create("CREATE INDEX", &index.name, "ON", &index.table);
                index.prepare().into_iter().chain([create]).chain(index.finish()).collect()
            }
            Self::GivenIndex(index) => vec![index.sql()],
            Self::AttachIndex(attach) => vec![attach.sql()],
            Self::CreateExtension(name) => vec![create_extension(name)],
            Self::DropIndex(index) => vec![index.sql()],
            Self::CreateStatistics(statistics) => statistics.sql(),
            Self::Analyze(analyze) => vec![analyze.sql()],
            Self::Set(setting) => vec![setting.sql()],
            Self::Rewrite(_) => Vec::new(),
        }
    }

    /// The statements as HypoPG is asked about them: one for each partition, which is where an index would be. None
    /// where HypoPG does not know the kind of index, and for everything else.
    pub fn imagined(&self) -> Vec<String> {
        let Self::CreateIndex(index) = self else { return Vec::new() };
        if !index.method.can_be_imagined() || index.extension.is_some() {
            return Vec::new();
        }
        let imagined = |table| index.create("CREATE INDEX", &index.name, "ON", table);
        match index.partitions.as_slice() {
            [] => vec![imagined(&index.table)],
            partitions => partitions.iter().map(imagined).collect(),
        }
    }

    /// The statements that gather statistics of what is new.
    pub fn statistics(&self) -> Vec<String> {
        let Self::CreateIndex(index) = self else { return Vec::new() };
        index.finish().into_iter().collect()
    }

    /// The index that it makes.
    fn index(&self) -> Option<TableName> {
        match self {
            Self::CreateIndex(index) => {
                Some(TableName { schema: index.table.schema.clone(), name: index.name.clone() })
            }
            Self::GivenIndex(index) => Some(index.name.clone()),
            _ => None,
        }
    }

    /// The name of the index that it makes, as sentences write it.
    pub fn index_name(&self) -> Option<String> {
        self.index().map(|name| name.to_string())
    }

    /// The name of the index that it makes, as SQL that runs writes it.
    pub fn index_sql(&self) -> Option<String> {
        self.index().map(|name| name.sql())
    }

    /// Its name in sentences: an index by its own, anything else by what it does.
    pub fn name(&self) -> String {
        self.index_name().unwrap_or_else(|| self.told())
    }

    /// The same on a copy of its table, under this name; `None` where it is nothing that a copy could have.
    pub fn on_copy(&self, copy: &TableName, name: String) -> Option<Self> {
        let Self::CreateIndex(index) = self else { return None };
        Some(Self::CreateIndex(IndexSpec {
            name,
            table: copy.clone(),
            partitions: Vec::new(),
            ..index.clone()
        }))
    }

    /// The access method of the index.
    pub fn method(&self) -> Option<Method> {
        let Self::CreateIndex(index) = self else { return None };
        Some(index.method)
    }

    /// The columns whose change it must be told of: those of its keys and expressions, carried ones, and those that
    /// decide whether it holds a row.
    pub fn columns(&self) -> Vec<String> {
        let Self::CreateIndex(index) = self else { return Vec::new() };
        index.depends_on()
    }

    /// Takes another name while its own is one of these.
    pub fn avoid(&mut self, taken: &[String]) {
        while self.index_name().is_some_and(|name| taken.contains(&name)) {
            let Self::CreateIndex(index) = self else { return };
            index.name = super::index::numbered(&index.name);
        }
    }

    /// Whether it does the same under whatever name.
    pub fn does_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::CreateIndex(one), Self::CreateIndex(two)) => {
                *one == IndexSpec { name: one.name.clone(), ..two.clone() }
            }
            (one, two) => one == two,
        }
    }

    /// How many columns it keeps: of two remedies that do the same, the narrower is cheaper to write.
    pub fn width(&self) -> usize {
        match self {
            Self::CreateIndex(index) => index.keys.len() + index.include.len(),
            _ => 0,
        }
    }

    /// The statements for a server in use: without blocking writers.
    pub fn online(&self) -> Vec<String> {
        match self {
            Self::CreateIndex(_) if self.blocks_writers() => self.sql(),
            Self::CreateIndex(index) => {
                let create = match index.partitions.is_empty() {
                    true => vec![index.create("CREATE INDEX CONCURRENTLY", &index.name, "ON", &index.table)],
                    false => index.online_for_partitions(),
                };
                index.prepare().into_iter().chain(create).chain(index.finish()).collect()
            }
            Self::GivenIndex(index) => vec![index.online()],
            Self::DropIndex(index) => vec![index.online()],
            Self::Set(setting) => vec![setting.online()],
            Self::Rewrite(sql) => vec![format!("{sql};")],
            Self::AttachIndex(_)
            | Self::CreateExtension(_)
            | Self::CreateStatistics(_)
            | Self::Analyze(_) => self.sql(),
        }
    }

    /// The extension that must be created first.
    pub fn extension(&self) -> Option<&str> {
        match self {
            Self::CreateIndex(index) => index.extension.as_deref(),
            Self::CreateExtension(name) => Some(name),
            _ => None,
        }
    }

    /// Whether writers wait on a server in use, too: what cannot be put together from parts is created whole.
    pub fn blocks_writers(&self) -> bool {
        match self {
            Self::CreateIndex(index) => !index.partitions.is_empty() && !index.attachable,
            Self::GivenIndex(index) => index.blocks_writers(),
            _ => false,
        }
    }

    /// What takes it back, on a server in use. Nothing takes back an ANALYZE; a query is taken back by its text.
    pub fn undo(&self) -> Vec<String> {
        match self {
            Self::CreateIndex(index) => {
                // DROP INDEX CONCURRENTLY does not take the index of a partitioned table (manual, "DROP INDEX").
                let how = if index.partitions.is_empty() { "DROP INDEX CONCURRENTLY" } else { "DROP INDEX" };
                vec![format!("{how} {};", index.qualified(&index.name))]
            }
            Self::GivenIndex(index) => vec![index.undo()],
            Self::DropIndex(index) => vec![index.undo()],
            Self::CreateStatistics(statistics) => vec![statistics.undo()],
            Self::Set(setting) => setting.undo().into_iter().collect(),
            // It may serve others by the time that somebody takes it back.
            Self::CreateExtension(_) => Vec::new(),
            // It goes with the index that it was made part of.
            Self::AttachIndex(_) | Self::Analyze(_) | Self::Rewrite(_) => Vec::new(),
        }
    }

    /// The table that it changes, if there is one.
    pub fn table(&self) -> Option<&TableName> {
        match self {
            Self::CreateIndex(index) => Some(&index.table),
            Self::GivenIndex(index) => Some(&index.table),
            Self::DropIndex(index) => Some(&index.table),
            Self::CreateStatistics(statistics) => Some(&statistics.table),
            Self::Analyze(analyze) => Some(&analyze.table),
            Self::AttachIndex(_) | Self::CreateExtension(_) | Self::Set(_) | Self::Rewrite(_) => None,
        }
    }

    /// Whether it builds something whose time and size grow with the table.
    pub fn builds(&self) -> bool {
        matches!(self, Self::CreateIndex(_) | Self::GivenIndex(_))
    }

    /// Whether it changes the database, so that a transaction that reads will not do.
    pub fn changes(&self) -> bool {
        !matches!(self, Self::Set(_) | Self::Rewrite(_))
    }

    /// Whether it takes something away.
    pub fn removes(&self) -> bool {
        matches!(self, Self::DropIndex(_))
    }

    /// The lock that it takes on its table while it is tried (manual, "Explicit Locking" and "DROP INDEX").
    pub fn lock(&self) -> Lock {
        match self {
            Self::CreateIndex(_) | Self::GivenIndex(_) => Lock::Share,
            Self::DropIndex(_) => Lock::AccessExclusive,
            Self::CreateStatistics(_) | Self::Analyze(_) => Lock::ShareUpdateExclusive,
            Self::AttachIndex(_) | Self::CreateExtension(_) | Self::Set(_) | Self::Rewrite(_) => Lock::None,
        }
    }

    /// The lock that it takes on its table on a server in use.
    pub fn online_lock(&self) -> Lock {
        match self {
            Self::CreateIndex(_) | Self::GivenIndex(_) if self.blocks_writers() => Lock::Share,
            // ON ONLY is done in a moment, and is no CONCURRENTLY all the same.
            Self::GivenIndex(index) if index.partitioned => Lock::Share,
            Self::CreateIndex(_) | Self::GivenIndex(_) => Lock::ShareUpdateExclusive,
            Self::DropIndex(index) if index.partitioned => Lock::AccessExclusive,
            Self::DropIndex(_) => Lock::ShareUpdateExclusive,
            _ => self.lock(),
        }
    }
}

fn create_extension(name: &str) -> String {
    format!("CREATE EXTENSION IF NOT EXISTS {};", quote(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remedy::{Key, index_name};

    fn spec(schema: &str, table: &str, keys: Vec<Key>, partitions: &[&str]) -> Action {
        let name = |name: &str| TableName { schema: schema.into(), name: name.into() };
        let on = crate::catalog::Table { name: name(table), ..crate::catalog::Table::default() };
        Action::CreateIndex(IndexSpec {
            name: index_name(table, &keys, &[]),
            partitions: partitions.iter().copied().map(name).collect(),
            attachable: true,
            ..IndexSpec::on(&on, keys)
        })
    }

    #[test]
    fn an_index_is_written_as_it_is_tried_as_it_is_shipped_and_as_it_is_undone() {
        let newest = Key { descending: true, nulls_first: true, ..Key::ascending("created at") };
        let action = spec("public", "orders", vec![Key::ascending("status"), newest], &[]);
        assert_eq!(
            action.sql(),
            [r#"CREATE INDEX "orders_status_created at_idx" ON public.orders (status, "created at" DESC);"#]
        );
        assert_eq!(
            action.online(),
            [
                r#"CREATE INDEX CONCURRENTLY "orders_status_created at_idx" ON public.orders (status, "created at" DESC);"#
            ]
        );
        assert_eq!(action.undo(), [r#"DROP INDEX CONCURRENTLY public."orders_status_created at_idx";"#]);
    }

    #[test]
    fn an_expression_has_statistics_once_its_index_is_analyzed() {
        let action = spec("public", "t", vec![Key::expression("lower(email)")], &[]);
        assert_eq!(
            action.sql(),
            ["CREATE INDEX t_lower_idx ON public.t (lower(email));", "ANALYZE public.t;"]
        );
        assert_eq!(action.imagined(), ["CREATE INDEX t_lower_idx ON public.t (lower(email));"]);
    }

    #[test]
    fn a_partitioned_table_is_indexed_partition_by_partition() {
        let action = spec("shop", "log", vec![Key::ascending("at")], &["log_1", "log_2"]);
        assert_eq!(action.sql(), ["CREATE INDEX log_at_idx ON shop.log (at);"]);
        assert_eq!(
            action.online(),
            [
                "CREATE INDEX log_at_idx ON ONLY shop.log (at);",
                "CREATE INDEX CONCURRENTLY IF NOT EXISTS log_1_at_idx ON shop.log_1 (at);",
                "ALTER INDEX shop.log_at_idx ATTACH PARTITION shop.log_1_at_idx;",
                "CREATE INDEX CONCURRENTLY IF NOT EXISTS log_2_at_idx ON shop.log_2 (at);",
                "ALTER INDEX shop.log_at_idx ATTACH PARTITION shop.log_2_at_idx;",
            ]
        );
        assert_eq!(action.undo(), ["DROP INDEX shop.log_at_idx;"]);
    }
}
