//! Two copies of a table, one with the index and one without, and what is written to them.

use std::time::Instant;

use super::sizes::{Scale, Sizes};
use super::{FEWEST_PAIRS, Hot, Pair, UpdateCost, Why, WriteCost, cost};
use crate::catalog::TableName;
use crate::db::{Facts, Trial, Written};
use crate::query::name::quote;
use crate::remedy::{Action, Method, Remedy};
use crate::units::Share;

const SAMPLE: &str = "pg_temp.advisor_sample";
const UPDATES: &str = "pg_temp.advisor_updates";

/// Numbers the sample's rows.
const NUMBER: &str = "advisor_number";

/// PostgreSQL's own (manual, "CREATE TABLE").
const FULL: u32 = 100;

/// A HOT update needs room on its page. Pages of a table in use have it from rows that are gone; fresh ones have it from
/// the fill factor alone.
const ROOM: u32 = 70;

/// The pairs of inserts, and those of updates, may each take so much of the time; on a quiet machine they take a tenth.
const PAIRS: f64 = 0.5;

/// Sampling takes about a tenth of what follows.
const SAMPLING: f64 = 0.2;

/// One row of so many is updated at the most, so that the room that pages have is enough.
const ONE_OF: u64 = 5;

/// The copies, within the transaction that is rolled back.
struct Copies<'a, 't> {
    trial: &'a Trial<'t>,
    facts: Facts,
    sizes: Sizes,
    without: TableName,
    with: TableName,
    /// The new indexes, as SQL names them, where entries of theirs may be put off.
    lazy: Vec<String>,
    /// Whether their own writing makes images of whole pages.
    images: bool,
    scale: Scale,
}

/// Makes copies, writes to them, and tells what the remedy's indexes cost.
pub(super) async fn experiment(
    trial: &Trial<'_>,
    remedy: &Remedy,
    scale: Scale,
    start: Instant,
) -> Result<WriteCost, Why> {
    let [table] = remedy.tables()[..] else { return Err(Why("it concerns several tables".to_owned())) };
    let facts = trial.facts(&table.sql()).await?;
    let facts = facts.ok_or_else(|| Why("its table holds no rows itself".to_owned()))?;
    if let Some(why) = obstacle(&facts) {
        return Err(Why(why));
    }
    trial.hurry(scale.time).await?;
    trial.execute(include_str!("../../../sql/writes/settings.sql")).await?;
    let mut rows = sample(trial, &facts, scale).await?;
    if scale.is_over(start, SAMPLING) {
        // The machine is busy, or the table is on disk: a smaller copy has to do.
        rows /= 4;
    }
    let few = || Why(format!("too few rows to tell by: {rows}"));
    let sizes = scale.share_out(rows).ok_or_else(few)?;
    let copies = Copies::make(trial, facts, sizes, remedy, scale).await?;
    let insert = copies.inserts().await?;
    let update = copies.updates(remedy).await?;
    Ok(WriteCost { rows, insert, update, activity: None })
}

/// What forbids to make copies of a table.
fn obstacle(facts: &Facts) -> Option<String> {
    let Facts { schema, event_trigger, .. } = facts;
    if let Some(trigger) = event_trigger {
        return Some(format!("a copy of the table would fire the event trigger {trigger}"));
    }
    match facts {
        Facts { may_read: false, .. } => Some("the role may not read the table".to_owned()),
        Facts { filtered: true, .. } => Some("policies hide rows of the table from the role".to_owned()),
        Facts { may_create: false, .. } => {
            Some(format!("the role may not make a copy in schema {}", quote(schema)))
        }
        Facts { may_make_temporary: false, .. } => {
            Some("the role may not make temporary tables in this database".to_owned())
        }
        Facts { pages: 0, .. } => Some("the table has no rows".to_owned()),
        Facts { columns, .. } if columns.iter().any(|column| column == NUMBER) => {
            Some(format!("a column is called {NUMBER}"))
        }
        _ => None,
    }
}

/// Takes some rows, in the table's own order, and numbers them; how many there are.
async fn sample(trial: &Trial<'_>, facts: &Facts, scale: Scale) -> Result<u64, Why> {
    let (limit, percent) = scale.sample(facts);
    let part = percent.map(|percent| format!(" TABLESAMPLE SYSTEM ({percent})")).unwrap_or_default();
    let (table, columns) = (&facts.table, columns(facts));
    let rows = format!("SELECT {columns} FROM ONLY {table}{part} LIMIT {limit}");
    let numbered = format!("SELECT (row_number() OVER ())::int - 1 AS {NUMBER}, t.* FROM ({rows}) AS t");
    // A temporary table writes no WAL, and its own schema has no name to collide with.
    trial.execute(&format!("CREATE TEMPORARY TABLE advisor_sample AS {numbered}")).await?;
    trial.execute(&format!("CREATE INDEX ON {SAMPLE} ({NUMBER})")).await?;
    Ok(trial.count(SAMPLE).await?)
}

