//! `advisor anonymize`: a plan in, the same plan with other names and literals out.

use serde_json::{Map, Value};

use super::args::AnonymizeArgs;
use super::output;
use crate::anonymize::{self, Anonymized};
use crate::error::{ExitCode, Result};
use crate::input;

/// Runs the command.
pub fn anonymize(args: &AnonymizeArgs) -> Result<ExitCode> {
    output::check(args.output.as_deref())?;
    output::check(args.mapping.as_deref())?;
    let texts = input::read(&input::sources(std::slice::from_ref(&args.file), &[])?, std::io::stdin())?;
    for text in &texts {
        let anonymized = anonymize::anonymize(&text.text).map_err(|error| error.at(&text.name))?;
        // Without the mapping, what was written could not be translated back: it comes first.
        if args.mapping.is_some() {
            output::deliver(&mapping(&anonymized), args.mapping.as_deref())?;
        }
        output::deliver(&anonymized.text, args.output.as_deref())?;
        anonymized.notes.iter().for_each(|note| output::remark(&format!("{}: {note}", text.name), None));
    }
    Ok(ExitCode::Fine)
}

/// An object whose keys are the replacements.
fn mapping(anonymized: &Anonymized) -> String {
    let pairs = anonymized.mapping.iter().map(|(new, old)| (new.clone(), Value::from(old.as_str())));
    let text = serde_json::to_string_pretty(&Value::Object(pairs.collect::<Map<_, _>>()));
    text.unwrap_or_default() + "\n"
}
