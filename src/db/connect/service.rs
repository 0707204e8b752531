//! The connection service file (manual, 34.17): named groups of parameters.

use super::environment::Environment;
use super::keywords::Pairs;
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

/// Where Debian's libpq looks when PGSYSCONFDIR is not set.
const SYSTEM_DIRECTORY: &str = "/etc/postgresql-common";

/// The parameters of a service, and the file that has them. `file` is what the user named, if anything.
pub(super) fn look_up(name: &str, file: Option<&str>, environment: &Environment) -> Result<(PathBuf, Pairs)> {
    let own = match file {
        Some(file) if !Path::new(file).exists() => {
            return Err(Error::input(format!("the service file `{file}` does not exist"))
                .hint("correct PGSERVICEFILE, or leave it out to read ~/.pg_service.conf"));
        }
        Some(file) => Some(PathBuf::from(file)),
        None => environment.in_home(".pg_service.conf"),
    };
    let directory = environment.variable("PGSYSCONFDIR").unwrap_or(SYSTEM_DIRECTORY);
    let files: Vec<PathBuf> = own.into_iter().chain([Path::new(directory).join("pg_service.conf")]).collect();
    for path in files.iter().filter(|path| path.exists()) {
        if let Some(pairs) = in_file(name, path)? {
            return Ok((path.clone(), pairs));
        }
    }
    let looked: Vec<String> = files.iter().map(|path| format!("`{}`", path.display())).collect();
    Err(Error::input(format!("the service `{name}` is not defined"))
        .hint(format!("add a group `[{name}]` to {}", looked.join(" or "))))
}

fn in_file(name: &str, path: &Path) -> Result<Option<Pairs>> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Error::input(format!("the service file `{}` cannot be read: {error}", path.display()))
            .hint("correct its permissions or PGSERVICEFILE")
    })?;
    parse(name, &text).map_err(|line| {
        Error::input(format!("line {line} of the service file `{}` is not `key=value`", path.display()))
            .hint("no spaces around `=`, no `service=`; comments start with `#`")
    })
}

/// The group's pairs, or the number of the line that cannot be read.
fn parse(name: &str, text: &str) -> Result<Option<Pairs>, usize> {
    let mut found: Option<Pairs> = None;
    for (number, line) in text.lines().map(str::trim).enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(group) = line.strip_prefix('[') {
            if found.is_some() {
                break;
            }
            let ours = group.strip_prefix(name).is_some_and(|rest| rest.starts_with(']'));
            found = ours.then(Vec::new);
            continue;
        }
        let Some(pairs) = found.as_mut() else { continue };
        match line.split_once('=') {
            Some((key, value)) if key != "service" && super::keywords::find(key).is_some() => {
                pairs.push((key.into(), value.into()));
            }
            _ => return Err(number + 1),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_a_service_file() {
        let text = "# ours\n[shop]\nhost=db\n  port=5433  \n\npassword=a = b\n[shopping]\nhost=other\n\
                    [broken]\nhost = db\n[nested]\nservice=shop\n[unknown]\nhots=db\n";
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let shop = vec![pair("host", "db"), pair("port", "5433"), pair("password", "a = b")];
        let cases = [
            ("shop", Ok(Some(shop))),
            ("shopping", Ok(Some(vec![pair("host", "other")]))),
            ("sho", Ok(None)),
            ("broken", Err(10)),
            ("nested", Err(12)),
            ("unknown", Err(14)),
        ];
        for (name, expected) in cases {
            assert_eq!(parse(name, text), expected, "{name}");
        }
    }
}
