//! Where the report goes, and how: the only place that writes to standard output and standard error.

use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;

use super::args::{ColorWhen, Format, OutputArgs};
use crate::error::{Error, Result};
use crate::report::{self, Report, Style};

/// A report wider than this is harder to read, not easier.
const WIDEST: usize = 200;

/// Without a terminal to ask.
const DEFAULT_WIDTH: usize = 100;

/// Writes the report as the arguments say.
pub fn write(report: &Report, args: &OutputArgs) -> Result<()> {
    let text = match args.chosen_format() {
        Format::Text => report::terminal(report, &style(args)),
        Format::Markdown => report::markdown(report, args.all),
        Format::Json => report::json(report),
        Format::Sql => report::migration(report),
    };
    deliver(&text, args.output.as_deref())
}

/// Writes a text to a file, or to standard output.
pub fn deliver(text: &str, file: Option<&Path>) -> Result<()> {
    match file {
        Some(file) => std::fs::write(file, text).map_err(|error| unwritable(file, &error.to_string())),
        None => print(text),
    }
}

/// There is nothing to migrate in what this command writes.
pub fn no_migration(command: &str) -> Error {
    Error::input(format!("`advisor {command}` writes no SQL"))
        .hint("give a `--format`, or a name for `-o` that does not end in .sql")
}

/// Refuses to write over what is read.
pub fn spare<'a>(file: Option<&Path>, read: impl IntoIterator<Item = &'a std::path::PathBuf>) -> Result<()> {
    let Some(file) = file else { return Ok(()) };
    let whole = |path: &Path| path.canonicalize().ok();
    match read.into_iter().find(|path| whole(path).is_some() && whole(path) == whole(file)) {
        Some(_) => Err(unwritable(file, "it is what is read")),
        None => Ok(()),
    }
}

/// Refuses a file that cannot be written before anything is measured for it.
pub fn check(file: Option<&Path>) -> Result<()> {
    let Some(file) = file else { return Ok(()) };
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if file.is_dir() {
        return Err(unwritable(file, "it is a directory"));
    }
    if !folder.is_dir() {
        return Err(unwritable(file, &format!("`{}` is not a directory", folder.display())));
    }
    Ok(())
}

fn unwritable(file: &Path, why: &str) -> Error {
    Error::input(format!("`{}` cannot be written: {why}", file.display()))
        .hint("name a file in a folder that exists and that you may write to")
}

/// Writes to standard output. A broken pipe is success: whoever read it has read enough.
pub fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::input(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints an error and its hint to standard error.
pub fn complain(error: &Error) {
    let mut lines = format!("error: {}", error.what());
    if let Some(hint) = error.advice() {
        lines += &format!("\n hint: {hint}");
    }
    // Standard error may be closed; there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "{}", report::harmless_text(&lines));
}

/// Prints a remark to standard error, with the statement that would make it go away.
pub fn remark(what: &str, remedy: Option<&str>) {
    let remedy = remedy.map(|sql| format!("\n hint: {sql}")).unwrap_or_default();
    // Standard error may be closed; there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "{}", report::harmless_text(&format!("note: {what}{remedy}")));
}

/// How text looks where the arguments send it.
pub fn style(args: &OutputArgs) -> Style {
    let terminal = args.output.is_none() && std::io::stdout().is_terminal();
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let plain = set("NO_COLOR") || std::env::var("TERM").is_ok_and(|term| term == "dumb");
    let color = match args.color {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => terminal && !plain,
    };
    Style { color, unicode: !args.ascii && speaks_unicode(), width: width(), all: args.all }
}

/// The locale's encoding, by the variables in the order in which they override each other (POSIX, "Environment
/// Variables"). Without any, what reads a file or a pipe today reads UTF-8.
fn speaks_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|v| !v.is_empty());
    match locale {
        Some(locale) => {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8") || !std::io::stdout().is_terminal()
        }
        None => true,
    }
}

fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    columns.or(terminal).unwrap_or(DEFAULT_WIDTH).clamp(40, WIDEST)
}
