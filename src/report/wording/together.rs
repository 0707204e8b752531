//! Several remedies at once: what suggestions are worth together, and what was tried in vain, without becoming a wall.

use super::{clause, count, proof, sentence};
use crate::prove::{Measurement, Member, Proof, Together, Verdict};
use crate::report::Advice;
use crate::units::Factor;

/// So many that were merely asked about are told one by one; more are counted.
const FEW: usize = 2;

/// So many alternatives for one node that nobody could try are shown; the others are counted.
const UNTRIED_ALTERNATIVES: usize = 2;

/// What several suggestions are worth together: `3.2 s → 12 ms, medians of 8 runs each`, then each one's part in it.
pub(in crate::report) fn together(advice: &Advice) -> Vec<String> {
    let Some(set) = &advice.set else { return Vec::new() };
    let (before, after) = (set.before.median(), set.after.median());
    let number = set.members.len();
    let runs = count(set.after.runs.len() as f64, "run", "runs");
    let (all, others) = match number {
        2 => ("Both".to_owned(), "the other"),
        _ => (format!("All {number} of them"), "the others"),
    };
    let mut lines = vec![format!("{all}: {before} → {after} ({}), {runs} each.", faster(set))];
    lines.extend(set.members.iter().map(|one| member(one, others)));
    lines.extend(set.notes.iter().map(|note| sentence(note)));
    lines
}

fn member(member: &Member, others: &str) -> String {
    match (member.without, member.worth) {
        (Some(without), Some(worth)) => {
            format!("`{}` saves {worth} beside {others}: without it {without}.", member.name)
        }
        _ => format!("`{}` is used beside {others}; what it saves there was not measured.", member.name),
    }
}

fn faster(set: &Together) -> String {
    let factor = Factor(set.before.median().0 / set.after.median().0.max(f64::MIN_POSITIVE));
    format!("{factor} faster")
}

/// What a set helps, as a sentence about the whole statement.
pub(super) fn help(set: &Together) -> String {
    let (before, after) = (set.before.median(), set.after.median());
    let number = set.members.len();
    format!("The {number} indexes below together make it {}: {before} → {after} (proven).", faster(set))
}

/// What was tried in vain, in one line each; a person's own idea is told elsewhere, in full. What was only asked about is counted, where it is much, unless `all`.
pub(in crate::report) fn tried(advice: &Advice, all: bool) -> Vec<String> {
    if advice.asked {
        return Vec::new();
    }
    let asked = |proof: &&Proof| proof.measurement.is_none() && matches!(proof.verdict, Verdict::NoGain(_));
    let (asked, built): (Vec<&Proof>, Vec<&Proof>) = advice.tried.iter().partition(asked);
    let mut lines: Vec<String> = built.into_iter().map(also_tried).collect();
    if all || asked.len() <= FEW {
        lines.extend(asked.into_iter().map(also_tried));
        return lines;
    }
    let unused = asked.iter().filter(|proof| proof.prediction.is_some_and(|p| !p.used)).count();
    let what = if lines.is_empty() { "candidates" } else { "more candidates" };
    let why = match asked.len() - unused {
        0 => "the planner would not use them".to_owned(),
        _ if unused == 0 => "no more is to be expected of them than of what is above".to_owned(),
        others => format!(
            "the planner would not use {unused}, and no more is to be expected of {others} than of what is above"
        ),
    };
    lines.push(format!("{} {what} were considered, and not built: {why} (--all lists them).", asked.len()));
    lines
}

/// A remedy that is not suggested, in one line, and why the planner leaves it aside, where that is known.
fn also_tried(proof: &Proof) -> String {
    let line = proof::also_tried(proof);
    match &proof.why_not {
        Some(why) => format!("{}: {}.", line.trim_end_matches('.'), clause(why)),
        None => line,
    }
}