fn columns(facts: &Facts) -> String {
    facts.columns.iter().map(|column| quote(column)).collect::<Vec<_>>().join(", ")
}

impl<'a, 't> Copies<'a, 't> {
    async fn make(
        trial: &'a Trial<'t>,
        facts: Facts,
        sizes: Sizes,
        remedy: &Remedy,
        scale: Scale,
    ) -> Result<Self, Why> {
        // Nobody else sees these names before the rollback; two of this program's own processes must not meet.
        let pid = trial.pid().await?;
        let named = |which: &str| TableName {
            schema: facts.schema.clone(),
            name: format!("advisor_{which}_index_{pid}"),
        };
        let (without, with) = (named("without"), named("with"));
        let on_copy = |(at, action): (usize, &Action)| action.on_copy(&with, format!("{}_{at}", with.name));
        let actions: Option<Vec<Action>> = remedy.actions.iter().enumerate().map(on_copy).collect();
        let actions = actions.ok_or_else(|| Why("it is no index".to_owned()))?;
        let (mut lazy, mut images) = (Vec::new(), false);
        for action in &actions {
            lazy.extend(action.index_sql().filter(|_| action.method() == Some(Method::Gin)));
            images |= !matches!(action.method(), Some(Method::BTree | Method::Brin));
        }
        let copies = Self { trial, facts, sizes, without, with, lazy, images, scale };
        for copy in copies.both() {
            copies.fill(copy).await?;
        }
        for sql in actions.iter().flat_map(Action::sql) {
            trial.execute(&sql).await?;
        }
        Ok(copies)
    }

    fn both(&self) -> [&TableName; 2] {
        [&self.without, &self.with]
    }

    /// A permanent table, since others write no WAL; without triggers, constraints and, for now, indexes.
    async fn fill(&self, copy: &TableName) -> Result<(), Why> {
        let Facts { table, access_method, fillfactor, .. } = &self.facts;
        let full = fillfactor.unwrap_or(FULL).min(ROOM);
        let like = format!("{} (LIKE {table} INCLUDING STORAGE)", copy.sql());
        let how = format!("USING {access_method} WITH (fillfactor = {full})");
        self.trial.execute(&format!("CREATE TABLE {like} {how}")).await?;
        if self.facts.published {
            // A publication of all tables is one of the copies too, and refuses updates of what has no identity.
            self.trial.execute(&format!("ALTER TABLE {} REPLICA IDENTITY FULL", copy.sql())).await?;
        }
        Ok(self.trial.execute(&self.insert(copy, 0, self.sizes.fill)).await?)
    }

    /// Writes the sample's rows with these numbers.
    fn insert(&self, copy: &TableName, from: u64, to: u64) -> String {
        let (copy, columns) = (copy.sql(), columns(&self.facts));
        let rows = format!("{SAMPLE} WHERE {NUMBER} >= {from} AND {NUMBER} < {to}");
        format!("INSERT INTO {copy} ({columns}) SELECT {columns} FROM {rows} ORDER BY {NUMBER}")
    }

    async fn inserts(&self) -> Result<Option<super::Cost>, Why> {
        let Sizes { fill, batch, .. } = self.sizes;
        let sql = |copy: &TableName, at: u64| self.insert(copy, fill + at * batch, fill + (at + 1) * batch);
        let (pairs, done) = self.pairs(batch, sql).await?;
        let later = self.put_off(done).await?;
        Ok(cost(&pairs, batch as f64, later, self.images))
    }

    /// Runs each statement in both copies, in turn which goes first; the first pair warms up. The pairs that count, and
    /// how many rows were written to each copy in all.
    async fn pairs(
        &self,
        batch: u64,
        sql: impl Fn(&TableName, u64) -> String,
    ) -> Result<(Vec<Pair>, u64), Why> {
        let (start, mut pairs, mut done) = (Instant::now(), Vec::new(), 0);
        for at in 0..=self.sizes.pairs {
            if pairs.len() >= FEWEST_PAIRS && self.scale.is_over(start, PAIRS) {
                break;
            }
            let (first, second) = if at.is_multiple_of(2) { (0, 1) } else { (1, 0) };
            let mut written = [Written::default(); 2];
            for which in [first, second] {
                written[which] = self.trial.write(&sql(self.both()[which], at)).await?;
            }
            done += batch;
            let [without, with] = written;
            if without.rows != batch as f64 || with.rows != batch as f64 {
                return Err(Why("the two copies are not alike".to_owned()));
            }
            let pair = if self.facts.wal { (without, with) } else { (silent(without), silent(with)) };
            pairs.extend((at > 0).then_some(pair));
        }
        Ok((pairs, done))
    }

