//! A symptom found at a node, with its evidence and the time in play.

use std::fmt;

use super::Rule;
use crate::plan::{Node, NodeId};
use crate::units::{Bytes, Factor, Ms, Rows, Share};

/// A symptom that was found, and everything that a reader needs to believe it.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// Where; `None` when it concerns the statement as a whole.
    pub node: Option<NodeId>,
    /// What happened, in words.
    pub claim: Claim,
    /// What to look at or to try next, as a sentence; nothing that was tried.
    pub next: Option<String>,
    /// What a cure needs to know; `None` while there is no treatment for it.
    pub symptom: Option<Symptom>,
    /// The numbers behind the claim, in the order in which they are told.
    pub evidence: Vec<Evidence>,
    /// The time in play: what could be gained at the most if the cause went away.
    pub stake: Ms,
    /// What the same rule found at the same place of sibling partitions, which this finding speaks for.
    pub alike: Vec<Finding>,
}

/// What happened, as the deed of a node (`the Seq Scan on orders` … `read 240,000 rows to keep 12`), or as a clause
/// of its own (`planning took 2.0 s, running 1.5 s`).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Claim {
    /// Who did it; `None` when `did` says it all.
    pub who: Option<NodeId>,
    /// What it did, without a capital and an end.
    pub did: String,
    /// The time that went into it; `None` where the deed cost others theirs.
    pub time: Option<Ms>,
    /// What that led to, as a sentence.
    pub led_to: Option<String>,
}

/// One number behind a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// What it counts: `rows read`.
    pub label: &'static str,
    /// How many.
    pub value: Number,
}

/// A number with its unit, or a name or condition in PostgreSQL's own words.
#[derive(Debug, Clone, PartialEq)]
pub enum Number {
    /// Rows.
    Rows(Rows),
    /// A duration.
    Ms(Ms),
    /// A size.
    Bytes(Bytes),
    /// A part of a whole.
    Share(Share),
    /// How many times.
    Factor(Factor),
    /// How many, of anything else.
    Count(u64),
    /// PostgreSQL's own words.
    Text(String),
}

/// What a cure needs to know: the seam between diagnosis and treatment, which are many-to-many.
///
/// Treatments match on this, never on a rule. Conditions, rows and times are read from the plan by the ids.
#[derive(Debug, Clone, PartialEq)]
pub enum Symptom {
    /// `scan` reads rows which its `Filter` throws away.
    ScanDiscardsRows {
        /// A sequential or bitmap scan.
        scan: NodeId,
    },
    /// `scan` finds rows by index which its `Filter` throws away.
    IndexScanDiscardsRows {
        /// An index scan, index-only scan, or bitmap heap scan.
        scan: NodeId,
    },
    /// `join` makes pairs which its `Join Filter` throws away.
    JoinDiscardsRows {
        /// The join.
        join: NodeId,
    },
    /// The inner side of `join` is read again for each outer row.
    InnerSideRepeated {
        /// The nested loop.
        join: NodeId,
        /// The scan on its inner side that costs the most.
        scan: NodeId,
    },
    /// `node` gave far more or fewer rows than were expected, and its inputs did not.
    RowsMisestimated {
        /// Where the error starts.
        node: NodeId,
        /// Rows of one loop that the planner expected.
        estimated: Rows,
        /// Rows of one loop that came.
        actual: Rows,
    },
    /// `sort` went to disk.
    SortSpills {
        /// The sort.
        sort: NodeId,
        /// How much went to disk.
        disk: Bytes,
    },
    /// A hash table went to disk: of a hash join, or of a hashed aggregate.
    HashSpills {
        /// The Hash or Aggregate node.
        hash: NodeId,
        /// In how many batches.
        batches: u64,
    },
    /// `sort` orders many rows of which `limit` keeps a few.
    SortFeedsLimit {
        /// The sort.
        sort: NodeId,
        /// The limit above it.
        limit: NodeId,
    },
    /// The bitmap of `scan` did not fit and remembers pages instead of rows.
    BitmapTurnsLossy {
        /// The bitmap heap scan.
        scan: NodeId,
    },
    /// `scan` is index-only in name: it visits the table for rows whose page is not all-visible.
    HeapFetches {
        /// The index-only scan.
        scan: NodeId,
    },
    /// A correlated subquery runs once for each row.
    SubplanPerRow {
        /// The top node of the subplan.
        subplan: NodeId,
    },
    /// `limit` skips rows that were all made first.
    OffsetDiscardsRows {
        /// The limit.
        limit: NodeId,
    },
    /// Just-in-time compilation cost more than it can have brought.
    JitOutweighsQuery,
    /// Fewer workers came than were planned.
    WorkersMissing {
        /// The Gather.
        gather: NodeId,
        /// Workers planned.
        planned: u64,
        /// Workers launched.
        launched: u64,
    },
    /// Planning took longer than running.
    PlanningDominates,
    /// A trigger took a large part of the time.
    TriggerDominates {
        /// Its place in `Plan::triggers`.
        trigger: usize,
    },
}

