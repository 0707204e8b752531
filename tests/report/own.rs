//! The report of a person's own idea.

use advisor::catalog::TableName;
use advisor::plan::Plan;
use advisor::prove::{Measurement, Proof, Verdict};
use advisor::remedy::{Action, DropIndex, Remedy};
use advisor::report::{Advice, Report};
use advisor::units::{Bytes, Ms};

use crate::examples::{index, measured, plan, proof, sample};

/// A person's own idea, which one statement does without and another does not.
pub fn own() -> Report {
    let name = |name: &str| TableName { schema: "public".into(), name: name.into() };
    let removal = || {
        let index = DropIndex {
            name: name("orders_status_idx"),
            table: name("orders"),
            partitioned: false,
            definition: "CREATE INDEX orders_status_idx ON public.orders USING btree (status)".into(),
            bytes: Bytes(18_948_096),
        };
        let note = "orders_status_idx was scanned 1,204 times in the last 12 days: other statements may need it, and what \
                    was tried is this one alone";
        let remedy = Remedy { actions: vec![Action::DropIndex(index)], ..index_less() };
        Proof {
            notes: vec![note.into()],
            ..proof(remedy, Verdict::NoSlower("the plan is the same without it".into()))
        }
    };
    let tried = |source: &str, plan: Plan, before: &[f64], after: &[f64]| {
        let mut proof = removal();
        let measured = measured(sample(before, 5_048), sample(after, 5_048));
        proof.measurement = measured.map(|m| Measurement { size: Bytes(0), build: Ms(0.0), ..m });
        (Advice { source: source.into(), plan: Some(plan), asked: true, ..Advice::default() }, proof)
    };
    let fine = plan(include_str!("plans/fine.json"));
    let (mut one, proof) = tried("dashboard.sql:1", fine, &[0.05, 0.04, 0.05], &[0.05, 0.04, 0.06]);
    one.suggestions.push(proof);
    let most = plan(include_str!("plans/keeps-most.json"));
    let (mut other, mut proof) = tried("nightly.sql:1", most, &[61.0, 60.0, 63.0], &[912.0, 950.0, 901.0]);
    proof.verdict = Verdict::Worse("61 ms with it, 912 ms without it".into());
    other.tried.push(proof);
    Report { statements: vec![one, other], ..Report::default() }
}

fn index_less() -> Remedy {
    Remedy { actions: Vec::new(), ..index("orders", &["status"], "") }
}
