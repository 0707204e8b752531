//! A B-tree for strings that begin with something, and for those that are compared under another collation.

use crate::query::{Expr, Token, TokenKind, tokens};
use crate::remedy::access::Access;
use crate::remedy::candidate::{Candidate, remedies};
use crate::remedy::index::KeyValue;
use crate::remedy::wishes::{Wish, keeps_most, listed, narrowing, obstacle, ordered, worth_a_look};
use crate::remedy::{Case, Key, Proposal, Treatment, types};

/// `pattern-index`.
pub static TREATMENT: Treatment = Treatment {
    id: "pattern-index",
    title: "A B-tree for beginnings of strings, and for other collations",
    doc: "`name LIKE 'abc%'`, `name ^@ 'abc'` and `name ~ '^abc'` ask for a range of strings, but an index in the order of a language \
          does not hold them side by side. One in the order of bytes does: `text_pattern_ops`, or `varchar_pattern_ops` and \
          `bpchar_pattern_ops` for those types; under the collation `C` any B-tree does (manual, \"Operator Classes and Operator \
          Families\"). What is compared under `COLLATE` needs an index under that collation; EXPLAIN loses it, and the statement's \
          own text has it.\n\n\
          Silent where a pattern begins with a wildcard, and where most rows are kept.",
    propose,
};

/// Operators whose right side is a pattern that may begin with fixed text.
const PATTERNS: [&str; 3] = ["~~", "^@", "~"];

/// What means something else than itself in a regular expression (manual, "POSIX Regular Expressions").
const META: &str = r"\.[]()*+?{}|^$";

fn propose(case: &Case) -> Proposal {
    let mut proposal = Proposal::default();
    for access in worth_a_look(case) {
        if obstacle(&access).is_none() && !keeps_most(&access, &access.equalities) {
            let (remedies, _) = remedies(case, &access, &TREATMENT, candidates(case, &access));
            proposal.remedies.extend(remedies);
        }
    }
    proposal
}

fn candidates(case: &Case, access: &Access) -> Vec<Candidate> {
    let found =
        access.terms.iter().find_map(|term| pattern(access, term).or_else(|| collated(case, access, term)));
    let Some((key, asked)) = found else { return Vec::new() };
    let equalities = ordered(access, access.equalities.clone());
    let first: Vec<&KeyValue> = narrowing(access, &equalities).into_iter().map(|e| &e.value).collect();
    let mut wishes = Vec::new();
    if !first.is_empty() {
        let told = listed(&first.iter().map(|value| value.told()).collect::<Vec<_>>());
        let free = first.len();
        let keys = first.into_iter().cloned().map(Key::of).chain([key.clone()]).collect();
        wishes.push(Wish { keys, free, why: format!("it finds rows by {told}, then {asked}") });
    }
    wishes.push(Wish { keys: vec![key], free: 0, why: format!("it finds {asked}") });
    wishes.into_iter().map(|wish| Candidate::btree(access, wish)).collect()
}

/// What a pattern with a fixed beginning needs, and what it asks.
fn pattern(access: &Access, term: &Expr) -> Option<(Key, String)> {
    let (op, left, right) = match term {
        Expr::Compare { op, left, right } if PATTERNS.contains(&op.as_str()) => {
            (op.as_str(), &**left, &**right)
        }
        Expr::Call { name, args, text: None } if name == "starts_with" => match args.as_slice() {
            [left, right] => ("^@", left, right),
            _ => return None,
        },
        _ => return None,
    };
    let Expr::Literal { text, .. } = right else { return None };
    let begins = beginning(op, text).filter(|begins| !begins.is_empty())?;
    let value = searched(access, left)?;
    let key = Key { opclass: class(access, left, &value), ..Key::of(value) };
    let asked = format!("the strings of {} that begin with `{begins}`", key.value.told());
    Some((key, asked))
}

/// The column, or the expression that yields a string.
fn searched(access: &Access, expr: &Expr) -> Option<KeyValue> {
    // `char(n)` is compared with patterns by operators of its own.
    access.value(expr).filter(|value| match value {
        KeyValue::Column(column) => {
            access.table.column(column).is_some_and(|c| types::is_string(&types::of(c)))
        }
        KeyValue::Expression(_) => {
            matches!(access.judge(expr), Some(Ok(Some(name))) if types::is_string(&name))
        }
    })
}

