//! `advisor catalog`: what a database knows of its tables, as a file.

use std::collections::BTreeSet;
use std::pin::pin;
use std::time::{Duration, Instant};

use super::args::CatalogArgs;
use super::door::{self, Door};
use super::output;
use super::progress::Progress;
use crate::catalog::{CatalogFile, Origin, Table, TableName};
use crate::db::{self, Listed, Session, Wanted};
use crate::error::{Error, ExitCode, Result};
use crate::query::name::quote;
use crate::report;

/// So many tables are asked for at once: what is going on can be told in between, and no answer grows without bounds.
const AT_ONCE: usize = 50;

/// Who waits longer wants to know how far it is.
const NOW_AND_THEN: Duration = Duration::from_secs(5);

/// So many names are told; whoever has more to do will want to do it for all.
const NAMED: usize = 3;

/// `pg_read_all_data` (manual, "Predefined Roles").
const READS_ALL_DATA: u32 = 140_000;

/// Runs the command.
pub async fn catalog(args: &CatalogArgs) -> Result<ExitCode> {
    output::check(args.output.as_deref())?;
    // Listened for before anything else, and without a pause in between.
    let mut interrupted = pin!(door::interrupted());
    let door = tokio::select! {
        biased;
        () = &mut interrupted => return Err(Error::interrupted()),
        opened = Door::open(&args.connection) => opened?,
    };
    door.notes.iter().for_each(|note| output::remark(note, None));
    let file = tokio::select! {
        biased;
        () = &mut interrupted => return Err(door::stop(&door.gateway).await),
        read = read(&door.session, args) => read?,
    };
    lacks(&file, &door.session);
    door.session.close().await;
    let file = if args.no_values { file.without_values() } else { file };
    output::deliver(&report::harmless_json(&file.write()), args.output.as_deref())?;
    Ok(ExitCode::Fine)
}

/// Reads all that was asked for.
async fn read(session: &Session, args: &CatalogArgs) -> Result<CatalogFile> {
    let circumstances = db::circumstances(session).await.map_err(Error::from)?;
    let listed = db::list_tables(session).await.map_err(Error::from)?;
    let names = selected(&listed, args)?;
    let progress = Progress::new(String::new());
    let what = format!("reading the catalog of {} tables", names.len());
    let tables = progress.during(&what, None, tables(session, &names, &progress)).await?;
    let origin = Origin {
        database: session.server.database.clone(),
        server_version: session.server.version.clone(),
        server_version_num: session.server.version_num,
        taken_at: circumstances.taken_at,
        search_path: circumstances.search_path,
        values: true,
    };
    let others = db::load_catalog(session, &Wanted::default()).await.map_err(Error::from)?;
    Ok(CatalogFile { origin, tables, extensions: others.extensions })
}

/// Reads the tables, and now and then says how far it is.
async fn tables(session: &Session, names: &[TableName], progress: &Progress) -> Result<Vec<Table>> {
    let mut tables: Vec<Table> = Vec::new();
    let mut told = Instant::now();
    for some in names.chunks(AT_ONCE) {
        let read = db::load_catalog(session, &Wanted::whole(some)).await;
        tables.extend(read.map_err(Error::from)?.tables);
        if told.elapsed() > NOW_AND_THEN {
            progress.say(&format!("{} of {} tables are read", tables.len(), names.len()));
            told = Instant::now();
        }
    }
    Ok(tables)
}

/// The tables that are asked for, each with all of the partitioned table that it is a part of.
fn selected(listed: &[Listed], args: &CatalogArgs) -> Result<Vec<TableName>> {
    let in_schema = |pattern: &String, one: &Listed| matches(pattern, &one.name.schema);
    let of_table = |pattern: &String, one: &Listed| is_called(pattern, &one.name);
    let nowhere =
        |pattern: &&String, is: &dyn Fn(&String, &Listed) -> bool| !listed.iter().any(|one| is(pattern, one));
    let unmatched = args.tables.iter().find(|pattern| nowhere(pattern, &of_table));
    if let Some(pattern) = unmatched.or(args.schemas.iter().find(|pattern| nowhere(pattern, &in_schema))) {
        return Err(Error::input(format!("no table is called `{pattern}`, and no schema that holds one"))
            .hint("names are written as they are stored, without quotes; `*` stands for any letters"));
    }
    let chosen = |one: &&Listed| {
        let schema = args.schemas.is_empty() || args.schemas.iter().any(|pattern| in_schema(pattern, one));
        schema && (args.tables.is_empty() || args.tables.iter().any(|pattern| of_table(pattern, one)))
    };
    let tops: BTreeSet<&TableName> = listed.iter().filter(chosen).map(top).collect();
    Ok(listed.iter().filter(|one| tops.contains(top(one))).map(|one| one.name.clone()).collect())
}

fn top(one: &Listed) -> &TableName {
    one.root.as_ref().unwrap_or(&one.name)
}