/// What nobody could try: of many alternatives the best argued, unless `all`; and how many are left out.
pub(in crate::report) fn untried_shown(advice: &Advice, all: bool) -> (Vec<&Proof>, Option<String>) {
    let mut shown: Vec<&Proof> = Vec::new();
    for proof in &advice.untried {
        let alternatives = shown.iter().filter(|other| other.rivals(proof)).count();
        if all || alternatives < UNTRIED_ALTERNATIVES {
            shown.push(proof);
        }
    }
    let more = advice.untried.len() - shown.len();
    let told = format!("{} more: --all", count(more as f64, "alternative", "alternatives"));
    (shown, (more > 0).then_some(told))
}

/// How far off HypoPG was about the size, where that is worth a word.
pub(super) fn size(proof: &Proof, measured: &Measurement) -> String {
    let told = format!("{}, built in {}", measured.size, measured.build);
    let off = |foreseen: f64, real: f64| foreseen.max(real) >= OFF.0 * foreseen.min(real).max(1.0);
    match proof.prediction.and_then(|prediction| prediction.size) {
        Some(foreseen) if off(foreseen.0 as f64, measured.size.0 as f64) => {
            format!("{told}; HypoPG's estimate was {foreseen}")
        }
        _ => told,
    }
}

/// An estimate of a size that is wrong by this factor misleads whoever plans for the disk space.
const OFF: Factor = Factor(2.0);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Table, TableName};
    use crate::prove::{Prediction, Sample};
    use crate::remedy::{Action, IndexSpec, Key, Proposal, Remedy, Treatment};
    use crate::units::Ms;

    static NONE: Treatment = Treatment { id: "", title: "", doc: "", propose: |_| Proposal::default() };

    fn asked(column: &str, used: bool) -> Proof {
        let table = TableName { schema: "public".into(), name: "t".into() };
        let table = Table { name: table, ..Table::default() };
        let actions = vec![Action::CreateIndex(IndexSpec::on(&table, vec![Key::ascending(column)]))];
        let remedy =
            Remedy { treatment: &NONE, actions, nodes: Vec::new(), why: String::new(), replaces: Vec::new() };
        let prediction = Some(Prediction { cost_before: 10.0, cost_after: 10.0, used, size: None });
        let verdict = Verdict::NoGain("why".into());
        Proof { verdict, prediction, ..Proof::untried(remedy) }
    }

    #[test]
    fn what_was_only_asked_about_is_counted_where_it_is_much() {
        let advice = |proofs: &[bool]| Advice {
            tried: proofs.iter().enumerate().map(|(at, used)| asked(&format!("c{at}"), *used)).collect(),
            ..Advice::default()
        };
        let one_by_one = ["Index on t (c0): no gain: why.", "Index on t (c1): no gain: why."];
        assert_eq!(tried(&advice(&[true, false]), false), one_by_one);
        assert_eq!(tried(&advice(&[true; 4]), true).len(), 4);
        let told = |proofs: &[bool]| tried(&advice(proofs), false).join("|");
        assert_eq!(
            told(&[false; 3]),
            "3 candidates were considered, and not built: the planner would not use them (--all lists them)."
        );
        assert_eq!(
            told(&[true, true, false, false]),
            "4 candidates were considered, and not built: the planner would not use 2, and no more is to be expected of 2 \
             than of what is above (--all lists them)."
        );
    }

    #[test]
    fn a_set_tells_what_each_is_worth_in_it() {
        let sample = |ms: f64| Sample { runs: vec![Ms(ms); 8], ..Sample::default() };
        let member = |name: &str, without: Option<f64>| Member {
            name: name.into(),
            without: without.map(Ms),
            worth: without.map(|without| Ms(without - 12.0)),
        };
        let members = vec![member("a", Some(2912.0)), member("b", None)];
        let set = Together { before: sample(3200.0), after: sample(12.0), members, notes: Vec::new() };
        let told = together(&Advice { set: Some(set), ..Advice::default() });
        assert_eq!(
            told,
            [
                "Both: 3.20 s → 12 ms (267× faster), 8 runs each.",
                "`a` saves 2.90 s beside the other: without it 2.91 s.",
                "`b` is used beside the other; what it saves there was not measured.",
            ]
        );
    }
}
