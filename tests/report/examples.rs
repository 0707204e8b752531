//! Reports over plans as PostgreSQL 15 printed them, one for each thing that can be said of a statement.

use advisor::catalog::{Activity, Table, TableName};
use advisor::diagnose::{Check, Finding, Rule, Symptom};
use advisor::plan::{NodeId, Plan, read_json};
use advisor::prove::{
    ASKING, BUILDING, Cost, ELSE, Hot, MEASURING, Measurement, Prediction, Proof, RUNNING, Sample, Spent,
    Untriable, UpdateCost, Verdict, WriteCost,
};
use advisor::remedy::{Action, IndexSpec, Key, Remedy, Replaced, Silence, Treatment};
use advisor::report::{Advice, KnownFrom, Missing, Report, Run, ServerFacts};
use advisor::units::{Bytes, Ms, Rows, Share};

const fn rule(id: &'static str, title: &'static str) -> Rule {
    Rule { id, title, doc: "", check: Check::WholePlan(|_| Vec::new()) }
}

static SCAN: Rule = rule("scan-discards-rows", "Rows are read only to be thrown away");
static SUBPLAN: Rule = rule("subplan-per-row", "A subquery runs once for each row");
static ESTIMATE: Rule = rule("rows-misestimated", "The planner expected other numbers of rows");
static SORT: Rule = rule("sort-spills", "A sort goes to disk");
static WORKERS: Rule = rule("workers-missing", "Fewer workers came than were planned");
static BTREE: Treatment = Treatment {
    id: "btree-index",
    title: "A B-tree index",
    doc: "",
    propose: |_| advisor::remedy::Proposal::default(),
};

pub fn plan(json: &str) -> Plan {
    read_json(json).expect("a plan that PostgreSQL printed").remove(0)
}

pub fn index(table: &str, columns: &[&str], why: &str) -> Remedy {
    let keys: Vec<Key> = columns.iter().map(|c| Key::ascending(*c)).collect();
    let name = format!("{table}_{}_idx", columns.join("_"));
    let table = TableName { schema: "public".into(), name: table.into() };
    let table = Table { name: table, ..Table::default() };
    let actions = vec![Action::CreateIndex(IndexSpec { name, ..IndexSpec::on(&table, keys) })];
    Remedy { treatment: &BTREE, actions, nodes: Vec::new(), why: why.into(), replaces: Vec::new() }
}

pub fn sample(runs: &[f64], pages: u64) -> Sample {
    Sample { runs: runs.iter().copied().map(Ms).collect(), pages: Some(pages), ..Sample::default() }
}

pub fn measured(before: Sample, after: Sample) -> Option<Measurement> {
    Some(Measurement { before, after, size: Bytes(18_948_096), build: Ms(417.0), used: true })
}

fn predicted(cost_after: f64) -> Option<Prediction> {
    Some(Prediction { cost_before: 22_021.51, cost_after, used: true, size: Some(Bytes(43_000_000)) })
}

pub fn proof(remedy: Remedy, verdict: Verdict) -> Proof {
    Proof { verdict, ..Proof::untried(remedy) }
}

fn on_orders() -> Remedy {
    let why = "customer_id is compared with =, so it leads; created_at is searched by a range and sorted by, \
               so it follows and the Sort falls away";
    Remedy {
        nodes: vec![NodeId(6)],
        replaces: vec![Replaced { name: "orders_customer_id_idx".into(), bytes: Bytes(4_521_984) }],
        ..index("orders", &["customer_id", "created_at"], why)
    }
}

/// An index that takes the table's updates their being HOT.
fn writes() -> WriteCost {
    let cost = |us: f64, wal: f64| Cost { time: Some(Ms(us / 1e3)), wal: Some(wal) };
    let hot = Some(Hot { before: Share(1.0), after: Share(0.0) });
    let activity = Activity {
        inserted: 86_400,
        updated: 43_200,
        hot_updated: 41_000,
        deleted: 0,
        seconds: Some(4_320.0),
    };
    WriteCost {
        rows: 105_000,
        insert: Some(cost(2.31, 64.0)),
        update: Some(UpdateCost { column: "created_at".into(), cost: cost(7.24, 192.3), hot }),
        activity: Some(activity),
    }
}

fn one(advice: Advice) -> Report {
    Report { statements: vec![advice], ..Report::default() }
}

