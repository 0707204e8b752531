//! A sort that did not fit into its memory.

use crate::diagnose::words::{out, rows};
use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{Node, Plan};

/// `sort-spills`.
pub static RULE: Rule = Rule {
    id: "sort-spills",
    title: "A sort goes to disk",
    doc: "A sort may use `work_mem`; what does not fit is written to temporary files in sorted runs, which are then \
          read again and merged. With enough memory for this statement it sorts in place, and an index in the same \
          order needs no sort at all.\n\n\
          Example: `Sort … Sort Method: external merge  Disk: 21,256kB`, in the leader or in any worker.\n\n\
          Silent when the sort stayed in memory. That it touched the disk needs no threshold; how much time is in \
          play is the sort's own.",
    check: Check::EachNode(check),
};

fn check(_: &Plan, node: &Node) -> Option<Finding> {
    let disk = node.sorted_on_disk();
    if disk.0 == 0 {
        return None;
    }
    let did = format!("put {} in order and needed {disk} on disk for that", rows(out(node)));
    let mut finding = Finding::at(&RULE, node, did)
        .symptom(Symptom::SortSpills { sort: node.id, disk })
        .with("on disk", disk);
    if let Some(sort) = &node.sort {
        finding = finding.with("method", sort.method.as_str());
    }
    Some(finding.with("sorted by", node.sort_key.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;
    use crate::units::Bytes;

    #[test]
    fn on_disk_anywhere() {
        let table = [
            (r#""Sort Method": "external merge", "Sort Space Used": 100, "Sort Space Type": "Disk""#, 100),
            (r#""Sort Method": "quicksort", "Sort Space Used": 100, "Sort Space Type": "Memory""#, 0),
            (
                r#""Sort Method": "quicksort", "Sort Space Used": 25, "Sort Space Type": "Memory", "Workers": [
                   {"Worker Number": 0, "Sort Method": "external merge", "Sort Space Used": 70, "Sort Space Type": "Disk"},
                   {"Worker Number": 1, "Sort Method": "external merge", "Sort Space Used": 60, "Sort Space Type": "Disk"}]"#,
                130,
            ),
            (
                r#""Pre-sorted Groups": {"Group Count": 9, "Sort Methods Used": ["external merge"],
                   "Sort Space Disk": {"Average Sort Space Used": 40, "Peak Sort Space Used": 50}}"#,
                50,
            ),
            (r#""Sort Key": ["total"]"#, 0),
        ];
        for (said, kilobytes) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Sort", "Actual Total Time": 9.0, "Actual Rows": 5, "Actual Loops": 1, {said}}}"#
            ));
            let found: Vec<Symptom> =
                findings(&RULE, &plan).into_iter().filter_map(|finding| finding.symptom).collect();
            let disk = Bytes(kilobytes * 1024);
            let spilled = Symptom::SortSpills { sort: plan.root().id, disk };
            assert_eq!(found, if kilobytes > 0 { vec![spilled] } else { Vec::new() }, "{said}");
        }
    }
}
