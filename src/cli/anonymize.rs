//! `advisor anonymize`: a plan in, the same plan with other names and literals out.

use std::path::Path;

use serde_json::{Map, Value};

use super::args::AnonymizeArgs;
use super::output;
use crate::anonymize::{self, Anonymized};
use crate::error::{ExitCode, Result};
use crate::input;

/// What is written, as errors name it.
const PLAN: &str = "the plan";
const MAPPING: &str = "the mapping";

/// Runs the command.
pub fn anonymize(args: &AnonymizeArgs) -> Result<ExitCode> {
    for (file, what) in [(&args.output, PLAN), (&args.mapping, MAPPING)] {
        file.as_deref().map_or(Ok(()), |file| output::writable(file, what))?;
    }
    let texts = input::read(&input::sources(std::slice::from_ref(&args.file), &[])?, std::io::stdin())?;
    for text in &texts {
        let anonymized = anonymize::anonymize(&text.text).map_err(|error| error.at(&text.name))?;
        write(&anonymized, args)?;
        anonymized.notes.iter().for_each(|note| output::remark(&format!("{}: {note}", text.name)));
    }
    Ok(ExitCode::Fine)
}

fn write(anonymized: &Anonymized, args: &AnonymizeArgs) -> Result<()> {
    // Without the mapping, what was written could not be translated back.
    if let Some(file) = &args.mapping {
        to_file(file, MAPPING, &mapping(anonymized))?;
    }
    match &args.output {
        Some(file) => to_file(file, PLAN, &anonymized.text),
        None => output::print(&anonymized.text),
    }
}

/// An object whose keys are the replacements.
fn mapping(anonymized: &Anonymized) -> String {
    let pairs = anonymized.mapping.iter().map(|(new, old)| (new.clone(), Value::from(old.as_str())));
    let text = serde_json::to_string_pretty(&Value::Object(pairs.collect::<Map<_, _>>()));
    text.unwrap_or_default() + "\n"
}

fn to_file(file: &Path, what: &str, text: &str) -> Result<()> {
    std::fs::write(file, text).map_err(|error| output::unwritable(file, what, &error.to_string()))
}
