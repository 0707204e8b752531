//! Which rules speak, and how loudly.

use std::collections::BTreeMap;

use super::Rule;
use super::rules::named;
use crate::units::Factor;

/// The rules' weights: the time in play of a finding counts that many times in the ranking. Without a word of anybody
/// every rule weighs 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Preferences {
    weights: BTreeMap<&'static str, Factor>,
}

impl Preferences {
    /// Gives the rule of this name a weight; zero switches it off. `None` when there is no such rule.
    #[must_use]
    pub fn weigh(&mut self, rule: &str, weight: Factor) -> Option<()> {
        self.weights.insert(named(rule)?.id, weight);
        Some(())
    }

    /// A rule's weight.
    pub fn weight(&self, rule: &Rule) -> Factor {
        self.weights.get(rule.id).copied().unwrap_or(Factor(1.0))
    }

    /// Whether a rule is switched off.
    pub fn is_off(&self, rule: &Rule) -> bool {
        self.weight(rule).0 == 0.0
    }
}
