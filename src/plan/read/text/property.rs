//! A property line, told under JSON's keys: text packs several of them into one line.

use serde_json::{Map, Value, json};

use super::scan::split_list;
use crate::plan::read::given::Given;

/// No key of EXPLAIN's is longer.
const LONGEST_KEY: usize = 40;

/// `Key: value`, where the key is one that EXPLAIN could print.
pub(super) fn split(line: &str) -> Option<(&str, &str)> {
    let colon = line.bytes().take(LONGEST_KEY + 1).position(|c| c == b':')?;
    let (key, value) = line.split_at_checked(colon)?;
    let value = value.strip_prefix(": ").or((value == ":").then_some(""))?;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '/');
    (key.starts_with(char::is_alphabetic) && key.chars().all(plain)).then_some((key, value.trim_ascii()))
}

/// Tells what a line says.
pub(super) fn tell(key: &str, value: &str, say: &mut dyn FnMut(&str, Given)) {
    let mut number = |key: &str, text: &str| say(key, Given::bare(figure(text)));
    match key {
        "Buffers" => groups(value, |group, word, amount| match pages(group, word) {
            Some(key) => number(key, amount),
            None => number(&format!("{} {} Blocks", capital(group), capital(word)), amount),
        }),
        "I/O Timings" => groups(value, |group, word, amount| {
            let of = if matches!(group, "" | "shared/local") { String::new() } else { capital(group) + " " };
            number(&format!("{of}I/O {} Time", capital(word)), amount);
        }),
        "WAL" => pairs(value, |word, amount| {
            let word = if word == "fpi" { "FPI".to_owned() } else { capital(word) };
            number(&format!("WAL {word}"), amount);
        }),
        "Heap Blocks" => {
            pairs(value, |word, amount| number(&format!("{} Heap Blocks", capital(word)), amount))
        }
        "Tuples" => pairs(value, |word, amount| number(&format!("Tuples {}", capital(word)), amount)),
        "Buckets" | "Batches" | "Planned Partitions" | "Hits" | "Sort Method" | "Storage" => {
            packed(key, value, say)
        }
        "Full-sort Groups" | "Pre-sorted Groups" => say(key, Given::Tree(sort_groups(value))),
        "Output"
        | "Sort Key"
        | "Presorted Key"
        | "Group Key"
        | "Params Evaluated"
        | "Conflict Arbiter Indexes" => {
            let items = split_list(value).map(|item| Value::String(item.to_owned())).collect();
            say(key, Given::Tree(Value::Array(items)));
        }
        _ => say(key, Given::bare(value)),
    }
}

/// The key of the pages that nearly every node has.
fn pages(group: &str, word: &str) -> Option<&'static str> {
    Some(match (group, word) {
        ("shared", "hit") => "Shared Hit Blocks",
        ("shared", "read") => "Shared Read Blocks",
        ("shared", "dirtied") => "Shared Dirtied Blocks",
        ("shared", "written") => "Shared Written Blocks",
        ("temp", "read") => "Temp Read Blocks",
        ("temp", "written") => "Temp Written Blocks",
        _ => return None,
    })
}

/// What a node or a worker measured: `time=0.010..0.020 rows=1 loops=1`, or costs. An error says what was expected
/// in the place of what.
pub(super) fn figures<'a>(
    text: &'a str,
    say: &mut dyn FnMut(&str, Given),
) -> Result<(), (&'static str, &'a str)> {
    let cost = text.starts_with("cost=");
    let mut number = |key: &str, text: &'a str| match crate::plan::read::given::number(text) {
        Some(_) => {
            say(key, Given::bare(text));
            Ok(())
        }
        None => Err(("a number", text)),
    };
    for pair in text.split_whitespace() {
        let (word, amount) = pair.split_once('=').ok_or(("`name=number`", pair))?;
        match word {
            "cost" | "time" => {
                let (first, last) = amount.split_once("..").ok_or(("`first..last`", amount))?;
                number(if cost { "Startup Cost" } else { "Actual Startup Time" }, first)?;
                number(if cost { "Total Cost" } else { "Actual Total Time" }, last)?;
            }
            "rows" => number(if cost { "Plan Rows" } else { "Actual Rows" }, amount)?,
            "width" => number("Plan Width", amount)?,
            "loops" => number("Actual Loops", amount)?,
            _ => {}
        }
    }
    Ok(())
}

/// `Buckets: 1024 (originally 512)  Batches: 1  Memory Usage: 8kB`: several keys, two spaces apart.
fn packed(key: &str, value: &str, say: &mut dyn FnMut(&str, Given)) {
    let hash_join = key == "Buckets";
    let cache = key == "Hits";
    for part in format!("{key}: {value}").split("  ") {
        let Some((key, value)) = part.split_once(": ") else { continue };
        let mut number = |key: &str, text: &str| say(key, Given::bare(figure(text)));
        match key {
            "Buckets" | "Batches" if hash_join => {
                let (now, before) = value.split_once(" (originally ").unwrap_or((value, value));
                number(&format!("Hash {key}"), now);
                number(&format!("Original Hash {key}"), before);
            }
            "Batches" => number("HashAgg Batches", value),
            "Hits" | "Misses" | "Evictions" | "Overflows" if cache => number(&format!("Cache {key}"), value),
            "Memory Usage" => number("Peak Memory Usage", value),
            "Memory" | "Disk" => {
                number("Sort Space Used", value);
                say("Sort Space Type", Given::bare(key));
            }
            "Sort Method" | "Storage" => say(key, Given::bare(value)),
            _ => number(key, value),
        }
    }
}