impl Finding {
    /// A finding at a node that did something, with the node's own time in play.
    pub fn at(rule: &'static Rule, node: &Node, did: impl Into<String>) -> Self {
        let time = Some(node.exclusive());
        let claim = Claim { who: Some(node.id), did: did.into(), time, led_to: None };
        Self { node: Some(node.id), claim, ..Self::about_statement(rule, "", node.exclusive()) }
    }

    /// A finding about the statement as a whole, as a clause.
    pub fn about_statement(rule: &'static Rule, what: impl Into<String>, stake: Ms) -> Self {
        let claim = Claim { did: what.into(), ..Claim::default() };
        Self {
            rule,
            node: None,
            claim,
            next: None,
            symptom: None,
            evidence: Vec::new(),
            stake,
            alike: Vec::new(),
        }
    }

    /// Says who did it, where that is not the node of the finding, and the time that it took.
    #[must_use]
    pub fn by(mut self, who: &Node, time: Ms) -> Self {
        (self.claim.who, self.claim.time) = (Some(who.id), Some(time));
        self
    }

    /// Says that the time is spent elsewhere: in the wrong plan, in making the rows, in somebody's stead.
    #[must_use]
    pub fn at_others_cost(mut self) -> Self {
        self.claim.time = None;
        self
    }

    /// Says what it led to, as a sentence.
    #[must_use]
    pub fn led_to(mut self, sentence: Option<String>) -> Self {
        self.claim.led_to = sentence;
        self
    }

    /// Says what to look at or to try next, as a sentence.
    #[must_use]
    pub fn next(mut self, sentence: impl Into<String>) -> Self {
        self.next = Some(sentence.into());
        self
    }

    /// Says what a cure needs to know.
    #[must_use]
    pub fn symptom(mut self, symptom: Symptom) -> Self {
        self.symptom = Some(symptom);
        self
    }

    /// Adds a number behind the claim.
    #[must_use]
    pub fn with(mut self, label: &'static str, value: impl Into<Number>) -> Self {
        self.evidence.push(Evidence { label, value: value.into() });
        self
    }

    /// Itself, and those that it speaks for.
    pub fn everywhere(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.alike)
    }

    /// Says how much time is in play, where that is not the node's own.
    #[must_use]
    pub fn stake(mut self, stake: Ms) -> Self {
        self.stake = stake;
        self
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(n) => n.fmt(f),
            Self::Ms(n) => n.fmt(f),
            Self::Bytes(n) => n.fmt(f),
            Self::Share(n) => n.fmt(f),
            Self::Factor(n) => n.fmt(f),
            Self::Count(n) => Rows(*n as f64).fmt(f),
            Self::Text(text) => f.pad(text),
        }
    }
}

macro_rules! number_from {
    ($($from:ty => $variant:ident),*) => {
        $(impl From<$from> for Number {
            fn from(value: $from) -> Self {
                Self::$variant(value)
            }
        })*
    };
}

number_from!(Rows => Rows, Ms => Ms, Bytes => Bytes, Share => Share, Factor => Factor, u64 => Count, String => Text);

impl From<&str> for Number {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