    /// GIN keeps new entries in a list, and sorts them in when that is long, or by VACUUM (manual, "GIN Fast Update
    /// Technique"). Whoever writes pays for that as well, if later: what it took for each of so many rows.
    async fn put_off(&self, rows: u64) -> Result<Written, Why> {
        let mut all = Written::default();
        for index in &self.lazy {
            let text = index.replace('\'', "''");
            let sorted_in =
                self.trial.write(&format!("SELECT gin_clean_pending_list('{text}'::regclass)")).await?;
            all.time += sorted_in.time;
            all.wal = Some(all.wal.unwrap_or_default() + sorted_in.wal.unwrap_or_default());
        }
        let each = rows.max(1) as f64;
        Ok(Written { time: all.time * (1.0 / each), wal: all.wal.map(|wal| wal / each), ..all })
    }

    /// The column whose change is tried: one of the new index's. Unique ones are left out, since rows would collide;
    /// one that no index has yet comes first, since its updates may be HOT so far.
    fn column(&self, remedy: &Remedy) -> Option<String> {
        let touched = remedy.actions.iter().flat_map(Action::columns);
        let indexes = &self.facts.indexes;
        let has = |column: &String, unique: bool| {
            indexes.iter().any(|index| (index.unique || !unique) && index.columns.contains(column))
        };
        let mut free: Vec<String> =
            touched.filter(|column| self.facts.columns.contains(column) && !has(column, true)).collect();
        free.sort_by_key(|column| has(column, false));
        free.into_iter().next()
    }

    async fn updates(&self, remedy: &Remedy) -> Result<Option<UpdateCost>, Why> {
        let Some(column) = self.column(remedy) else { return Ok(None) };
        let definitions: Option<Vec<&String>> =
            self.facts.indexes.iter().map(|index| index.definition.as_ref()).collect();
        let Some(definitions) = definitions else { return Ok(None) };
        for copy in self.both() {
            for definition in &definitions {
                // An update that is not HOT writes to all of them.
                self.trial.execute(&format!("CREATE INDEX ON {} {definition}", copy.sql())).await?;
            }
        }
        let batch = self.choose(&column).await? / (self.sizes.pairs + 1);
        if batch == 0 {
            return Ok(None);
        }
        let set = format!("SET {} = u.value FROM {UPDATES} AS u", quote(&column));
        let sql = |copy: &TableName, at: u64| {
            let (from, to, copy) = (at * batch, (at + 1) * batch, copy.sql());
            format!(
                "UPDATE {copy} AS c {set} WHERE u.number >= {from} AND u.number < {to} AND c.ctid = u.place"
            )
        };
        // Rows are found by their place, which a nested loop goes to directly.
        self.trial.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off").await?;
        let (pairs, done) = self.pairs(batch, sql).await?;
        let hot = self.hot().await?;
        let later = self.put_off(done).await?;
        let cost = cost(&pairs, batch as f64, later, self.images);
        Ok(cost.map(|cost| UpdateCost { column, cost, hot }))
    }

    /// Chooses rows to update, evenly spread, with new values for them; how many there are.
    async fn choose(&self, column: &str) -> Result<u64, Why> {
        let Sizes { fill, batch, pairs } = self.sizes;
        let wanted = (batch * (pairs + 1)).min(fill / ONE_OF);
        let step = (fill / wanted.max(1)).max(ONE_OF);
        let (value, copy) = (quote(column), self.with.sql());
        let all =
            format!("SELECT ctid AS place, {value} AS value, row_number() OVER () AS number FROM {copy}");
        let places =
            format!("SELECT place, value FROM ({all}) AS t WHERE number % {step} = 0 LIMIT {wanted}");
        self.trial.execute(&format!("CREATE TEMPORARY TABLE advisor_places AS {places}")).await?;
        self.trial.execute(include_str!("../../../sql/writes/updates.sql")).await?;
        self.trial.execute(&format!("CREATE INDEX ON {UPDATES} (number)")).await?;
        Ok(self.trial.count(UPDATES).await?)
    }

    /// How many of the updates were HOT, as the server counted them.
    async fn hot(&self) -> Result<Option<Hot>, Why> {
        let mut shares = Vec::new();
        for copy in self.both() {
            let (all, hot) = self.trial.updated(&copy.sql()).await?;
            // Without track_counts nothing is counted.
            shares.extend((all > 0).then(|| Share(hot as f64 / all as f64)));
        }
        Ok(match shares[..] {
            [before, after] => Some(Hot { before, after }),
            _ => None,
        })
    }
}

/// The same without its WAL, where what is told of it is not what a table in use writes.
fn silent(written: Written) -> Written {
    Written { wal: None, ..written }
}