/// `2  Sort Methods: quicksort, top-N heapsort  Average Memory: 27kB  Peak Memory: 27kB`
fn sort_groups(value: &str) -> Value {
    let mut group = Map::new();
    let count = value.split("  ").next().unwrap_or_default();
    group.insert("Group Count".to_owned(), Given::bare(count).value());
    for part in value.split("  ").skip(1) {
        let Some((key, value)) = part.split_once(": ") else { continue };
        match key.split_once(' ') {
            Some(("Sort", _)) => {
                group.insert("Sort Methods Used".to_owned(), json!(split_list(value).collect::<Vec<_>>()));
            }
            Some((which @ ("Average" | "Peak"), space)) => {
                let space = group.entry(format!("Sort Space {space}")).or_insert_with(|| json!({}));
                if let Value::Object(space) = space {
                    space.insert(format!("{which} Sort Space Used"), Given::bare(figure(value)).value());
                }
            }
            _ => {}
        }
    }
    Value::Object(group)
}

/// `shared hit=1 read=2, temp written=3`: group, word, amount.
fn groups(text: &str, mut each: impl FnMut(&str, &str, &str)) {
    for part in text.split(',') {
        let part = part.trim_ascii();
        let group = part.split(' ').next().filter(|word| !word.contains('=')).unwrap_or_default();
        pairs(part.strip_prefix(group).unwrap_or(part), |word, amount| each(group, word, amount));
    }
}

/// `records=1 buffers full=2`: word, amount. A word may have a space in it.
pub(super) fn pairs(text: &str, mut each: impl FnMut(&str, &str)) {
    let mut rest = text.trim_ascii();
    while let Some((word, after)) = rest.split_once('=') {
        let (amount, after) = after.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((after, ""));
        each(word, amount.trim_end_matches(','));
        rest = after.trim_ascii_start();
    }
}

/// `8kB`, `1.5 ms`, `2)`: the number at its start.
pub(super) fn figure(text: &str) -> &str {
    let text = text.trim_ascii();
    let part = |c: &u8| matches!(c, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e');
    let end = text.bytes().position(|c| !part(&c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The word with capitals: `buffers full` is `Buffers Full`.
fn capital(text: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_hold_several_keys() {
        for (line, expected) in [
            (
                "Buffers: shared hit=1 read=2, temp written=3",
                "Shared Hit Blocks=1, Shared Read Blocks=2, Temp Written Blocks=3",
            ),
            ("I/O Timings: shared read=0.5, temp write=2", "Shared I/O Read Time=0.5, Temp I/O Write Time=2"),
            ("I/O Timings: read=0.5 write=0.25", "I/O Read Time=0.5, I/O Write Time=0.25"),
            (
                "WAL: records=1 fpi=2 bytes=3 buffers full=4",
                "WAL Records=1, WAL FPI=2, WAL Bytes=3, WAL Buffers Full=4",
            ),
            (
                "Buckets: 1024 (originally 512)  Batches: 2 (originally 1)  Memory Usage: 8kB",
                "Hash Buckets=1024, Original Hash Buckets=512, Hash Batches=2, Original Hash Batches=1, Peak Memory Usage=8",
            ),
            (
                "Planned Partitions: 4  Batches: 5  Memory Usage: 8kB  Disk Usage: 9kB",
                "Planned Partitions=4, HashAgg Batches=5, Peak Memory Usage=8, Disk Usage=9",
            ),
            (
                "Sort Method: external merge  Disk: 7kB",
                "Sort Method=external merge, Sort Space Used=7, Sort Space Type=Disk",
            ),
            (
                "Hits: 3  Misses: 2  Evictions: 1  Overflows: 0  Memory Usage: 4kB",
                "Cache Hits=3, Cache Misses=2, Cache Evictions=1, Cache Overflows=0, Peak Memory Usage=4",
            ),
            ("Storage: Memory  Maximum Storage: 17kB", "Storage=Memory, Maximum Storage=17"),
            ("Filter: ((a)::text ~ ' (cost='::text)", "Filter=((a)::text ~ ' (cost='::text)"),
            (
                "Pre-sorted Groups: 2  Sort Method: quicksort  Average Memory: 27kB  Peak Memory: 28kB",
                "Pre-sorted Groups={\"Group Count\":2,\"Sort Methods Used\":[\"quicksort\"],\"Sort Space Memory\":{\"Average Sort Space Used\":27,\"Peak Sort Space Used\":28}}",
            ),
        ] {
            let mut told = Vec::new();
            let (key, value) = split(line).expect(line);
            tell(key, value, &mut |key, given| told.push(format!("{key}={}", given.text())));
            assert_eq!(told.join(", "), expected, "{line}");
        }
    }
}
