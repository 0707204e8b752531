//! Where a plan and a catalog do not fit together: the plan was taken elsewhere.

use super::{Catalog, Table};
use crate::plan::{Node, NodeId, Plan};
use crate::query::Expr;

/// What a plan names and a catalog does not have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Tables that the plan reads or writes, as it names them.
    pub tables: Vec<String>,
    /// Columns of the tables that are there: `orders.status`.
    pub columns: Vec<String>,
    /// The nodes that ask for those columns.
    pub nodes: Vec<NodeId>,
    /// Indexes of the tables that are there.
    pub indexes: Vec<String>,
}

/// Columns that every table has (manual, "System Columns").
pub const SYSTEM_COLUMNS: [&str; 6] = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"];

impl Catalog {
    /// What the plan names and this catalog does not have.
    pub fn differences(&self, plan: &Plan) -> Differences {
        let mut found = Differences::default();
        for node in &plan.nodes {
            let Some(relation) = &node.relation else { continue };
            match self.table(relation) {
                Some(table) => {
                    let missing = columns(node, table);
                    found.nodes.extend((!missing.is_empty()).then_some(node.id));
                    missing.into_iter().for_each(|column| add(&mut found.columns, column));
                }
                None => {
                    let schema = relation.schema.as_ref().map(|s| format!("{s}.")).unwrap_or_default();
                    add(&mut found.tables, format!("{schema}{}", relation.name));
                }
            }
        }
        // A bitmap's index is named without its table: it may belong to one that is not there.
        if found.tables.is_empty() {
            let known =
                |index: &String| self.tables.iter().any(|t| t.indexes.iter().any(|i| i.name == *index));
            let named = plan.nodes.iter().filter_map(|node| node.index.as_ref());
            named.filter(|index| !known(index)).for_each(|index| add(&mut found.indexes, index.clone()));
        }
        found
    }
}

/// The columns that the node asks its table for, and that the table does not have.
fn columns(node: &Node, table: &Table) -> Vec<String> {
    if table.columns.is_empty() {
        return Vec::new();
    }
    let exprs = node.conditions.iter().filter_map(|condition| Expr::parse(&condition.text));
    let mut missing = Vec::new();
    for expr in exprs {
        for (qualifier, name) in expr.columns() {
            let ours = qualifier.is_none_or(|qualifier| Some(qualifier) == node.alias());
            let unknown = table.column(name).is_none() && name != "*" && !SYSTEM_COLUMNS.contains(&name);
            if ours && unknown {
                missing.push(format!("{}.{name}", table.name));
            }
        }
    }
    missing
}

fn add(list: &mut Vec<String>, name: String) {
    if !list.contains(&name) {
        list.push(name);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Column, Index, TableName};
    use super::*;
    use crate::plan::read_json;

    fn orders() -> Table {
        let column = |name: &str| Column { name: name.into(), ..Column::default() };
        Table {
            name: TableName { schema: "public".into(), name: "orders".into() },
            columns: vec![column("id"), column("status")],
            indexes: vec![Index { name: "orders_pkey".into(), ..Index::default() }],
            ..Table::default()
        }
    }

    fn scan(table: &str, index: &str, condition: &str) -> Plan {
        let json = format!(
            r#"[{{"Plan": {{"Node Type": "Index Scan", "Relation Name": "{table}", "Alias": "o", "Index Name": "{index}",
                "Index Cond": "{condition}"}}}}]"#
        );
        read_json(&json).expect("a plan").remove(0)
    }

    #[test]
    fn what_is_not_there_is_named() {
        let there = Catalog { tables: vec![orders()], ..Catalog::default() };
        type Row<'a> = (Plan, &'a [&'a str], &'a [&'a str], &'a [&'a str]);
        let table: [Row; 5] = [
            (scan("orders", "orders_pkey", "(o.id = 1)"), &[], &[], &[]),
            (scan("orders", "orders_pkey", "(id = c.order_id)"), &[], &[], &[]),
            (scan("orders", "orders_pkey", "((o.kind = 1) AND (o.ctid = 1))"), &[], &["orders.kind"], &[]),
            (scan("orders", "orders_status_idx", "(o.status = 1)"), &[], &[], &["orders_status_idx"]),
            (scan("bills", "bills_pkey", "(o.nr = 1)"), &["bills"], &[], &[]),
        ];
        for (plan, tables, columns, indexes) in table {
            let found = there.differences(&plan);
            assert_eq!(found.tables, tables);
            assert_eq!(found.columns, columns);
            assert_eq!(found.indexes, indexes);
            assert_eq!(found.nodes.is_empty(), columns.is_empty());
        }
    }
}
