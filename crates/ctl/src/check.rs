//! `check`: does a policy compile, and what is odd about it.

use std::io::Write as _;
use std::path::PathBuf;

use policy::Policy;
use serde_json::json;

use crate::policy_file::can_be_read;
use crate::{Console, Error, Exit};

/// Options of `check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  provenancectl check /etc/provenance/policy.yaml
  provenancectl check --json policy.yaml | jq '.errors[].key'")]
pub struct Args {
    /// The policy
    #[arg(value_name = "POLICY", env = "PROVENANCE_POLICY", hide_env_values = true)]
    file: PathBuf,
}

/// Tells all that is wrong with a policy.
pub(crate) fn run(args: &Args, console: &mut Console<'_>) -> Result<Exit, Error> {
    can_be_read(&args.file)?;
    match Policy::load(&args.file) {
        Ok(_) if console.is_json() => console.object(&json!({ "valid": true }))?,
        Ok(_) => writeln!(console, "{}: valid", args.file.display())?,
        Err(error) => return Err(error.into()),
    }
    Ok(Exit::Done)
}
