//! Where a statement or a plan comes from: files, standard input, the command line.

mod typed;

pub use typed::typed;

use std::io::{ErrorKind, Read};
use std::path::PathBuf;

use crate::error::{Error, Result};

/// One place to read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input: `-`.
    Stdin,
    /// The command line: `-c SQL`.
    Command(String),
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Where from, for people: the file's name, `<stdin>`, `-c`, or `-c 2` of several.
    pub name: String,
    /// The text, without a byte order mark.
    pub text: String,
}

/// The places that the arguments name: `-c` first, then the files in their order.
pub fn sources(files: &[PathBuf], commands: &[String]) -> Result<Vec<Source>> {
    let from_file = |path: &PathBuf| match path.as_os_str() == "-" {
        true => Source::Stdin,
        false => Source::File(path.clone()),
    };
    let found: Vec<Source> =
        commands.iter().cloned().map(Source::Command).chain(files.iter().map(from_file)).collect();
    if found.is_empty() {
        return Err(Error::input("there is nothing to explain")
            .hint("name a file with SQL or a plan, `-` for standard input, or give SQL with `-c`"));
    }
    if found.iter().filter(|source| **source == Source::Stdin).count() > 1 {
        return Err(Error::input("`-` is given twice").hint("standard input can be read only once"));
    }
    Ok(found)
}

/// Reads every source, in order; `stdin` is read only if a source says so.
pub fn read(sources: &[Source], mut stdin: impl Read) -> Result<Vec<Text>> {
    names(sources).into_iter().zip(sources).map(|(name, source)| read_one(name, source, &mut stdin)).collect()
}

/// The sources' names; several `-c` are numbered: `-c 1`, `-c 2`.
fn names(sources: &[Source]) -> Vec<String> {
    let is_command = |source: &&Source| matches!(source, Source::Command(_));
    let several = sources.iter().filter(is_command).count() > 1;
    let mut number = 0;
    let name = |source: &Source| match source {
        Source::Command(_) if several => {
            number += 1;
            format!("-c {number}")
        }
        one => one.name(),
    };
    sources.iter().map(name).collect()
}

fn read_one(name: String, source: &Source, stdin: &mut impl Read) -> Result<Text> {
    let bytes = match source {
        Source::Command(sql) => Ok(sql.clone().into_bytes()),
        Source::File(path) => std::fs::read(path),
        Source::Stdin => {
            let mut bytes = Vec::new();
            stdin.read_to_end(&mut bytes).map(|_| bytes)
        }
    };
    let text = decode(&name, bytes.map_err(|error| unreadable(&name, &error))?)?;
    Ok(Text { name, text })
}

impl Source {
    fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Stdin => "<stdin>".to_owned(),
            Self::Command(_) => "-c".to_owned(),
        }
    }
}

fn unreadable(name: &str, error: &std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound => {
            Error::input(format!("`{name}` does not exist")).hint("SQL itself is given with `-c`")
        }
        ErrorKind::IsADirectory => {
            Error::input(format!("`{name}` is a directory")).hint("name the files in it")
        }
        ErrorKind::PermissionDenied => Error::input(format!("`{name}` may not be read"))
            .hint("give yourself the right to read it, or pipe it to standard input with `-`"),
        _ => Error::input(format!("`{name}` cannot be read: {error}"))
            .hint("check the file and the disk it is on"),
    }
}

fn decode(name: &str, bytes: Vec<u8>) -> Result<String> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Error::input(format!("`{name}` is in UTF-16"))
            .hint("convert it to UTF-8: `iconv -f UTF-16 -t UTF-8 FILE`"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        Error::input(format!("`{name}` is not UTF-8: line {} cannot be read", line_after(valid)))
            .hint("convert it, for example `iconv -f LATIN1 -t UTF-8 FILE`")
    })?;
    if let Some(nul) = text.find('\0') {
        let line = line_after(text.as_bytes().get(..nul).unwrap_or_default());
        return Err(Error::input(format!("`{name}` is not text: there is a zero byte in line {line}"))
            .hint("give me SQL, or the output of EXPLAIN"));
    }
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Error::input(format!("`{name}` is empty")).hint("give me SQL, or the output of EXPLAIN"));
    }
    Ok(text)
}

fn line_after(before: &[u8]) -> usize {
    before.iter().filter(|&&c| c == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ExitCode;

    fn decoded(bytes: &[u8]) -> Result<String, String> {
        decode("q.sql", bytes.to_vec()).map_err(|error| error.what().to_owned())
    }

    #[test]
    fn bytes_become_text_or_a_clear_error() {
        for (bytes, expected) in [
            (&b"select 1"[..], Ok("select 1")),
            (b"\xef\xbb\xbfselect 1\r\n", Ok("select 1\r\n")),
            (b"", Err("`q.sql` is empty")),
            (b"\xef\xbb\xbf \r\n\t", Err("`q.sql` is empty")),
            (b"select 1;\nselect '\xe9'", Err("`q.sql` is not UTF-8: line 2 cannot be read")),
            (b"\xff\xfes\0e\0", Err("`q.sql` is in UTF-16")),
            (b"a\n\nb\0", Err("`q.sql` is not text: there is a zero byte in line 3")),
        ] {
            assert_eq!(decoded(bytes), expected.map(str::to_owned).map_err(str::to_owned), "{bytes:?}");
        }
    }

    #[test]
    fn sources_are_read_in_their_order() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("a.sql");
        std::fs::write(&file, "select 'file'").expect("a file");
        let sources = sources(&[file.clone(), "-".into()], &["select 'c'".into()]).expect("sources");
        let texts = read(&sources, &b"select 'stdin'"[..]).expect("texts");
        let found: Vec<_> = texts.iter().map(|text| (text.name.as_str(), text.text.as_str())).collect();
        let file = file.display().to_string();
        assert_eq!(found, [("-c", "select 'c'"), (&file, "select 'file'"), ("<stdin>", "select 'stdin'")]);
    }

    #[test]
    fn several_commands_are_told_apart() {
        let sql = ["select 1".to_owned(), "select 2".to_owned()];
        let table: [(&[String], &[&str]); 2] =
            [(&sql[..1], &["-c", "<stdin>"]), (&sql, &["-c 1", "-c 2", "<stdin>"])];
        for (commands, expected) in table {
            assert_eq!(names(&sources(&["-".into()], commands).expect("sources")), expected);
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let directory = tempfile::tempdir().expect("a directory");
        let name = directory.path().display().to_string();
        for (path, expected) in [
            (directory.path().to_owned(), format!("`{name}` is a directory")),
            (directory.path().join("no.sql"), format!("`{name}/no.sql` does not exist")),
        ] {
            let error = read(&[Source::File(path)], std::io::empty()).expect_err("an error");
            assert_eq!((error.what(), error.exit_code()), (expected.as_str(), ExitCode::BadInput));
            assert!(error.advice().is_some());
        }
        assert_eq!(sources(&[], &[]).expect_err("an error").what(), "there is nothing to explain");
        assert_eq!(
            sources(&["-".into(), "-".into()], &[]).expect_err("an error").what(),
            "`-` is given twice"
        );
    }
}