fn scan_of_orders(plan: &Plan, scan: usize) -> Finding {
    let node = &plan.nodes[scan];
    Finding::at(&SCAN, node, "read 600,000 rows to keep 9")
        .symptom(Symptom::ScanDiscardsRows { scan: node.id })
        .with("rows read", Rows(600_000.0))
        .with("rows kept", Rows(9.0))
        .with("filter", node.conditions[0].text.as_str())
}

/// What the time went to where two indexes were built.
fn spent() -> Vec<Spent> {
    let part = |what, on: &str, time| Spent { what, on: on.into(), time: Ms(time) };
    vec![
        part(RUNNING, "", 114.9),
        part(ASKING, "", 14.2),
        part(BUILDING, "orders_customer_id_created_at_idx", 417.0),
        part(MEASURING, "orders_customer_id_created_at_idx (8 pairs)", 958.3),
        part(BUILDING, "order_items_order_id_idx", 530.6),
        part(MEASURING, "order_items_order_id_idx (3 pairs)", 714.8),
        part(ELSE, "", 61.7),
    ]
}

/// A join of three tables, with an index that was built.
fn slow_join() -> Advice {
    let plan = plan(include_str!("plans/join.json"));
    let findings = vec![scan_of_orders(&plan, 6)];
    let sql = include_str!("plans/join.sql").trim().to_owned();
    let best = Proof {
        prediction: predicted(65.3),
        measurement: measured(
            sample(&[116.9, 118.2, 117.4, 124.8, 117.0, 117.4, 116.8, 119.2], 11_087),
            sample(&[0.082, 0.081, 0.090, 0.084, 0.083, 0.084, 0.091, 0.084], 68),
        ),
        writes: Some(writes()),
        ..proof(on_orders(), Verdict::Proven)
    };
    let vain = Proof {
        measurement: measured(sample(&[117.0, 118.0, 119.0], 11_087), sample(&[116.0, 118.5, 119.2], 11_087)),
        ..proof(
            index("order_items", &["order_id"], ""),
            Verdict::NoGain("The difference lies within the noise".into()),
        )
    };
    Advice {
        source: "join.sql".into(),
        sql: Some(sql),
        spent: spent(),
        suggestions: vec![best],
        tried: vec![vain],
        silences: vec![Silence {
            node: NodeId(7),
            reason: "it is searched by its primary key already".into(),
        }],
        findings,
        plan: Some(plan),
        ..Advice::default()
    }
}

pub fn proven() -> Report {
    one(slow_join())
}

pub fn predicted_only() -> Report {
    let guess = Proof { prediction: predicted(65.3), ..proof(on_orders(), Verdict::Predicted) };
    let (tried, silences, spent) = (Vec::new(), Vec::new(), Vec::new());
    let advice = Advice { suggestions: vec![guess], tried, silences, spent, ..slow_join() };
    let missing = Missing {
        what: "the index could not be built on orders: you do not own it".into(),
        remedy: Some("GRANT shop_owner TO reporting;".into()),
    };
    Report { missing: vec![missing], budget: Some(Ms(100.0)), ..one(advice) }
}

/// With `--prove`, on a table of somebody else's.
pub fn not_buildable() -> Report {
    let mut report = predicted_only();
    let why = "not measured: only the owner of orders can build an index on it, even for a trial";
    report.statements[0].suggestions[0].notes.push(why.into());
    report
}

pub fn no_gain() -> Report {
    let plan = plan(include_str!("plans/keeps-most.json"));
    let vain = proof(index("orders", &["status"], ""), Verdict::NoGain("The planner does not use it".into()));
    let silence = Silence { node: NodeId(4), reason: "It keeps 71 % of the rows".into() };
    one(Advice { plan: Some(plan), tried: vec![vain], silences: vec![silence], ..Advice::default() })
}

pub fn silent() -> Report {
    let mut report = no_gain();
    report.statements[0].tried.clear();
    report
}

pub fn fine() -> Report {
    let plan = plan(include_str!("plans/fine.json"));
    let advice =
        Advice { plan: Some(plan), run: Run::Given, source: "plan.json".into(), ..Advice::default() };
    Report { budget: Some(Ms(200.0)), ..one(advice) }
}

/// Done in an instant, but something was found, which `--fail-on finding` would fail on.
pub fn instant() -> Report {
    let mut report = fine();
    let advice = &mut report.statements[0];
    let plan = advice.plan.as_ref().expect("a plan");
    let node = plan.root();
    advice.findings = vec![Finding::at(&ESTIMATE, node, "gave 50 rows where 1 was expected, 50× more")];
    advice.run = Run::Measured;
    let reason = "the statement takes 0.05 ms, too little for an index to be noticed".into();
    advice.silences = vec![Silence { node: node.id, reason }];
    report
}

