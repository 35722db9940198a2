//! `provenancectl`: reads the command line, runs one command, says how it ended. See the library for the rest.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use ctl::{Cli, Console};

fn main() -> ExitCode {
    // Prints help, or what is wrong with the command line, and ends with 0 or 2 by itself.
    let cli = Cli::parse();
    cli.color.write_global();
    let json = cli.json;
    let mut console = Console::new(anstream::stdout().lock(), json);
    let ended = ctl::run(cli.command, &mut console).and_then(|exit| console.flush().map(|()| exit));
    match ended {
        Ok(exit) => exit.into(),
        Err(error) => {
            // Nobody is left to be told if standard error is gone, too.
            let _ = error.tell(&mut anstream::stderr().lock(), json);
            let _ = anstream::stderr().flush();
            error.exit().into()
        }
    }
}
