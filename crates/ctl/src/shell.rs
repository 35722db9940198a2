//! `completions` and `man`: what a shell and `man` want to know of the commands.

use std::io::Write as _;
use std::path::PathBuf;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::{Cli, Console, Error, Exit};

/// Options of `completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  provenancectl completions bash > /etc/bash_completion.d/provenancectl")]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Options of `man`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  provenancectl man /usr/local/share/man/man1")]
pub struct ManArgs {
    /// The folder that the pages go to, one for each command; it must be there
    folder: PathBuf,
}

/// Prints completions.
pub(crate) fn completions(args: &CompletionsArgs, console: &mut Console<'_>) -> Result<Exit, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "provenancectl", &mut script);
    console.write_all(&script)?;
    Ok(Exit::Done)
}

/// Writes the manual pages: `provenancectl.1`, `provenancectl-check.1` and so on.
pub(crate) fn man(args: &ManArgs, _: &mut Console<'_>) -> Result<Exit, Error> {
    clap_mangen::generate_to(Cli::command(), &args.folder)
        .map_err(|source| Error::WriteFile { file: args.folder.clone(), source })?;
    Ok(Exit::Done)
}