pub fn subplans() -> Report {
    let plan = plan(include_str!("plans/subplans.json"));
    let named = |name: &str| {
        let found = plan.nodes.iter().find(|n| n.subplan_name.as_deref() == Some(name));
        found.expect("the plan has it").id
    };
    let (subplan, cte) = (named("SubPlan 2"), plan.nodes[0].children[2]);
    let scan = NodeId(subplan.0 + 1);
    let findings = vec![
        Finding::at(&SUBPLAN, plan.node(subplan), "ran 14 times, once for each row of the Hash Join")
            .symptom(Symptom::SubplanPerRow { subplan })
            .stake(Ms(720.0)),
        scan_of_orders(&plan, scan.0),
        Finding::at(&ESTIMATE, plan.node(cte), "gave 19,998 rows where 656 were expected, 30× more")
            .at_others_cost()
            .stake(Ms(90.0)),
        Finding::at(&SORT, plan.node(cte), "put 20,000 rows in order and needed 1 MB on disk for that")
            .next("An index in the same order needs no sort."),
        Finding::at(&WORKERS, plan.node(NodeId(4)), "got 1 of the 2 workers that were planned")
            .at_others_cost(),
    ];
    let why = "`shared_preload_libraries` holds no hypopg, and --prove was not given";
    let untried = proof(index("orders", &["customer_id"], ""), Verdict::Untried(why.into()));
    one(Advice { plan: Some(plan), findings, untried: vec![untried], ..Advice::default() })
}

/// A plan from elsewhere, by what is known of its tables.
fn from_elsewhere(known_from: KnownFrom, why: &Untriable, note: &str) -> Report {
    let untried = |remedy| proof(remedy, Verdict::Untried(why.to_string()));
    let mut other = untried(index("orders", &["customer_id"], "it finds rows by customer_id"));
    other
        .notes
        .push("an alternative to `orders_customer_id_created_at_idx`: only one of the two is of use".into());
    let advice = slow_join();
    one(Advice {
        source: "plan.txt".into(),
        sql: None,
        run: Run::Given,
        known_from,
        suggestions: Vec::new(),
        untried: vec![untried(on_orders()), other],
        tried: Vec::new(),
        notes: vec![note.into()],
        spent: Vec::new(),
        ..advice
    })
}

/// With the catalog of where it was taken.
pub fn by_file() -> Report {
    let note = "the table `archive` of the plan is not in the catalog: nothing is proposed for what reads it";
    from_elsewhere(KnownFrom::File, &Untriable::File, note)
}

/// With nothing but itself.
pub fn by_plan_alone() -> Report {
    let mut report = from_elsewhere(KnownFrom::Plan, &Untriable::PlanAlone, "the plan is cut off in line 80");
    let advice = &mut report.statements[0];
    advice.untried.truncate(1);
    advice.untried[0].remedy.replaces.clear();
    report
}

/// With a server's catalog; the planner was asked about one of two.
pub fn partly_tried() -> Report {
    let mut report = from_elsewhere(KnownFrom::Server, &Untriable::Given, "");
    let advice = &mut report.statements[0];
    advice.notes.clear();
    advice.suggestions =
        vec![Proof { prediction: predicted(65.3), ..proof(on_orders(), Verdict::Predicted) }];
    advice.untried =
        vec![proof(index("items", &["order_id"], ""), Verdict::Untried(Untriable::Given.to_string()))];
    report
}

pub fn timed_out() -> Report {
    let plan = plan(include_str!("plans/join-estimated.json"));
    let run = Run::TimedOut { after: Ms(60_000.0), limit: "--timeout".into() };
    let guess = Proof { prediction: predicted(65.3), ..proof(on_orders(), Verdict::Predicted) };
    let advice = Advice { run, plan: Some(plan), suggestions: vec![guess], ..Advice::default() };
    Report { budget: Some(Ms(200.0)), ..one(advice) }
}

pub fn only_planned() -> Report {
    let plan = plan(include_str!("plans/update-estimated.json"));
    let run = Run::OnlyPlanned { write: "UPDATE".into(), beyond_rollback: false };
    let refused = proof(
        index("orders", &["status"], ""),
        Verdict::NotPossible(
            "session 4711, idle in transaction for 12 min, still sees an older snapshot".into(),
        ),
    );
    let advice = Advice { run, plan: Some(plan), tried: vec![refused], ..Advice::default() };
    Report { budget: Some(Ms(200.0)), ..one(advice) }
}

