//! The command line.

use clap::{Parser, Subcommand};
use colorchoice_clap::Color;

use crate::{Console, Error, Exit, check, cookie, explain, import, keys, replay, seal, shell, timeline};

/// How every command ends, for the end of `--help` and the manual page.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the answer is no: the policy is not valid, the seal is not valid
  2  usage
  3  could not read, write or connect";

/// See what a policy does before it does it.
///
/// provenancectl runs the classifier and the rules that the agent and the VMOD run, on the same file.
#[derive(Debug, Parser)]
#[command(name = "provenancectl", version, propagate_version = true, after_help = EXIT_CODES)]
pub struct Cli {
    /// Print answers as JSON: one object, or one on each line
    #[arg(long, global = true, display_order = 900)]
    pub json: bool,

    /// When to use colours
    #[command(flatten)]
    pub color: Color,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tell all that is wrong with a policy, and what is odd about it
    Check(check::Args),
    /// Tell what a policy says of a request and why, or which rule a code names
    Explain(Box<explain::Args>),
    /// Run access logs through a policy, or compare two: who is refused, and who newly
    Replay(Box<replay::Args>),
    /// Show the stages, what is in force and what comes
    Timeline(timeline::Args),
    /// Seal the URL of an image
    Sign(seal::SignArgs),
    /// Seal a URL for a short time, for a third party
    Share(seal::ShareArgs),
    /// Tell what the seal of a URL is worth
    Verify(seal::VerifyArgs),
    /// Make a secret
    Keygen(keys::KeygenArgs),
    /// Print the steps that replace the key of the seals
    Rotate(keys::RotateArgs),
    /// Print the line that gives a browser a cookie pass
    Cookie(cookie::Args),
    /// Turn the rules of another tool into a policy
    Import(import::Args),
    /// Print the completions for a shell
    Completions(shell::CompletionsArgs),
    /// Write the manual pages
    Man(shell::ManArgs),
}

/// Runs a command.
///
/// # Errors
/// See [`Error`].
pub fn run(command: Command, console: &mut Console<'_>) -> Result<Exit, Error> {
    match command {
        Command::Check(args) => check::run(&args, console),
        Command::Explain(args) => explain::run(&args, console),
        Command::Replay(args) => replay::run(&args, console),
        Command::Timeline(args) => timeline::run(&args, console),
        Command::Sign(args) => seal::sign(&args, console),
        Command::Share(args) => seal::share(&args, console),
        Command::Verify(args) => seal::verify(&args, console),
        Command::Keygen(args) => keys::keygen(&args, console),
        Command::Rotate(args) => keys::rotate(&args, console),
        Command::Cookie(args) => cookie::run(&args, console),
        Command::Import(args) => import::run(&args, console),
        Command::Completions(args) => shell::completions(&args, console),
        Command::Man(args) => shell::man(&args, console),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
