//! A person's own idea, with everything that it names looked up.

use crate::catalog::{Catalog, Table, TableKind, TableName};
use crate::db::{self, KnownIndex, Refusal, Session, Wanted};
use crate::plan::{NodeId, Plan};
use crate::query::idea::{Idea, Named, NewIndex, NewStatistics};
use crate::remedy::{
    Action, Analyze, AttachIndex, DropIndex, GivenIndex, Key, Proposal, Remedy, Setting, Statistics,
    Treatment, index_name,
};
use crate::units::{Ms, count};

/// What a person proposes is a remedy like any other; nothing proposes it here.
static TREATMENT: Treatment = Treatment {
    id: "own",
    title: "A person's own idea",
    doc: "What `advisor prove` was given.",
    propose: |_| Proposal::default(),
};

/// An idea, with everything that it names looked up.
#[derive(Debug, Clone, Default)]
pub struct Plot {
    /// What it does, in its order.
    pub actions: Vec<Action>,
    /// What is known of the tables that it changes.
    pub catalog: Catalog,
    /// What must be known besides whether it helps.
    pub notes: Vec<String>,
}

/// What an idea names that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotThere {
    /// Which of its statements names it.
    pub at: usize,
    /// What it names: `the table orders`.
    pub what: String,
}

/// Looks up what an idea names. The refusal is the server's; the other failure is that something is not there.
pub async fn plot(session: &Session, ideas: &[Idea]) -> Result<Result<Plot, NotThere>, Refusal> {
    let wanted: Vec<TableName> = ideas.iter().flat_map(dropped).map(sought).collect();
    let indexes = if wanted.is_empty() { Vec::new() } else { db::indexes(session, &wanted).await? };
    let tables: Vec<TableName> = ideas
        .iter()
        .flat_map(tables)
        .map(sought)
        .chain(indexes.iter().map(|index| index.table.clone()))
        .collect();
    let mut catalog = Catalog::default();
    if !tables.is_empty() {
        catalog = db::load_catalog(session, &Wanted::whole(&tables)).await?;
    }
    let mut plot = Plot { catalog, ..Plot::default() };
    for (at, idea) in ideas.iter().enumerate() {
        if let Err(what) = plot.add(idea, &indexes) {
            return Ok(Err(NotThere { at, what }));
        }
    }
    Ok(Ok(plot))
}

fn sought(named: &Named) -> TableName {
    TableName { schema: named.schema.clone().unwrap_or_default(), name: named.name.clone() }
}

fn dropped(idea: &Idea) -> &[Named] {
    match idea {
        Idea::DropIndexes(names) => names,
        _ => &[],
    }
}

fn tables(idea: &Idea) -> Vec<&Named> {
    match idea {
        Idea::CreateIndex(new) => vec![&new.table],
        Idea::CreateStatistics(new) => vec![&new.table],
        Idea::Analyze(tables) => tables.iter().map(|(table, _)| table).collect(),
        _ => Vec::new(),
    }
}

impl Plot {
    /// Adds one statement; what is not there, otherwise.
    fn add(&mut self, idea: &Idea, indexes: &[KnownIndex]) -> Result<(), String> {
        match idea {
            Idea::CreateIndex(new) => self.actions.push(Action::GivenIndex(self.index(new)?)),
            Idea::AttachIndex { index, partition } => {
                if !self.makes(partition) {
                    let partition = sought(partition);
                    return Err(format!(
                        "the index {partition} among the new ones of this idea (attaching one that is in use locks its readers \
                         out)"
                    ));
                }
                let (index, partition) = (sought(index), sought(partition));
                self.actions.push(Action::AttachIndex(AttachIndex { index, partition }));
            }
            Idea::CreateExtension(name) => self.actions.push(Action::CreateExtension(name.clone())),
            Idea::DropIndexes(names) => {
                for named in names {
                    self.drop(named, indexes)?;
                }
            }
            Idea::CreateStatistics(new) => {
                self.actions.push(Action::CreateStatistics(self.statistics(new)?));
                self.analyzes();
            }
            Idea::Analyze(tables) => {
                for (table, columns) in tables {
                    let (table, columns) = (self.table(table)?.name.clone(), columns.clone());
                    self.actions.push(Action::Analyze(Analyze { table, columns }));
                }
                self.analyzes();
            }
            Idea::Set { name, value } => {
                self.actions.push(Action::Set(Setting { name: name.clone(), value: value.clone() }));
            }
            Idea::Timeout(name) => {
                let note = format!("{name} was left out: a trial has its own limits");
                if !self.notes.contains(&note) {
                    self.notes.push(note);
                }
            }
            Idea::Query(sql) => self.actions.push(Action::Rewrite(sql.clone())),
        }
        Ok(())
    }

    fn table(&self, named: &Named) -> Result<&Table, String> {
        let fits = |table: &&Table| {
            table.name.name == named.name
                && named.schema.as_ref().is_none_or(|schema| *schema == table.name.schema)
        };
        self.catalog.tables.iter().find(fits).ok_or_else(|| format!("the table {}", sought(named)))
    }

