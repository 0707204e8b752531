//! The password file (manual, 34.16): `host:port:database:user:password` a line, the first match wins.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What a line must match. `hosts` are the names that the host goes by.
pub(super) struct Wanted<'a> {
    pub hosts: &'a [String],
    pub port: u16,
    pub database: &'a str,
    pub user: &'a str,
}

/// The text of the file. A file that others may read is not used, and the warning says so.
pub(super) fn read(path: &Path, warnings: &mut Vec<String>) -> Option<String> {
    let metadata = std::fs::metadata(path).ok()?;
    let shown = path.display();
    if !metadata.is_file() {
        warnings.push(format!("the password file `{shown}` is ignored: it is not a plain file"));
        return None;
    }
    if metadata.permissions().mode() & 0o077 != 0 {
        warnings.push(format!(
            "the password file `{shown}` is ignored: others may read it (allow only yourself: `chmod 600 {shown}`)"
        ));
        return None;
    }
    // Lossy: a line in another encoding must not hide the lines around it.
    Some(String::from_utf8_lossy(&std::fs::read(path).ok()?).into_owned())
}

/// The password of the first line that matches.
pub(super) fn look_up(text: &str, wanted: &Wanted<'_>) -> Option<String> {
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut fields = Fields(Some(line));
        let port = wanted.port.to_string();
        let host = fields.next()?;
        let matches = wanted.hosts.iter().any(|name| host.matches(name))
            && fields.next()?.matches(&port)
            && fields.next()?.matches(wanted.database)
            && fields.next()?.matches(wanted.user);
        if matches { fields.next().map(|password| password.plain()) } else { None }
    })
}

/// The fields of a line, divided by colons without a backslash before them.
struct Fields<'a>(Option<&'a str>);

struct Field<'a>(&'a str);

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        let line = self.0?;
        let mut escaped = false;
        let end = line.find(|c: char| {
            let ends = c == ':' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let (field, rest) = line.split_at(end.unwrap_or(line.len()));
        self.0 = rest.strip_prefix(':');
        Some(Field(field))
    }
}

impl Field<'_> {
    fn matches(&self, value: &str) -> bool {
        self.0 == "*" || self.plain() == value
    }

    fn plain(&self) -> String {
        let mut plain = String::new();
        let mut characters = self.0.chars();
        while let Some(character) = characters.next() {
            plain.push(match character {
                '\\' => characters.next().unwrap_or('\\'),
                other => other,
            });
        }
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_password_file() {
        let text = "# db:5432:shop:alice:comment\n\
                    db:5432:shop:alice:first\n\
                    db:5432:shop:alice:second\n\
                    *:5433:*:alice:any host\n\
                    we\\:ird:*:back\\\\slash:bob:pass\\:w\\\\ord:ignored\n\
                    short:5432\n\
                    localhost:*:*:*:local\n";
        let cases: &[(&str, u16, &str, &str, Option<&str>)] = &[
            ("db", 5432, "shop", "alice", Some("first")),
            ("db", 5432, "shop", "bob", None),
            ("elsewhere", 5433, "x", "alice", Some("any host")),
            ("we:ird", 1, r"back\slash", "bob", Some(r"pass:w\ord")),
            ("short", 5432, "", "", None),
            ("/var/run/postgresql", 5432, "shop", "carol", Some("local")),
        ];
        for &(host, port, database, user, expected) in cases {
            let mut hosts = vec![host.to_owned()];
            if host.starts_with('/') {
                hosts.push("localhost".into());
            }
            let found = look_up(text, &Wanted { hosts: &hosts, port, database, user });
            assert_eq!(found.as_deref(), expected, "{user}@{host}:{port}/{database}");
        }
    }
}
