//! How fast plans are read: `cargo bench --bench reading`.
//!
//! On one core, in turn, so that whatever else the machine does happens to all; medians of [`ROUNDS`] by the processor
//! time of this thread, and the best round beside them, which is nearest to what a core of one's own gives.
//! `serde_json` reads the same bytes into a derived struct with the same fields (`rival.rs`), once with the keys that
//! nobody foresaw kept, as `advisor` keeps them, and once with those thrown away, which is less work.
//!
//! It fails when JSON is read at less than half of either rate, or when a large plan takes more than four times its
//! size. Rates in themselves are the machine's, so they are only printed.

mod rival;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use advisor::plan::{read, read_json};

/// The command's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Counted rounds of each; one more fills the caches.
const ROUNDS: usize = 9;

/// How long a round goes on, at the least: the kernel counts processor time in ticks of up to 4 ms.
const ROUND: Duration = Duration::from_millis(150);

/// Which of the planted plans are typical: those of about 4 kB, by their size in bytes.
const TYPICAL: std::ops::Range<usize> = 3_000..5_000;

/// The size of the one large plan.
const LARGE: usize = 200_000_000;

/// The argument with which this program calls itself, for its memory to be its own.
const CHILD: &str = "--read-one-large-plan";

fn main() {
    if std::env::args().any(|argument| argument == CHILD) {
        return large_here();
    }
    small();
    large();
}

/// A way to read, and what it reads.
struct Lane {
    name: &'static str,
    texts: Vec<String>,
    read: fn(&str) -> usize,
    /// Seconds for all of the texts, by round.
    rounds: Vec<f64>,
}

impl Lane {
    fn new(name: &'static str, texts: Vec<String>, read: fn(&str) -> usize) -> Self {
        Self { name, texts, read, rounds: Vec::new() }
    }

    fn round(&mut self) {
        let (start, began, mut times) = (processor_time(), Instant::now(), 0.0);
        while began.elapsed() < ROUND {
            for text in &self.texts {
                black_box((self.read)(black_box(text)));
            }
            times += 1.0;
        }
        self.rounds.push((processor_time() - start) / times);
    }

    fn bytes(&self) -> f64 {
        self.texts.iter().map(String::len).sum::<usize>() as f64
    }

    /// Bytes a second, in the median round.
    fn rate(&self) -> f64 {
        let rounds = self.sorted();
        self.bytes() / rounds[rounds.len() / 2]
    }

    /// Bytes a second, in the best round.
    fn best(&self) -> f64 {
        self.bytes() / self.sorted()[0]
    }

    /// The rounds without the first one, the fastest first.
    fn sorted(&self) -> Vec<f64> {
        let mut rounds = self.rounds.get(1..).unwrap_or_default().to_vec();
        rounds.sort_by(f64::total_cmp);
        rounds
    }
}

fn small() {
    let typical: Vec<String> =
        planted("json").into_iter().filter(|text| TYPICAL.contains(&text.len())).collect();
    let mut lanes = [
        Lane::new("JSON, plan::read", typical.clone(), nodes),
        Lane::new("JSON, plan::read_json", typical.clone(), |text| {
            read_json(text).expect("a plan").iter().map(|plan| plan.nodes.len()).sum()
        }),
        Lane::new("serde_json, all keys kept", typical.clone(), |text| {
            serde_json::from_str::<Vec<rival::Statement>>(text).expect("a plan")[0].plan.plans.len()
        }),
        Lane::new("serde_json, known keys only", typical, |text| {
            serde_json::from_str::<Vec<rival::Forgetful>>(text).expect("a plan")[0].plan.plans.len()
        }),
        Lane::new("text", planted("txt"), nodes),
        Lane::new("text in psql's frame", planted("txt").iter().map(|plan| framed(plan)).collect(), nodes),
        Lane::new("YAML", planted("yaml"), nodes),
        Lane::new("XML", planted("xml"), nodes),
    ];
    for _ in 0..=ROUNDS {
        lanes.iter_mut().for_each(Lane::round);
    }
    println!("{:28} {:>5} {:>7} {:>9} {:>7} {:>10}", "", "plans", "bytes", "plans/s", "MB/s", "best MB/s");
    for lane in &lanes {
        let (count, size) = (lane.texts.len(), lane.bytes() / lane.texts.len() as f64);
        let (plans, rate, best) = (lane.rate() / size, lane.rate() / 1e6, lane.best() / 1e6);
        println!("{:28} {count:5} {size:7.0} {plans:9.0} {rate:7.1} {best:10.1}", lane.name);
    }
    let [ours, _, kept, known, ..] = &lanes;
    println!("plan::read of JSON, as a part of serde_json's rate:");
    for (what, theirs) in [("all keys kept", kept), ("known keys only", known)] {
        let part = ours.rate() / theirs.rate();
        println!("  {what:15} {part:5.2}");
        assert!(part >= 0.5, "less than half of serde_json's rate");
    }
}