    fn index(&self, new: &NewIndex) -> Result<GivenIndex, String> {
        let table = self.table(&new.table)?;
        let taken: Vec<&str> = table.taken.iter().map(String::as_str).collect();
        let keys: Vec<Key> = new.named_after.iter().map(Key::ascending).collect();
        let name = new.name.clone().unwrap_or_else(|| index_name(&table.name.name, &keys, &taken));
        Ok(GivenIndex {
            unique: new.unique,
            only: new.only,
            if_not_exists: new.if_not_exists,
            name: TableName { schema: table.name.schema.clone(), name },
            table: table.name.clone(),
            partitioned: table.kind == TableKind::Partitioned,
            definition: new.definition.clone(),
        })
    }

    /// Whether this idea creates this index: `ATTACH PARTITION` takes ACCESS EXCLUSIVE on it until the rollback, which
    /// nobody notices only as long as nobody sees the index (`ATExecAttachPartitionIdx`; measured on 15).
    fn makes(&self, named: &Named) -> bool {
        self.actions.iter().any(|action| match action {
            Action::GivenIndex(index) => {
                let known = self.catalog.named(&index.table);
                index.name.name == named.name
                    && named.schema.as_ref().is_none_or(|schema| *schema == index.name.schema)
                    && !known.is_some_and(|table| table.taken.contains(&named.name))
            }
            _ => false,
        })
    }

    fn statistics(&self, new: &NewStatistics) -> Result<Statistics, String> {
        let table = self.table(&new.table)?.name.clone();
        let name = match &new.name {
            Some(named) => TableName {
                schema: named.schema.clone().unwrap_or_else(|| table.schema.clone()),
                name: named.name.clone(),
            },
            // As PostgreSQL 16 and later name them (`ChooseExtendedStatisticName`).
            None => TableName {
                schema: table.schema.clone(),
                name: format!("{}_{}_stat", table.name, new.named_after.join("_")),
            },
        };
        Ok(Statistics { name, table, definition: new.definition.clone() })
    }

    fn drop(&mut self, named: &Named, indexes: &[KnownIndex]) -> Result<(), String> {
        let fits = |index: &&KnownIndex| {
            index.name.name == named.name
                && named.schema.as_ref().is_none_or(|schema| *schema == index.name.schema)
        };
        let known = indexes.iter().find(fits).ok_or_else(|| format!("the index {}", sought(named)))?;
        self.notes.push(usage(known));
        if known.unique {
            let name = &known.name;
            self.notes.push(format!("{name} is unique: without it, values may be there twice"));
        }
        self.actions.push(Action::DropIndex(DropIndex {
            name: known.name.clone(),
            table: known.table.clone(),
            partitioned: known.partitioned,
            definition: known.definition.clone(),
            bytes: known.bytes,
        }));
        Ok(())
    }

    /// What a rolled-back ANALYZE leaves behind (`pgstat_report_analyze` is no part of the transaction).
    fn analyzes(&mut self) {
        let note = "a rolled-back ANALYZE leaves its time in pg_stat_user_tables, and the count of changes since then at \
                    zero, so that autovacuum analyzes the table later than it would have";
        if !self.notes.iter().any(|known| known == note) {
            self.notes.push(note.to_owned());
        }
    }

    /// The idea as a remedy for the statement of this plan.
    pub fn remedy(&self, plan: &Plan) -> Remedy {
        let changed: Vec<&TableName> = self.actions.iter().filter_map(Action::table).collect();
        let leaves = |name: &&TableName| self.catalog.named(name).map(|table| table.partitions.iter());
        let leaves: Vec<&TableName> = changed.iter().filter_map(leaves).flatten().collect();
        let concerns = |id: &NodeId| {
            let relation = plan.node(*id).relation.as_ref();
            relation.is_some_and(|relation| {
                let is = |name: &&&TableName| {
                    name.name == relation.name
                        && relation.schema.as_ref().is_none_or(|schema| *schema == name.schema)
                };
                changed.iter().find(is).is_some() || leaves.iter().find(is).is_some()
            })
        };
        Remedy {
            treatment: &TREATMENT,
            actions: self.actions.clone(),
            nodes: plan.nodes.iter().map(|node| node.id).filter(concerns).collect(),
            why: String::new(),
            replaces: Vec::new(),
        }
    }
}

/// In seconds.
const DAY: f64 = 86_400.0;

/// Whether other statements need an index, as far as the server counts.
fn usage(index: &KnownIndex) -> String {
    let name = &index.name;
    let since = match index.seconds {
        Some(seconds) if seconds >= 2.0 * DAY => format!("in the last {:.0} days", seconds / DAY),
        Some(seconds) => format!("in the last {}", Ms(seconds * 1000.0).roughly()),
        None => "since the server's counters began".to_owned(),
    };
    match index.scans {
        0 => format!(
            "{name} was not scanned {since} (pg_stat_user_indexes; a standby counts for itself); what was tried is this \
             statement alone"
        ),
        scans => {
            let times = count(scans as f64, "time", "times");
            format!(
                "{name} was scanned {times} {since}: other statements may need it, and what was tried is this one alone"
            )
        }
    }
}
