//! The names of EXPLAIN's keys of a node, and how they are looked up: a plan holds a hundred of them a page.

macro_rules! keys {
    ($($key:ident = $name:literal),* $(,)?) => {
        /// A key that EXPLAIN prints in a node (explain.c, `ExplainNode`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Key { $($key),* }

        const KEYS: &[(&str, Key)] = &[$(($name, Key::$key)),*];
    };
}

keys! {
    // Those that have a place of their own in a node.
    NodeType = "Node Type",
    ParentRelationship = "Parent Relationship",
    Plans = "Plans",
    SubplanName = "Subplan Name",
    ParallelAware = "Parallel Aware",
    Strategy = "Strategy",
    PartialMode = "Partial Mode",
    JoinType = "Join Type",
    Operation = "Operation",
    Command = "Command",
    ScanDirection = "Scan Direction",
    Schema = "Schema",
    RelationName = "Relation Name",
    Alias = "Alias",
    IndexName = "Index Name",
    CteName = "CTE Name",
    FunctionName = "Function Name",
    Output = "Output",
    Filter = "Filter",
    IndexCond = "Index Cond",
    RecheckCond = "Recheck Cond",
    JoinFilter = "Join Filter",
    HashCond = "Hash Cond",
    MergeCond = "Merge Cond",
    OrderBy = "Order By",
    OneTimeFilter = "One-Time Filter",
    TidCond = "TID Cond",
    RunCondition = "Run Condition",
    SortKeys = "Sort Key",
    PresortedKeys = "Presorted Key",
    GroupKeys = "Group Key",
    InnerUnique = "Inner Unique",
    StartupCost = "Startup Cost",
    TotalCost = "Total Cost",
    PlanRows = "Plan Rows",
    PlanWidth = "Plan Width",
    ActualStartupTime = "Actual Startup Time",
    ActualTotalTime = "Actual Total Time",
    ActualRows = "Actual Rows",
    ActualLoops = "Actual Loops",
    RowsRemovedByFilter = "Rows Removed by Filter",
    RowsRemovedByJoinFilter = "Rows Removed by Join Filter",
    RowsRemovedByRecheck = "Rows Removed by Index Recheck",
    HeapFetches = "Heap Fetches",
    ExactHeapBlocks = "Exact Heap Blocks",
    LossyHeapBlocks = "Lossy Heap Blocks",
    WorkersPlanned = "Workers Planned",
    WorkersLaunched = "Workers Launched",
    Workers = "Workers",
    SortMethod = "Sort Method",
    SortSpaceUsed = "Sort Space Used",
    SortSpaceType = "Sort Space Type",
    HashBatches = "Hash Batches",
    OriginalHashBatches = "Original Hash Batches",
    HashAggBatches = "HashAgg Batches",
    DiskUsage = "Disk Usage",
    PeakMemoryUsage = "Peak Memory Usage",
    SharedHitBlocks = "Shared Hit Blocks",
    SharedReadBlocks = "Shared Read Blocks",
    SharedDirtiedBlocks = "Shared Dirtied Blocks",
    SharedWrittenBlocks = "Shared Written Blocks",
    LocalHitBlocks = "Local Hit Blocks",
    TempReadBlocks = "Temp Read Blocks",
    TempWrittenBlocks = "Temp Written Blocks",
    // Those that are kept as they are, and printed often.
    AsyncCapable = "Async Capable",
    Disabled = "Disabled",
    LocalReadBlocks = "Local Read Blocks",
    LocalDirtiedBlocks = "Local Dirtied Blocks",
    LocalWrittenBlocks = "Local Written Blocks",
    WalRecords = "WAL Records",
    WalFpi = "WAL FPI",
    WalBytes = "WAL Bytes",
    WalBuffersFull = "WAL Buffers Full",
    SingleCopy = "Single Copy",
    IndexSearches = "Index Searches",
    SubplansRemoved = "Subplans Removed",
    Storage = "Storage",
    MaximumStorage = "Maximum Storage",
    HashBuckets = "Hash Buckets",
    OriginalHashBuckets = "Original Hash Buckets",
    PlannedPartitions = "Planned Partitions",
    IoReadTime = "I/O Read Time",
    IoWriteTime = "I/O Write Time",
    SharedIoReadTime = "Shared I/O Read Time",
    SharedIoWriteTime = "Shared I/O Write Time",
    LocalIoReadTime = "Local I/O Read Time",
    LocalIoWriteTime = "Local I/O Write Time",
    TempIoReadTime = "Temp I/O Read Time",
    TempIoWriteTime = "Temp I/O Write Time",
    CacheKeys = "Cache Key",
    CacheMode = "Cache Mode",
    CacheHits = "Cache Hits",
    CacheMisses = "Cache Misses",
    CacheEvictions = "Cache Evictions",
    CacheOverflows = "Cache Overflows",
}

impl Key {
    /// The key of this name.
    pub(super) fn of(name: &str) -> Option<Self> {
        let slot = *PLACES.get(slot(name.as_bytes(), SEED))?;
        let (known, key) = *KEYS.get(usize::from(slot))?;
        (known == name).then_some(key)
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        KEYS.get(self as usize).map_or("", |(name, _)| name)
    }
}

/// Enough for a seed to be found that gives each key a slot of its own.
const SLOTS: usize = 2048;

/// A slot with no key.
const FREE: u8 = u8::MAX;

/// The first seed without a collision, sought by the compiler.
const SEED: u64 = {
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    while places(seed).is_none() {
        seed += 2;
    }
    seed
};

/// In which place of `KEYS` the key of each slot stands.
static PLACES: [u8; SLOTS] = match places(SEED) {
    Some(places) => places,
    None => [FREE; SLOTS],
};

const fn places(seed: u64) -> Option<[u8; SLOTS]> {
    let mut places = [FREE; SLOTS];
    let mut at = 0;
    while at < KEYS.len() {
        let slot = slot(KEYS[at].0.as_bytes(), seed);
        if places[slot] != FREE {
            return None;
        }
        places[slot] = at as u8;
        at += 1;
    }
    Some(places)
}

/// By its length, its first and its last eight bytes, which no two keys share.
const fn slot(name: &[u8], seed: u64) -> usize {
    let (first, last) = match (name.first_chunk(), name.last_chunk()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => match (name.first_chunk(), name.last_chunk()) {
            (Some(first), Some(last)) => {
                (u32::from_le_bytes(*first) as u64, u32::from_le_bytes(*last) as u64)
            }
            _ => (0, 0),
        },
    };
    let mixed = (first ^ last.rotate_left(29) ^ name.len() as u64).wrapping_mul(seed);
    (mixed >> (u64::BITS - SLOTS.trailing_zeros())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_found_by_its_name() {
        for (at, (name, key)) in KEYS.iter().enumerate() {
            assert_eq!((Key::of(name), key.name(), *key as usize), (Some(*key), *name, at));
        }
        for name in ["", "Key", "Plan", "plans", "Filter ", "Rows Removed by Filters", "Temp Read Block"] {
            assert_eq!(Key::of(name), None, "{name}");
        }
    }
}