/// The operator class; none where the strings are in the order of bytes anyway.
fn class(access: &Access, expr: &Expr, value: &KeyValue) -> Option<String> {
    let class = match value {
        KeyValue::Column(column) => {
            let column = access.table.column(column).filter(|column| !column.ordered_by_bytes)?;
            types::pattern_class(&types::of(column))
        }
        KeyValue::Expression(_) => {
            let name = access.judge(expr)?.ok()??;
            types::pattern_class(&name)
        }
    };
    class.map(str::to_owned)
}

/// The fixed text that a pattern begins with.
fn beginning(op: &str, pattern: &str) -> Option<String> {
    match op {
        "~~" => {
            let mut found = String::new();
            let mut rest = pattern.chars();
            while let Some(c) = rest.next() {
                match c {
                    '%' | '_' => break,
                    '\\' => found.extend(rest.next()),
                    c => found.push(c),
                }
            }
            Some(found)
        }
        "^@" => Some(pattern.to_owned()),
        _ => {
            let rest = pattern.strip_prefix('^').filter(|rest| !rest.contains('|'))?;
            let fixed = rest.find(|c| META.contains(c)).unwrap_or(rest.len());
            let (fixed, then) = rest.split_at(fixed);
            let mut found = fixed.to_owned();
            // What may be missing belongs to no beginning.
            if then.starts_with(['*', '?', '{']) {
                found.pop();
            }
            Some(found)
        }
    }
}

/// What a comparison under a COLLATE that EXPLAIN lost needs, and what it asks.
fn collated(case: &Case, access: &Access, term: &Expr) -> Option<(Key, String)> {
    let Expr::Compare { op, left, right } = term else { return None };
    let compared = ["=", "<", "<=", ">", ">=", "~~", "^@"].contains(&op.as_str());
    let sides = [(left, right), (right, left)];
    // Beside a constant, EXPLAIN keeps it: `(url = 'a'::text COLLATE "C")`.
    let kept = sides.iter().find_map(|(ours, other)| match &***other {
        Expr::Collate { collation, .. } if !access.mentions_us(other) => {
            access.column(ours).zip(Some(collation.clone()))
        }
        _ => None,
    });
    if let Some((column, collation)) = kept.filter(|_| compared) {
        let asked = format!("rows by {column} under the collation {collation}");
        return Some((Key { collation: Some(collation), ..Key::ascending(column) }, asked));
    }
    let (ours, _) =
        sides.into_iter().find(|(one, other)| access.is_collated(one) && !access.mentions_us(other))?;
    let Expr::Cast { arg, .. } = &**ours else { return None };
    let column = access.column(arg).filter(|_| compared)?;
    let collation = collation(case.sql?)?;
    let asked = format!("rows by {column} under the collation {collation}");
    Some((Key { collation: Some(collation), ..Key::ascending(column) }, asked))
}

