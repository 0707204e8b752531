//! What follows from the planner's answers: why it leaves an index aside, and whether it is right.

use crate::units::{Factor, Ms, Rows, Share};

/// Everything that is known about why an index is not used.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Evidence {
    /// The index.
    pub index: String,
    /// Why it cannot serve, by the catalogs.
    pub cannot: Option<String>,
    /// What the planner's choice costs.
    pub cost: f64,
    /// What it expects when it is forced to use the index; `None` when it never does.
    pub forced: Option<Forced>,
    /// The index that it uses even then.
    pub rival: Option<String>,
    /// Whether it would use the index if pages were cheap to read at random.
    pub cached: bool,
    /// What the clock says, where both could be run.
    pub times: Option<Times>,
}

/// What the planner expects of an index that it is forced to use.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Forced {
    /// The statement's cost.
    pub cost: f64,
    /// The part of the table's rows that the index finds, where it is asked once.
    pub part: Option<Share>,
    /// The rows that were expected of it and those that came, of one loop; known when it was run.
    pub rows: Option<(Rows, Rows)>,
}

/// How long the statement takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Times {
    /// As the planner would have it.
    pub chosen: Ms,
    /// With the index forced.
    pub forced: Ms,
    /// Whether that run was cancelled at this time.
    pub cancelled: bool,
}

/// A single run that is not faster by this much convinces nobody that the planner is wrong.
const FASTER: Share = Share(0.3);

/// One that is faster by more than this does not show that it is right, either.
const AS_FAST: Share = Share(0.1);

/// An estimate that is wrong by this factor or more decides over plans.
const MISESTIMATE: Factor = Factor(10.0);

/// Whoever fetches more of a table than this by an index visits most of its pages, and not in their order.
const MOST: Share = Share(0.05);

impl Evidence {
    /// Why, as a sentence.
    pub(super) fn tell(&self) -> String {
        let name = &self.index;
        let Some(forced) = &self.forced else {
            return match (&self.cannot, &self.rival) {
                (Some(cannot), _) => format!("`{name}` cannot serve: {cannot}"),
                (None, Some(rival)) => {
                    format!(
                        "even with nothing but indexes to choose from, the planner takes `{rival}` instead of `{name}`"
                    )
                }
                (None, None) => {
                    format!(
                        "even with every other way forbidden the planner does not use `{name}`: it cannot serve here"
                    )
                }
            };
        };
        let (now, then) = (Rows(self.cost), Rows(forced.cost));
        let expected = format!("with `{name}` the planner expects a cost of {then} instead of {now}");
        let part = match forced.part {
            Some(part) if part.0 >= MOST.0 => format!(", since it would fetch {part} of the rows"),
            _ => String::new(),
        };
        format!("{expected}{part}{}", self.judgement(forced))
    }

    fn judgement(&self, forced: &Forced) -> String {
        let Some(Times { chosen, forced: took, cancelled }) = self.times else {
            let cheap =
                "; it would use it if random_page_cost were 1.1, as for data in the cache or on an SSD";
            return if self.cached { cheap.to_owned() } else { String::new() };
        };
        if cancelled {
            return format!(
                "; it is right: forced to use it, the statement takes more than {took} instead of {chosen}"
            );
        }
        let both = format!("forced to use it, the statement takes {took}, without it {chosen}");
        if took.0 > chosen.0 * (1.0 - AS_FAST.0) {
            return format!("; it is right: {both}");
        }
        if took.0 > chosen.0 * (1.0 - FASTER.0) {
            return format!("; by the clock there is little between them: {both}");
        }
        let wrong =
            format!("; it is wrong here: forced to use it, the statement takes {took} instead of {chosen}");
        match forced.rows {
            Some((expected, came)) if is_misestimate(expected, came) => {
                format!(
                    "{wrong}. It expects {expected} rows of it, and {came} come: ANALYZE, or better statistics, would tell it"
                )
            }
            _ if self.cached => format!(
                "{wrong}. It would use it if random_page_cost were 1.1: pages cost less than it assumes, being in the cache"
            ),
            _ => wrong,
        }
    }
}