/// A statement whose effects stay.
pub fn beyond_rollback() -> Report {
    let write = "a call of pg_try_advisory_lock(), which no rollback undoes".into();
    let plan = plan(include_str!("plans/join-estimated.json"));
    let run = Run::OnlyPlanned { write, beyond_rollback: true };
    one(Advice { run, plan: Some(plan), ..Advice::default() })
}

pub fn failed() -> Report {
    let message = "error: column \"statis\" does not exist\n --> queries.sql:3:7\n  |\n3 | WHERE statis = 'open'\n  |       ^^^^^^\n hint: perhaps you meant `orders.status`";
    let run = Run::Failed { message: message.into(), code: advisor::error::ExitCode::BadInput };
    one(Advice { run, source: "queries.sql:3".into(), ..Advice::default() })
}

pub fn several() -> Report {
    let sourced = |report: Report, source: &str, sql: &str| {
        let advice = report.statements.into_iter().next().expect("one statement");
        Advice { source: source.into(), sql: Some(sql.into()), ..advice }
    };
    let statements = vec![
        sourced(fine(), "queries.sql:1", "SELECT *\n  FROM orders\n WHERE id = 4711"),
        sourced(failed(), "queries.sql:3", "SELECT *\nFROM orders\nWHERE statis = 'open'"),
        sourced(silent(), "queries.sql:14", include_str!("plans/keeps-most.sql")),
    ];
    Report {
        statements,
        server: Some(ServerFacts {
            version: "15.14 (Debian 15.14-0+deb12u1)".into(),
            version_num: 150_014,
            database: "shop".into(),
            user: "reporting".into(),
            hypopg: Some("1.3.1".into()),
        }),
        budget: Some(Ms(50.0)),
        notes: vec!["`\\set` on line 2 of queries.sql was ignored: it is psql's".into()],
        ..Report::default()
    }
}

/// Names that try to steer the terminal, to leave their fence, and to bring HTML along.
pub fn hostile() -> Report {
    let evil = "x\x1b[2J\u{9b}31m\u{202e}`````<img src=x onerror=alert(1)>|@octocat\n```\n# big";
    let mut advice = slow_join();
    advice.source = evil.into();
    advice.sql = Some(format!("SELECT '{evil}'"));
    advice.notes = vec![evil.into()];
    if let Some(plan) = &mut advice.plan {
        plan.nodes[6].relation.as_mut().expect("a scan").name = evil.into();
        plan.nodes[6].conditions[0].text = format!("(a = '{evil}'::text)");
        plan.settings = vec![("search_path".into(), evil.into())];
    }
    advice.suggestions[0].remedy = index(evil, &[evil], evil);
    advice.suggestions[0].remedy.replaces = vec![Replaced { name: evil.into(), bytes: Bytes(8192) }];
    advice.tried[0].verdict = Verdict::NotPossible(evil.into());
    let missing = Missing { what: evil.into(), remedy: Some(evil.into()) };
    Report { missing: vec![missing], notes: vec![evil.into()], ..one(advice) }
}

/// A plan deeper than any terminal is wide.
pub fn deep() -> Report {
    let mut json = String::from(
        r#"{"Node Type": "Result", "Actual Total Time": 0.1, "Actual Rows": 1, "Actual Loops": 1}"#,
    );
    for _ in 0..60 {
        json = format!(
            r#"{{"Node Type": "Materialize", "Actual Total Time": 0.1, "Actual Rows": 1, "Actual Loops": 1, "Plans": [{json}]}}"#
        );
    }
    let plan = plan(&format!(r#"[{{"Plan": {json}}}]"#));
    one(Advice { plan: Some(plan), run: Run::Given, ..Advice::default() })
}

pub fn all() -> Vec<(&'static str, Report)> {
    vec![
        ("proven", proven()),
        ("predicted", predicted_only()),
        ("not-buildable", not_buildable()),
        ("no-gain", no_gain()),
        ("own", crate::own::own()),
        ("silent", silent()),
        ("fine", fine()),
        ("instant", instant()),
        ("subplans", subplans()),
        ("by-file", by_file()),
        ("by-plan-alone", by_plan_alone()),
        ("partly-tried", partly_tried()),
        ("timed-out", timed_out()),
        ("only-planned", only_planned()),
        ("beyond-rollback", beyond_rollback()),
        ("failed", failed()),
        ("several", several()),
        ("hostile", hostile()),
        ("deep", deep()),
        ("nothing", Report::default()),
        ("empty", one(Advice::default())),
    ]
}