/// The one collation that the statement names.
fn collation(sql: &str) -> Option<String> {
    let all: Vec<Token> = tokens(sql).into_iter().filter(Token::significant).collect();
    let mut found: Option<String> = None;
    for (at, _) in all.iter().enumerate().filter(|(_, token)| token.is("COLLATE")) {
        let name = all.iter().skip(at + 1).take_while(|token| {
            token.punct(".") || matches!(token.kind, TokenKind::Word | TokenKind::QuotedName)
        });
        // Behind the name, words go on: `COLLATE "C" DESC`.
        let mut text = String::new();
        for token in name {
            let continues = text.is_empty() || text.ends_with('.') || token.punct(".");
            if !continues {
                break;
            }
            text += token.text;
        }
        if text.is_empty() || found.as_ref().is_some_and(|known| *known != text) {
            return None;
        }
        found = Some(text);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remedy::jobs_testing::{by, function, index, jobs, proposed, scan};

    #[test]
    fn beginnings_of_strings_are_searched_in_the_order_of_bytes() {
        let patterns: [(&str, &[&str]); 13] = [
            ("(j.url ~~ 'abc%'::text)", &["jobs (url text_pattern_ops);"]),
            ("((j.email)::text ~~ 'abc%'::text)", &["jobs (email varchar_pattern_ops);"]),
            ("(j.code ~~ '00%'::text)", &["jobs (code bpchar_pattern_ops);"]),
            ("(j.plain ~~ 'abc%'::text)", &["jobs (plain);"]),
            ("(j.url ^@ 'abc'::text)", &["jobs (url text_pattern_ops);"]),
            ("starts_with(j.url, 'abc'::text)", &["jobs (url text_pattern_ops);"]),
            ("(j.url ~ '^abc'::text)", &["jobs (url text_pattern_ops);"]),
            ("(lower(j.url) ~~ 'abc%'::text)", &["jobs (lower(url) text_pattern_ops);"]),
            (
                "((j.url ~~ 'abc%'::text) AND (j.tenant = 5))",
                &["jobs (tenant, url text_pattern_ops);", "jobs (url text_pattern_ops);"],
            ),
            ("(j.url ~~ '%abc'::text)", &[]),
            ("(j.url ~ 'abc'::text)", &[]),
            ("(j.url ~ '^a|b'::text)", &[]),
            ("(j.url !~~ 'abc%'::text)", &[]),
        ];
        for (filter, expected) in patterns {
            let proposal =
                proposed(&scan("j.*", filter, 9), vec![jobs()], vec![function("lower", &["text"])], None);
            assert_eq!(by(&TREATMENT, &proposal), expected, "{filter}");
        }
    }

    #[test]
    fn a_collation_that_the_plan_lost_is_in_the_statement() {
        let plan = scan("j.id", "((j.url)::text > 'abc'::text)", 9);
        let statements: [(&str, &[&str]); 4] = [
            (r#"SELECT id FROM jobs WHERE url COLLATE "C" > 'abc'"#, &[r#"jobs (url COLLATE "C");"#]),
            (
                r#"SELECT id FROM jobs WHERE url > 'abc' COLLATE pg_catalog."C""#,
                &[r#"jobs (url COLLATE pg_catalog."C");"#],
            ),
            (r#"SELECT id FROM jobs WHERE url COLLATE "C" > 'a' COLLATE "POSIX""#, &[]),
            ("SELECT id FROM jobs WHERE url::text > 'abc'", &[]),
        ];
        for (sql, expected) in statements {
            let proposal = proposed(&plan, vec![jobs()], Vec::new(), Some(sql));
            assert_eq!(by(&TREATMENT, &proposal), expected, "{sql}");
        }
    }

    #[test]
    fn a_collation_that_the_plan_kept_is_that_of_the_index() {
        for (filter, expected) in [
            (r#"(j.url = 'abc'::text COLLATE "C")"#, r#"jobs (url COLLATE "C");"#),
            (r#"('abc'::text COLLATE "C" < j.url)"#, r#"jobs (url COLLATE "C");"#),
        ] {
            let proposal = proposed(&scan("j.id", filter, 9), vec![jobs()], Vec::new(), None);
            assert_eq!(by(&TREATMENT, &proposal), [expected], "{filter}");
        }
    }

    #[test]
    fn what_is_there_is_not_proposed_again() {
        let mut there = index("jobs_url", &["url"]);
        there.keys[0].opclass = "text_pattern_ops".into();
        there.keys[0].default_opclass = false;
        let table = crate::catalog::Table { indexes: vec![there], ..jobs() };
        let plan = scan("j.id", "(j.url ~~ 'abc%'::text)", 9);
        assert_eq!(by(&TREATMENT, &proposed(&plan, vec![table], Vec::new(), None)), [""; 0]);
    }

    #[test]
    fn a_pattern_begins_with_what_every_match_begins_with() {
        for (op, pattern, expected) in [
            ("~~", r"a\_b%", Some("a_b")),
            ("~~", "%a", Some("")),
            ("~", "^abc*", Some("ab")),
            ("~", "^abc+", Some("abc")),
            ("~", "^a(b)", Some("a")),
            ("~", "abc", None),
        ] {
            assert_eq!(beginning(op, pattern).as_deref(), expected, "{pattern}");
        }
    }
}