fn is_misestimate(expected: Rows, came: Rows) -> bool {
    let (expected, came) = (expected.0.max(1.0), came.0.max(1.0));
    expected.max(came) / expected.min(came) >= MISESTIMATE.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence() -> Evidence {
        Evidence {
            index: "x".into(),
            cannot: None,
            cost: 7_100.0,
            forced: None,
            rival: None,
            cached: false,
            times: None,
        }
    }

    fn forced(part: f64, rows: Option<(f64, f64)>) -> Option<Forced> {
        let rows = rows.map(|(expected, came)| (Rows(expected), Rows(came)));
        Some(Forced { cost: 12_000.0, part: Some(Share(part)), rows })
    }

    fn times(chosen: f64, forced: f64) -> Option<Times> {
        Some(Times { chosen: Ms(chosen), forced: Ms(forced), cancelled: false })
    }

    #[test]
    fn the_reason_follows_from_what_the_planner_does_without_a_choice() {
        let cost = "with `x` the planner expects a cost of 12,000 instead of 7,100";
        let table = [
            (
                Evidence { cannot: Some("the condition does not compare `a`".into()), ..evidence() },
                "`x` cannot serve: the condition does not compare `a`".to_owned(),
            ),
            (
                Evidence { rival: Some("y".into()), ..evidence() },
                "even with nothing but indexes to choose from, the planner takes `y` instead of `x`"
                    .to_owned(),
            ),
            (
                evidence(),
                "even with every other way forbidden the planner does not use `x`: it cannot serve here"
                    .to_owned(),
            ),
            (
                Evidence { forced: forced(0.43, None), ..evidence() },
                format!("{cost}, since it would fetch 43 % of the rows"),
            ),
            (
                Evidence { forced: forced(0.01, None), cached: true, ..evidence() },
                format!(
                    "{cost}; it would use it if random_page_cost were 1.1, as for data in the cache or on an SSD"
                ),
            ),
            (
                Evidence { forced: forced(0.43, None), times: times(30.0, 45.0), ..evidence() },
                format!(
                    "{cost}, since it would fetch 43 % of the rows; it is right: forced to use it, the statement takes 45 ms, without it 30 ms"
                ),
            ),
            (
                Evidence { forced: forced(0.01, None), times: times(30.0, 25.0), ..evidence() },
                format!(
                    "{cost}; by the clock there is little between them: forced to use it, the statement takes 25 ms, without it 30 ms"
                ),
            ),
            (
                Evidence {
                    forced: forced(0.01, Some((5_000.0, 3.0))),
                    times: times(30.0, 3.0),
                    cached: true,
                    ..evidence()
                },
                format!(
                    "{cost}; it is wrong here: forced to use it, the statement takes 3.0 ms instead of 30 ms. It expects 5,000 rows of it, and 3 come: ANALYZE, or better statistics, would tell it"
                ),
            ),
            (
                Evidence {
                    forced: forced(0.01, Some((50.0, 30.0))),
                    times: times(30.0, 3.0),
                    cached: true,
                    ..evidence()
                },
                format!(
                    "{cost}; it is wrong here: forced to use it, the statement takes 3.0 ms instead of 30 ms. It would use it if random_page_cost were 1.1: pages cost less than it assumes, being in the cache"
                ),
            ),
            (
                Evidence {
                    forced: forced(0.9, None),
                    times: Some(Times { chosen: Ms(400.0), forced: Ms(1_200.0), cancelled: true }),
                    ..evidence()
                },
                format!(
                    "{cost}, since it would fetch 90 % of the rows; it is right: forced to use it, the statement takes more than 1.20 s instead of 400 ms"
                ),
            ),
        ];
        for (evidence, expected) in table {
            assert_eq!(evidence.tell(), expected);
        }
    }
}