/// Whether `-t` means this table: `orders` in any schema, or `shop.orders`.
fn is_called(pattern: &str, table: &TableName) -> bool {
    matches(pattern, &table.name) || matches(pattern, &format!("{}.{}", table.schema, table.name))
}

/// `*` stands for any letters, `?` for one.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // Where the last `*` stands, and how much of the name it has taken.
    let (mut at, mut taken, mut star) = (0, 0, None);
    while let Some(letter) = name.get(taken) {
        match (pattern.get(at), star) {
            (Some('*'), _) => {
                star = Some((at, taken));
                at += 1;
            }
            (Some(wanted), _) if *wanted == '?' || wanted == letter => (at, taken) = (at + 1, taken + 1),
            (_, Some((place, before))) => {
                star = Some((place, before + 1));
                (at, taken) = (place + 1, before + 1);
            }
            (_, None) => return false,
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|rest| *rest == '*')
}

/// Says what the file lacks, and what would bring it.
fn lacks(file: &CatalogFile, session: &Session) {
    if file.tables.is_empty() {
        output::remark(&format!("the database `{}` has no tables", session.server.database), None);
    }
    let bare = |table: &&Table| table.columns.iter().all(|column| column.statistics.is_none());
    let (hidden, others): (Vec<&Table>, Vec<&Table>) = file.tables.iter().partition(|table| !table.readable);
    if !hidden.is_empty() {
        let what = format!(
            "the role `{}` may not read {}, so that what ANALYZE found of them is not in the file",
            session.server.user,
            named(&hidden)
        );
        output::remark(&what, Some(&grant(&hidden, session)));
    }
    // A table without rows has nothing that could be found.
    let unknown: Vec<&Table> = others.into_iter().filter(|table| table.rows != 0.0 && bare(table)).collect();
    if !unknown.is_empty() {
        let what = format!("nothing is known of the values in {}", named(&unknown));
        let why = "ANALYZE was never run there, or row security hides what it found";
        output::remark(&format!("{what}: {why}"), Some("ANALYZE;"));
    }
}

fn named(tables: &[&Table]) -> String {
    let names: Vec<String> = tables.iter().take(NAMED).map(|table| table.name.to_string()).collect();
    match tables.len() - names.len() {
        0 => names.join(", "),
        more => format!("{} and {more} more tables", names.join(", ")),
    }
}

fn grant(tables: &[&Table], session: &Session) -> String {
    let role = quote(&session.server.user);
    if tables.len() > NAMED && session.server.version_num >= READS_ALL_DATA {
        return format!("GRANT pg_read_all_data TO {role};");
    }
    let names: Vec<String> = tables.iter().map(|table| table.name.sql()).collect();
    format!("GRANT SELECT ON {} TO {role};", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::ConnectionArgs;
    use crate::units::Ms;

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, name, expected) in [
            ("orders", "orders", true),
            ("orders", "orders2", false),
            ("Orders", "orders", false),
            ("*", "", true),
            ("o*s", "orders", true),
            ("o*s", "order", false),
            ("*er*er*", "orderer", true),
            ("*_id?x", "a_idx_idyx", true),
            ("????", "größ", true),
            ("???", "größ", false),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn tables_are_selected_with_what_they_are_a_part_of() {
        let name = |text: &str| {
            let (schema, name) = text.split_once('.').expect("a schema");
            TableName { schema: schema.into(), name: name.into() }
        };
        let one = |text: &str, root: Option<&str>| Listed { name: name(text), root: root.map(name) };
        let listed = [
            one("app.orders", None),
            one("app.events", None),
            one("parts.events_1", Some("app.events")),
            one("parts.events_2", Some("app.events")),
            one("other.orders", None),
        ];
        let strings = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        type Row<'a> = (&'a [&'a str], &'a [&'a str], Result<&'a [&'a str], &'a str>);
        let events: &[&str] = &["app.events", "parts.events_1", "parts.events_2"];
        let table: [Row; 8] = [
            (&["orders"], &[], Ok(&["app.orders", "other.orders"])),
            (&["app.orders"], &[], Ok(&["app.orders"])),
            (&["events"], &[], Ok(events)),
            (&["parts.events_2"], &[], Ok(events)),
            (&[], &["other"], Ok(&["other.orders"])),
            (&["o*", "orders"], &["app"], Ok(&["app.orders"])),
            (&["orders", "ordres"], &[], Err("no table is called `ordres`, and no schema that holds one")),
            (&[], &["nosuch"], Err("no table is called `nosuch`, and no schema that holds one")),
        ];
        for (tables, schemas, expected) in table {
            let args = CatalogArgs {
                connection: ConnectionArgs { dsn: None, timeout: Ms(1.0) },
                tables: strings(tables),
                schemas: strings(schemas),
                no_values: false,
                output: None,
            };
            let found = selected(&listed, &args).map_err(|error| error.what().to_owned());
            let expected = expected.map(|names| names.iter().map(|text| name(text)).collect::<Vec<_>>());
            assert_eq!(found, expected.map_err(str::to_owned), "{tables:?} {schemas:?}");
        }
    }
}
