//! `advisor diff`: two plans in, what changed out.

use super::args::{DiffArgs, DiffFailOn, Format};
use super::output;
use crate::diff::{self, Basis, Diff, Paired, Trend};
use crate::error::{Error, ExitCode, Result};
use crate::input::{self, Text};
use crate::plan::{self, Plan};
use crate::report::{self, Compared, Comparison};

/// Runs the command.
pub fn diff(args: &DiffArgs) -> Result<ExitCode> {
    output::check(args.output.output.as_deref())?;
    let files = [args.before.clone(), args.after.clone()];
    let texts = input::read(&input::sources(&files, &[])?, std::io::stdin())?;
    let [before, after] = texts.as_slice() else {
        return Err(Error::input("two plans are needed").hint("name a plan before and a plan after"));
    };
    let comparison = compared(before, after)?;
    let text = match args.output.chosen_format() {
        Format::Text => report::diff_terminal(&comparison, &output::style(&args.output)),
        Format::Markdown => report::diff_markdown(&comparison, args.output.all),
        Format::Json => report::diff_json(&comparison),
        Format::Sql => return Err(output::no_migration("diff")),
    };
    output::deliver(&text, args.output.output.as_deref())?;
    let failed =
        comparison.compared.iter().any(|one| args.fail_on.iter().any(|what| what.matches(&one.diff)));
    Ok(if failed { ExitCode::Failed } else { ExitCode::Fine })
}

impl DiffFailOn {
    fn matches(self, diff: &Diff) -> bool {
        match self {
            Self::Slower => diff.trend() == Trend::More && diff.basis != Basis::Nothing,
            Self::Changed => diff.is_of_shape(),
            Self::Pages => diff.pages() == Trend::More,
        }
    }
}

fn compared(before: &Text, after: &Text) -> Result<Comparison> {
    let mut comparison =
        Comparison { before: before.name.clone(), after: after.name.clone(), ..Comparison::default() };
    let left = plans(before, &mut comparison.notes)?;
    let right = plans(after, &mut comparison.notes)?;
    let paired = diff::pair(&left, &right);
    for (old, new) in &paired.pairs {
        if let (Some(old_plan), Some(new_plan)) = (left.get(*old), right.get(*new)) {
            let which = format!("plan {} of {}, plan {} of {}", old + 1, before.name, new + 1, after.name);
            comparison
                .compared
                .push(Compared { which, diff: diff::compare(old_plan.clone(), new_plan.clone()) });
        }
    }
    if left.len() > 1 || right.len() > 1 {
        comparison.notes.extend(how_paired(&paired, before, after));
    }
    if comparison.compared.is_empty() {
        return Err(Error::input(format!("no statement is in both `{}` and `{}`", before.name, after.name))
            .hint("give two plans of one statement"));
    }
    Ok(comparison)
}

fn plans(text: &Text, notes: &mut Vec<String>) -> Result<Vec<Plan>> {
    let reading = plan::read(&text.text).map_err(|error| error.at(&text.name))?;
    notes.extend(reading.notes.iter().map(|note| format!("{}: {note}", text.name)));
    Ok(reading.plans)
}

fn how_paired(paired: &Paired, before: &Text, after: &Text) -> Vec<String> {
    let how = if paired.by_statement { "by the text of their statements" } else { "by their order" };
    let mut notes = vec![format!("the plans were paired {how}")];
    for (places, text) in [(&paired.only_before, before), (&paired.only_after, after)] {
        let alone = places.iter().map(|place| format!("plan {} of {} has no other", place + 1, text.name));
        notes.extend(alone);
    }
    notes
}
