//! What hurts: symptoms, seen in a plan and in what is known of its tables, ranked by the time in play.

mod alike;
mod conditions;
mod finding;
mod preferences;
mod rank;
pub mod rules;
mod shape;
pub mod words;

pub use finding::{Claim, Evidence, Finding, Number, Symptom};

pub use preferences::Preferences;

use crate::catalog::Catalog;
use crate::plan::{Node, Plan};

/// One symptom that the tool knows: plain data, one file each under `rules`.
pub struct Rule {
    /// Its name on the command line, in reports and in the docs: `scan-discards-rows`.
    pub id: &'static str,
    /// What it claims, as a heading.
    pub title: &'static str,
    /// Why that costs time, what an example looks like, and when the rule stays silent.
    pub doc: &'static str,
    /// How it is seen.
    pub check: Check,
}

/// How a rule looks at a plan.
pub enum Check {
    /// At each node by itself.
    EachNode(fn(&Plan, &Node) -> Option<Finding>),
    /// At the plan as a whole.
    WholePlan(fn(&Plan) -> Vec<Finding>),
    /// At each node by itself, beside what is known of its tables.
    EachNodeWithCatalog(fn(&Plan, &Catalog, &Node) -> Option<Finding>),
    /// At the plan as a whole, beside what is known of its tables. Where nothing is known of a table, that it lacks something (an
    /// index, fresh statistics) is not said.
    WithCatalog(fn(&Plan, &Catalog) -> Vec<Finding>),
}

/// All findings of a plan, those with the most time in play first; `catalog` is what is known of its tables, perhaps
/// nothing. What sibling partitions have in common is told once. No rule asks whether it matters; that is decided in
/// one place, `rank`.
pub fn diagnose(plan: &Plan, catalog: &Catalog, preferences: &Preferences) -> Vec<Finding> {
    let rules = rules::RULES.iter().filter(|rule| !preferences.is_off(rule));
    let all: Vec<Finding> = rules.flat_map(|rule| rule.findings(plan, catalog)).collect();
    let mut findings = alike::told_once(plan, all);
    rank::rank(plan, preferences, &mut findings);
    findings
}

impl Rule {
    fn findings(&'static self, plan: &Plan, catalog: &Catalog) -> Vec<Finding> {
        match self.check {
            Check::EachNode(check) => plan.nodes.iter().filter_map(|node| check(plan, node)).collect(),
            Check::WholePlan(check) => check(plan),
            Check::EachNodeWithCatalog(check) => {
                plan.nodes.iter().filter_map(|node| check(plan, catalog, node)).collect()
            }
            Check::WithCatalog(check) => check(plan, catalog),
        }
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}
