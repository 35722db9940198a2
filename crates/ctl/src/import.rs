//! `import`: the rules of another tool as a policy, and what could not be carried over.
//!
//! 1. [`read`] finds the objects of a folder, [`document`] parses one file, [`object`] is what comes out.
//! 2. [`expression`] parses what an action is for; [`condition`] says what a pattern asks, with [`regex`]; [`terms`] puts both
//!    together as the ways in which the expression can hold.
//! 3. [`rule`] makes rules of an action where a policy can say them, with [`quota`].
//! 4. [`plan`] makes the sections of a policy of all rules: [`network`], [`class`], [`exemption`], put together in
//!    [`assembly`], with names from [`name`].
//! 5. [`render`] writes the files, [`account`] says what became of each object and field, [`report`] tells.

mod object;

mod document;
mod read;

mod expression;

mod condition;
mod regex;

mod terms;

mod quota;
mod rule;

mod assembly;
mod class;
mod exemption;
mod name;
mod network;
mod plan;

mod account;
mod render;
mod report;

mod requestctl;

use clap::Subcommand;

use crate::{Console, Error, Exit};

/// Options of `import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  provenancectl import requestctl ./requestctl --output-dir ./imported")]
pub struct Args {
    /// The tool whose rules are imported.
    #[command(subcommand)]
    tool: Tool,
}

#[derive(Debug, Subcommand)]
enum Tool {
    /// Turn objects of requestctl into a policy, and say what could not be carried over
    Requestctl(requestctl::Args),
}

/// Imports.
pub(crate) fn run(args: &Args, console: &mut Console<'_>) -> Result<Exit, Error> {
    match &args.tool {
        Tool::Requestctl(args) => requestctl::run(args, console),
    }
}
