//! PostgreSQL's plan node types, under the names that EXPLAIN gives them in `Node Type`.

use std::fmt;

macro_rules! operators {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// What a plan node does: EXPLAIN's `Node Type` (PostgreSQL's `commands/explain.c`, `ExplainNode`).
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Operator {
            $(#[doc = $name] $variant,)*
            /// A node type that this version does not know; kept by its name, never fatal.
            Other(String),
        }

        impl Operator {
            /// The operator with this `Node Type`.
            pub fn from_name(name: &str) -> Self {
                match name { $($name => Self::$variant,)* other => Self::Other(other.to_owned()) }
            }

            /// The `Node Type`, as PostgreSQL prints it in JSON.
            pub fn name(&self) -> &str {
                match self { $(Self::$variant => $name,)* Self::Other(name) => name }
            }
        }
    };
}

operators! {
    Result = "Result",
    ProjectSet = "ProjectSet",
    ModifyTable = "ModifyTable",
    Append = "Append",
    MergeAppend = "Merge Append",
    RecursiveUnion = "Recursive Union",
    BitmapAnd = "BitmapAnd",
    BitmapOr = "BitmapOr",
    NestedLoop = "Nested Loop",
    MergeJoin = "Merge Join",
    HashJoin = "Hash Join",
    SeqScan = "Seq Scan",
    SampleScan = "Sample Scan",
    Gather = "Gather",
    GatherMerge = "Gather Merge",
    IndexScan = "Index Scan",
    IndexOnlyScan = "Index Only Scan",
    BitmapIndexScan = "Bitmap Index Scan",
    BitmapHeapScan = "Bitmap Heap Scan",
    TidScan = "Tid Scan",
    TidRangeScan = "Tid Range Scan",
    SubqueryScan = "Subquery Scan",
    FunctionScan = "Function Scan",
    TableFunctionScan = "Table Function Scan",
    ValuesScan = "Values Scan",
    CteScan = "CTE Scan",
    NamedTuplestoreScan = "Named Tuplestore Scan",
    WorkTableScan = "WorkTable Scan",
    ForeignScan = "Foreign Scan",
    CustomScan = "Custom Scan",
    Materialize = "Materialize",
    Memoize = "Memoize",
    Sort = "Sort",
    IncrementalSort = "Incremental Sort",
    Group = "Group",
    Aggregate = "Aggregate",
    WindowAgg = "WindowAgg",
    Unique = "Unique",
    SetOp = "SetOp",
    LockRows = "LockRows",
    Limit = "Limit",
    Hash = "Hash",
}

impl Operator {
    /// A join of two inputs.
    pub fn is_join(&self) -> bool {
        matches!(self, Self::NestedLoop | Self::MergeJoin | Self::HashJoin)
    }

    /// A Gather of either kind: below it, several processes work at once.
    pub fn is_gather(&self) -> bool {
        matches!(self, Self::Gather | Self::GatherMerge)
    }

    /// A node that reads the rows of a table (the heap, or an index in its stead).
    pub fn reads_table(&self) -> bool {
        matches!(self, Self::SeqScan | Self::IndexScan | Self::IndexOnlyScan | Self::BitmapHeapScan)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
