//! What a remedy does: the only place that writes its SQL, so that what is shown is what was tried.

use super::index::{IndexSpec, Method};
use crate::catalog::TableName;

/// Something that may be done to a database to make a statement faster.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Create an index.
    CreateIndex(IndexSpec),
}

impl Action {
    /// What it is, in the words of the report's schema.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CreateIndex(_) => "index",
        }
    }

    /// The statements as they are tried, in a transaction.
    pub fn sql(&self) -> Vec<String> {
        match self {
            Self::CreateIndex(index) => {
                let create = index.create("CREATE INDEX", &index.name, "ON", &index.table);
                index.prepare().into_iter().chain([create]).chain(index.finish()).collect()
            }
        }
    }

    /// The statements as HypoPG is asked about them: one for each partition, which is where an index would be. None
    /// where HypoPG does not know the kind of index.
    pub fn imagined(&self) -> Vec<String> {
        let Self::CreateIndex(index) = self;
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
        let Self::CreateIndex(index) = self;
        index.finish().into_iter().collect()
    }

    /// The index's name as sentences write it.
    pub fn index_name(&self) -> String {
        let Self::CreateIndex(index) = self;
        TableName { schema: index.table.schema.clone(), name: index.name.clone() }.to_string()
    }

    /// The index's name as SQL that runs writes it.
    pub fn index_sql(&self) -> String {
        let Self::CreateIndex(index) = self;
        index.qualified(&index.name)
    }

    /// The same on a copy of its table, under this name; `None` where it is nothing that a copy could have.
    pub fn on_copy(&self, copy: &TableName, name: String) -> Option<Self> {
        let Self::CreateIndex(index) = self;
        Some(Self::CreateIndex(IndexSpec {
            name,
            table: copy.clone(),
            partitions: Vec::new(),
            ..index.clone()
        }))
    }

    /// The access method of the index.
    pub fn method(&self) -> Option<Method> {
        let Self::CreateIndex(index) = self;
        Some(index.method)
    }

    /// The columns whose change it must be told of: those of its keys and expressions, carried ones, and those that
    /// decide whether it holds a row.
    pub fn columns(&self) -> Vec<String> {
        let Self::CreateIndex(index) = self;
        index.depends_on()
    }

    /// Takes another name while its own is one of these.
    pub fn avoid(&mut self, taken: &[String]) {
        while taken.contains(&self.index_name()) {
            let Self::CreateIndex(index) = self;
            index.name.push('1');
        }
    }

    /// Whether it does the same under whatever name.
    pub fn does_as(&self, other: &Self) -> bool {
        let (Self::CreateIndex(one), Self::CreateIndex(two)) = (self, other);
        *one == IndexSpec { name: one.name.clone(), ..two.clone() }
    }

    /// How many columns it keeps: of two remedies that do the same, the narrower is cheaper to write.
    pub fn width(&self) -> usize {
        let Self::CreateIndex(index) = self;
        index.keys.len() + index.include.len()
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
        }
    }

    /// The extension that must be created first.
    pub fn extension(&self) -> Option<&str> {
        let Self::CreateIndex(index) = self;
        index.extension.as_deref()
    }

    /// Whether writers wait on a server in use, too: what cannot be put together from parts is created whole.
    pub fn blocks_writers(&self) -> bool {
        let Self::CreateIndex(index) = self;
        !index.partitions.is_empty() && !index.attachable
    }

    /// What takes it back, on a server in use.
    pub fn undo(&self) -> Vec<String> {
        let Self::CreateIndex(index) = self;
        // DROP INDEX CONCURRENTLY does not take the index of a partitioned table (manual, "DROP INDEX").
        let how = if index.partitions.is_empty() { "DROP INDEX CONCURRENTLY" } else { "DROP INDEX" };
        vec![format!("{how} {};", index.qualified(&index.name))]
    }

    /// The table whose writers wait while it is tried.
    pub fn table(&self) -> &TableName {
        let Self::CreateIndex(index) = self;
        &index.table
    }
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