/// As psql prints it.
fn framed(plan: &str) -> String {
    let lines: String = plan.lines().map(|line| format!(" {line}\n")).collect();
    format!("{:>40}\n{}\n{lines}({} rows)\n\n", "QUERY PLAN", "-".repeat(70), plan.lines().count())
}

fn nodes(text: &str) -> usize {
    read(text).expect("a plan").plans.iter().map(|plan| plan.nodes.len()).sum()
}

/// The planted plans of this format, of both versions.
fn planted(ending: &str) -> Vec<String> {
    let folder =
        |version| Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/plans/planted-pg{version}"));
    let entries =
        [15, 18].into_iter().flat_map(|version| fs::read_dir(folder(version)).expect("planted plans"));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let of_format = paths.iter().filter(|path| path.extension().is_some_and(|own| own == ending));
    of_format.map(|path| fs::read_to_string(path).expect("a plan")).collect()
}

/// Seconds that this thread has run for; wall time where the kernel does not say.
fn processor_time() -> f64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    let wall = || {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_nanos() as f64
    };
    nanoseconds.unwrap_or_else(wall) / 1e9
}

fn large() {
    let program = std::env::current_exe().expect("this program");
    let status = Command::new(program).arg(CHILD).status().expect("a child");
    assert!(status.success(), "the large plan");
}

/// Reads one plan of [`LARGE`] bytes: an Append over the planted plans again and again.
fn large_here() {
    let mut text = String::with_capacity(LARGE + 100_000);
    text.push_str("[\n  {\n    \"Plan\": {\n      \"Node Type\": \"Append\",\n      \"Plans\": [\n");
    let members: Vec<String> = planted("json").iter().map(|plan| root_of(plan)).collect();
    for (at, member) in members.iter().cycle().enumerate() {
        text.push_str(if at == 0 { "" } else { ",\n" });
        text.push_str(member);
        if text.len() >= LARGE {
            break;
        }
    }
    text.push_str("\n      ]\n    },\n    \"Planning Time\": 1.5,\n    \"Execution Time\": 20.5\n  }\n]\n");
    let (start, began) = (processor_time(), Instant::now());
    let count = nodes(black_box(&text));
    let (seconds, wall) = (processor_time() - start, began.elapsed().as_secs_f64());
    println!("one JSON plan of {:.0} MB, {count} nodes:", text.len() as f64 / 1e6);
    println!("  {seconds:.2} s of processor time, {wall:.2} s by the clock");
    let times = peak_memory() / text.len() as f64;
    println!("  {times:.2} times its size in memory, the text itself included");
    assert!(times.is_nan() || times <= 4.0, "more than four times its size");
}

/// The root node of a plan as PostgreSQL prints it, indented as a member.
fn root_of(plan: &str) -> String {
    let (_, rest) = plan.split_once("\"Plan\": ").expect("a plan");
    let (node, _) = rest.split_once("\n    }").expect("its end");
    format!("        {}\n        }}", node.replace('\n', "\n    "))
}

/// The most memory that this process ever had, in bytes.
fn peak_memory() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) * 1024.0
}
