//! How an index of a partitioned table is made without blocking writers.

use super::index::{IndexSpec, named};
use crate::catalog::TableName;

impl IndexSpec {
    /// CONCURRENTLY is not supported on a partitioned table: each partition gets its own, and the parent's
    /// becomes valid when the last is attached (manual, "Partitioning Maintenance"). Where partitions are partitioned
    /// themselves, so from the leaves up (`validatePartitionedIndex`).
    pub(super) fn online_for_partitions(&self) -> Vec<String> {
        let mut statements = vec![self.create("CREATE INDEX", &self.name, "ON ONLY", &self.table)];
        match self.below.is_empty() {
            true => {
                let parts = self.partitions.iter();
                statements.extend(parts.flat_map(|partition| self.attached(partition, &self.table)));
            }
            false => {
                let branches = self.below.iter().filter(|part| !part.leaf).map(|part| &part.name);
                statements.extend(
                    branches.clone().map(|table| {
                        self.create("CREATE INDEX", &self.part_name(table).name, "ON ONLY", table)
                    }),
                );
                let leaves = self.below.iter().filter(|part| part.leaf);
                statements.extend(leaves.flat_map(|part| self.attached(&part.name, &part.parent)));
                let inner = self.below.iter().rev().filter(|part| !part.leaf);
                statements.extend(inner.map(|part| self.attach(&part.name, &part.parent)));
            }
        }
        statements
    }

    /// A partition's index, and how it becomes a part of the one above. One that is there already keeps its place.
    fn attached(&self, partition: &TableName, parent: &TableName) -> [String; 2] {
        let name = self.part_name(partition).name;
        let how = "CREATE INDEX CONCURRENTLY IF NOT EXISTS";
        [self.create(how, &name, "ON", partition), self.attach(partition, parent)]
    }

    fn attach(&self, partition: &TableName, parent: &TableName) -> String {
        let (above, index) = (self.part_name(parent).sql(), self.part_name(partition).sql());
        format!("ALTER INDEX {above} ATTACH PARTITION {index};")
    }

    /// The name that this index has on a part of the table: numbered as its own, since what its own name had to avoid on
    /// the table stands on the partitions, too.
    fn part_name(&self, part: &TableName) -> TableName {
        let number: String = self.name.rsplit("_idx").next().unwrap_or_default().to_owned();
        let number = if number.bytes().all(|b| b.is_ascii_digit()) { number } else { String::new() };
        let name = match *part == self.table {
            true => self.name.clone(),
            false => named(&part.name, &self.columns(), &format!("_idx{number}")),
        };
        TableName { schema: part.schema.clone(), name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Part, Table};
    use crate::remedy::{Action, Key, Method};

    fn name(name: &str) -> TableName {
        TableName { schema: "shop".into(), name: name.into() }
    }

    #[test]
    fn partitions_of_partitions_are_attached_from_the_leaves_up() {
        let part = |text: &str, parent: &str, leaf| Part { name: name(text), parent: name(parent), leaf };
        let log = Table {
            name: name("log"),
            partitions: vec![name("log_old"), name("log_new_1")],
            below: vec![
                part("log_new", "log", false),
                part("log_old", "log", true),
                part("log_new_1", "log_new", true),
            ],
            attachable: true,
            taken: vec!["log_doc_idx".into()],
            ..Table::default()
        };
        let index =
            IndexSpec::by(Method::Gin, &log, vec![Key::ascending("doc").with_opclass("jsonb_path_ops")]);
        let action = Action::CreateIndex(index.only("live").needing(Some("btree_gin")));
        assert_eq!(
            action.online(),
            [
                "CREATE EXTENSION IF NOT EXISTS btree_gin;",
                "CREATE INDEX log_doc_idx1 ON ONLY shop.log USING gin (doc jsonb_path_ops) WHERE live;",
                "CREATE INDEX log_new_doc_idx1 ON ONLY shop.log_new USING gin (doc jsonb_path_ops) WHERE live;",
                "CREATE INDEX CONCURRENTLY IF NOT EXISTS log_old_doc_idx1 ON shop.log_old USING gin (doc jsonb_path_ops) WHERE live;",
                "ALTER INDEX shop.log_doc_idx1 ATTACH PARTITION shop.log_old_doc_idx1;",
                "CREATE INDEX CONCURRENTLY IF NOT EXISTS log_new_1_doc_idx1 ON shop.log_new_1 USING gin (doc jsonb_path_ops) WHERE live;",
                "ALTER INDEX shop.log_new_doc_idx1 ATTACH PARTITION shop.log_new_1_doc_idx1;",
                "ALTER INDEX shop.log_doc_idx1 ATTACH PARTITION shop.log_new_doc_idx1;",
            ]
        );
        assert!(!action.blocks_writers());
    }
}
