//! What a remedy does: the only place that writes its SQL, so that what is shown is what was tried.

use crate::catalog::{Table, TableName};
use crate::query::name::quote;

/// Something that may be done to a database to make a statement faster.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Create an index.
    CreateIndex(IndexSpec),
}

/// A B-tree index that does not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexSpec {
    /// Its name, chosen as PostgreSQL would.
    pub name: String,
    /// The table; the topmost partitioned table for a partition.
    pub table: TableName,
    /// The leaf partitions, when the table is partitioned.
    pub partitions: Vec<TableName>,
    /// Whether indexes on the partitions can be attached to the table's, one by one.
    pub attachable: bool,
    /// The key columns, in order.
    pub keys: Vec<SortedKey>,
}

/// A key column and its order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SortedKey {
    /// The column.
    pub column: String,
    /// DESC.
    pub descending: bool,
    /// NULLS FIRST.
    pub nulls_first: bool,
}

impl SortedKey {
    /// A key in the default order: ASC NULLS LAST.
    pub fn ascending(column: impl Into<String>) -> Self {
        Self { column: column.into(), descending: false, nulls_first: false }
    }

    /// The key as it stands in `CREATE INDEX`.
    pub fn sql(&self) -> String {
        let mut sql = quote(&self.column);
        if self.descending {
            sql += " DESC";
        }
        // NULLS LAST is the default for ASC, NULLS FIRST for DESC (manual, "CREATE INDEX").
        match (self.descending, self.nulls_first) {
            (false, true) => sql += " NULLS FIRST",
            (true, false) => sql += " NULLS LAST",
            _ => {}
        }
        sql
    }
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
            Self::CreateIndex(index) => vec![index.create("CREATE INDEX", &index.name, "ON", &index.table)],
        }
    }

    /// The statements as HypoPG is asked about them: one for each partition, which is where an index would be.
    pub fn imagined(&self) -> Vec<String> {
        let Self::CreateIndex(index) = self;
        if index.partitions.is_empty() {
            return self.sql();
        }
        index
            .partitions
            .iter()
            .map(|partition| index.create("CREATE INDEX", &index.name, "ON", partition))
            .collect()
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

    /// Takes another name while its own is one of these.
    pub fn avoid(&mut self, taken: &[String]) {
        while taken.contains(&self.index_name()) {
            let Self::CreateIndex(index) = self;
            index.name.push('1');
        }
    }

    /// How many columns it keeps: of two remedies that do the same, the narrower is cheaper to write.
    pub fn width(&self) -> usize {
        let Self::CreateIndex(index) = self;
        index.keys.len()
    }

    /// The statements for a server in use: without blocking writers.
    pub fn online(&self) -> Vec<String> {
        match self {
            Self::CreateIndex(_) if self.blocks_writers() => self.sql(),
            Self::CreateIndex(index) if index.partitions.is_empty() => {
                vec![index.create("CREATE INDEX CONCURRENTLY", &index.name, "ON", &index.table)]
            }
            Self::CreateIndex(index) => index.online_for_partitions(),
        }
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

impl IndexSpec {
    /// An index on this table, under a name that is free.
    pub fn on(table: &Table, keys: Vec<SortedKey>) -> Self {
        let taken: Vec<&str> = table.taken.iter().map(String::as_str).collect();
        Self {
            name: index_name(&table.name.name, &keys, &taken),
            table: table.name.clone(),
            partitions: table.partitions.clone(),
            attachable: table.attachable,
            keys,
        }
    }

    fn create(&self, how: &str, name: &str, on: &str, table: &TableName) -> String {
        let keys: Vec<String> = self.keys.iter().map(SortedKey::sql).collect();
        format!("{how} {} {on} {} ({});", quote(name), table.sql(), keys.join(", "))
    }

    /// An index's name with its table's schema.
    fn qualified(&self, name: &str) -> String {
        TableName { schema: self.table.schema.clone(), name: name.to_owned() }.sql()
    }

    /// CONCURRENTLY is not supported on a partitioned table: each partition gets its own, and the parent's
    /// becomes valid when the last is attached (manual, "Partitioning Maintenance").
    fn online_for_partitions(&self) -> Vec<String> {
        let mut statements = vec![self.create("CREATE INDEX", &self.name, "ON ONLY", &self.table)];
        for partition in &self.partitions {
            let name = index_name(&partition.name, &self.keys, &[]);
            // A partition that has this index already keeps it, and it is attached.
            statements.push(self.create("CREATE INDEX CONCURRENTLY IF NOT EXISTS", &name, "ON", partition));
            let attached = TableName { schema: partition.schema.clone(), name }.sql();
            let parent = self.qualified(&self.name);
            statements.push(format!("ALTER INDEX {parent} ATTACH PARTITION {attached};"));
        }
        statements
    }
}

/// PostgreSQL's identifiers end after 63 bytes (manual, "Identifiers and Key Words": NAMEDATALEN).
const NAME_BYTES: usize = 63;

/// `table_column_column_idx`, as PostgreSQL would name it (`ChooseIndexName`), and not one of `taken`.
pub fn index_name(table: &str, keys: &[SortedKey], taken: &[&str]) -> String {
    let columns: Vec<&str> = keys.iter().map(|k| k.column.as_str()).collect();
    let stem = format!("{table}_{}", columns.join("_"));
    let named = |suffix: String| {
        let mut end = stem.len().min(NAME_BYTES - suffix.len());
        while !stem.is_char_boundary(end) {
            end -= 1;
        }
        format!("{}{suffix}", &stem[..end])
    };
    let free = |name: &String| !taken.contains(&name.as_str());
    std::iter::once(named("_idx".to_owned()))
        .chain((1..).map(|n: u32| named(format!("_idx{n}"))))
        .find(free)
        .unwrap_or(stem.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(schema: &str, table: &str, keys: Vec<SortedKey>, partitions: &[&str]) -> Action {
        let name = |name: &str| TableName { schema: schema.into(), name: name.into() };
        Action::CreateIndex(IndexSpec {
            name: index_name(table, &keys, &[]),
            table: name(table),
            partitions: partitions.iter().copied().map(name).collect(),
            attachable: true,
            keys,
        })
    }

    #[test]
    fn an_index_is_written_as_it_is_tried_as_it_is_shipped_and_as_it_is_undone() {
        let newest = SortedKey { column: "created at".into(), descending: true, nulls_first: true };
        let action = spec("public", "orders", vec![SortedKey::ascending("status"), newest], &[]);
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
    fn a_partitioned_table_is_indexed_partition_by_partition() {
        let action = spec("shop", "log", vec![SortedKey::ascending("at")], &["log_1", "log_2"]);
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

    #[test]
    fn a_name_is_free_and_fits() {
        let keys = [SortedKey::ascending("x".repeat(80))];
        assert_eq!(index_name("t", &keys, &[]).len(), NAME_BYTES);
        let keys = [SortedKey::ascending("a")];
        assert_eq!(index_name("t", &keys, &["t_a_idx", "t_a_idx1"]), "t_a_idx2");
    }
}
