//! A function whose rows are all made before anybody asks which of them are wanted.

use crate::diagnose::words::{none_or, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::query::functions;
use crate::units::Rows;

/// `function-not-inlined`.
pub static RULE: Rule = Rule {
    id: "function-not-inlined",
    title: "A set-returning function is a closed box",
    doc: "A function in FROM that the planner cannot inline runs to its end, and its rows are stored before the first of \
          them is used (manual, \"SQL Functions Returning Sets\"; `nodeFunctionscan.c`). No condition reaches inside, \
          no index helps, and the planner guesses the number of rows: 1,000, unless the function declares another (ROWS). \
          A single SELECT in LANGUAGE sql that is STABLE or IMMUTABLE, neither STRICT nor SECURITY DEFINER, is made part \
          of the statement instead (`clauses.c`, `inline_set_returning_function`).\n\n\
          Example: `Function Scan on orders_of (cost=0.25..12.75 rows=5 …) (actual … rows=20 loops=1) Filter: (status = \
          'failed') Rows Removed by Filter: 19980`.\n\n\
          Silent about PostgreSQL's own functions, which are never inlined, and below a thousand rows.",
    check: Check::EachNode(check),
};

/// What a function is taken to return (manual, "CREATE FUNCTION", ROWS); fewer rows are stored in an instant.
const MANY: Rows = Rows(1000.0);

fn check(_: &Plan, scan: &Node) -> Option<Finding> {
    let name = scan.function.as_deref().filter(|_| scan.operator == Operator::FunctionScan)?;
    let (made, kept) = (scan.rows_read()?, scan.rows_out()?);
    if made.0 < MANY.0 || functions::is_own(name) || !scan.ran() {
        return None;
    }
    let used =
        if kept.0 < made.0 { format!(", of which its Filter kept {}", none_or(kept)) } else { String::new() };
    let expected = scan.estimate.map(|e| e.rows).unwrap_or_default();
    let did =
        format!("had {name}() make and store {}{used}; the planner expected {expected} a run", rows(made));
    let finding = Finding::at(&RULE, scan, did)
        .next(format!(
            "If {name}() is a single SELECT, declaring it LANGUAGE sql and STABLE, without STRICT and SECURITY DEFINER, \
             may have it inlined; else pass it what is filtered by, and declare its ROWS."
        ))
        .with("rows made", made)
        .with("rows kept", kept)
        .with("rows expected", expected);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn many_rows_of_a_closed_box() {
        let table = [
            ("orders_of", 20, 19_980, 1, true),
            ("orders_of", 20_000, 0, 1, true),
            ("orders_of", 20, 900, 1, false),
            ("generate_series", 20_000, 0, 1, false),
            ("orders_of", 0, 0, 0, false),
        ];
        for (function, kept, removed, loops, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Function Scan", "Function Name": "{function}", "Plan Rows": 1000,
                     "Actual Total Time": 30.0, "Actual Rows": {kept}, "Rows Removed by Filter": {removed},
                     "Actual Loops": {loops}}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{function} {kept} {removed}");
        }
    }
}
