//! `cookie`: the line that a person pastes to get through an IP block.

use std::io::Write as _;

use policy::classify::cookie_pass::Pass;
use serde_json::json;

use crate::at::At;
use crate::policy_file::PolicyFile;
use crate::{Console, Error, Exit};

/// Options of `cookie`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The line goes into the console of the browser, on a page of that host. It holds the value: whoever reads it has the pass.

Example:
  provenancectl cookie GoodFriend")]
pub struct Args {
    #[command(flatten)]
    policy: PolicyFile,

    #[command(flatten)]
    at: At,

    /// Name of the cookie [default: every pass of the policy]
    name: Option<String>,
}

/// Prints the lines.
pub(crate) fn run(args: &Args, console: &mut Console<'_>) -> Result<Exit, Error> {
    let policy = args.policy.load()?;
    let wanted = |pass: &&Pass| args.name.as_deref().is_none_or(|name| pass.name() == name);
    let passes: Vec<&Pass> = policy.cookie_passes().passes().filter(wanted).collect();
    if passes.is_empty() {
        let known: Vec<&str> = policy.cookie_passes().passes().map(Pass::name).collect();
        let error = match (&args.name, known.is_empty()) {
            (_, true) => {
                Error::no("the policy has no cookie pass").with_hint("docs/cookie-pass.md shows one")
            }
            (name, false) => Error::no(format!("no cookie pass \"{}\"", name.as_deref().unwrap_or_default()))
                .with_hint(format!("the policy has {}", known.join(", "))),
        };
        return Err(error);
    }
    let mut exit = Exit::No;
    for pass in passes {
        let snippet = pass.snippet(args.at.time()).map(|snippet| snippet.to_string());
        if snippet.is_some() {
            exit = Exit::Done;
        }
        if console.is_json() {
            console.object(
                &json!({ "host": pass.host().to_string(), "name": pass.name(), "snippet": snippet }),
            )?;
        } else {
            match snippet {
                Some(snippet) => writeln!(console, "{}\n  {snippet}", pass.host())?,
                None => writeln!(console, "{}\n  no value of {} counts any more", pass.host(), pass.name())?,
            }
        }
    }
    Ok(exit)
}
