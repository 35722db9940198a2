//! `check`: does a policy compile, and what is odd about it.

use std::io::Write as _;
use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use policy::check::Warning;
use policy::{PolicyError, Problem};
use serde_json::{Value, json};

use crate::at::At;
use crate::policy_file::can_be_read;
use crate::untrusted::{shown, shown_path};
use crate::{Console, Error, Exit};

/// Options of `check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Errors are told all at once. Warnings are of what a policy says and hardly means; each has a name in brackets, and docs/checking.md says
what to do about it. They do not change the exit code, unless --strict is given.

Examples:
  provenancectl check /etc/provenance/policy.yaml
  provenancectl check --strict --at 2027-01-01 policy.yaml
  provenancectl check --json policy.yaml | jq '.errors[].key'")]
pub struct Args {
    /// The policy
    #[arg(value_name = "POLICY", env = "PROVENANCE_POLICY", hide_env_values = true)]
    file: PathBuf,

    #[command(flatten)]
    at: At,

    /// End with 1 where there are warnings, too
    #[arg(long)]
    strict: bool,
}

/// Tells all that is wrong with a policy, and what is odd about it.
pub(crate) fn run(args: &Args, console: &mut Console<'_>) -> Result<Exit, Error> {
    can_be_read(&args.file)?;
    let checked = policy::check::check(&args.file, args.at.time());
    let warnings = &checked.warnings;
    match checked.policy {
        Err(error) if console.is_json() => {
            console.object(&answer(Some(&error), warnings))?;
            return Ok(Exit::No);
        }
        Err(error) => return Err(error.into()),
        Ok(_) if console.is_json() => console.object(&answer(None, warnings))?,
        Ok(_) => {
            warnings.iter().try_for_each(|warning| tell(warning, console))?;
            let count = match warnings.len() {
                0 => String::new(),
                1 => ", 1 warning".to_owned(),
                many => format!(", {many} warnings"),
            };
            writeln!(console, "{}: valid{count}", shown_path(&args.file))?;
        }
    }
    Ok(if args.strict && !warnings.is_empty() { Exit::No } else { Exit::Done })
}

fn tell(warning: &Warning, console: &mut Console<'_>) -> Result<(), Error> {
    const WARNING: Style = AnsiColor::Yellow.on_default().bold();
    let told = warning.problem.to_string();
    let mut lines = told.lines();
    let first = shown(lines.next().unwrap_or_default());
    writeln!(console, "{WARNING}warning:{WARNING:#} {first} [{}]", warning.kind.as_str())?;
    for line in lines {
        writeln!(console, "{}", shown(line))?;
    }
    Ok(())
}

fn answer(error: Option<&PolicyError>, warnings: &[Warning]) -> Value {
    let warning = |warning: &Warning| {
        let mut object = problem(&warning.problem);
        if let Some(object) = object.as_object_mut() {
            object.insert("warning".to_owned(), json!(warning.kind.as_str()));
        }
        object
    };
    json!({
        "valid": error.is_none(),
        "errors": error.map(|error| error.problems().iter().map(problem).collect::<Vec<_>>()).unwrap_or_default(),
        "warnings": warnings.iter().map(warning).collect::<Vec<_>>(),
    })
}

fn problem(problem: &Problem) -> Value {
    json!({
        "file": problem.file.to_string_lossy(),
        "line": (problem.line > 0).then_some(problem.line),
        "column": (problem.column > 0).then_some(problem.column),
        "key": problem.key,
        "message": problem.message,
        "hint": problem.hint,
    })
}
