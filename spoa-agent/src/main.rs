//! `spoa-agent`: reads the command line and has the library do it. See the library for the rest.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "only this file prints, before there is a log")]

use std::process::ExitCode;

use spoa_agent::args::{Args, Command, HELP};
use spoa_agent::error::Error;
use spoa_agent::logging::{self, FILTER_VARIABLE};
use spoa_agent::run;

/// How the process ends.
enum Exit {
    /// It was asked to stop, or printed what it was asked for.
    Done = 0,
    /// The policy is not valid.
    InvalidPolicy = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// A file could not be read, or an address not listened on.
    Unavailable = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<&Error> for Exit {
    fn from(error: &Error) -> Self {
        match error {
            Error::Policy(_) => Self::InvalidPolicy,
            Error::AdminAnywhere { .. } => Self::Usage,
            Error::ReadPolicy { .. }
            | Error::Defect
            | Error::Limits(_)
            | Error::Sessions(_)
            | Error::Random(_)
            | Error::Inherited(_)
            | Error::Listen { .. }
            | Error::Start(_) => Self::Unavailable,
        }
    }
}

fn main() -> ExitCode {
    let exit = match Command::parse(std::env::args_os().skip(1)) {
        Ok(Command::Serve(args)) => start(&args),
        Ok(Command::Help) => {
            print!("{HELP}");
            Exit::Done
        }
        Ok(Command::Version) => {
            println!("spoa-agent {}", env!("CARGO_PKG_VERSION"));
            Exit::Done
        }
        Err(error) => {
            eprintln!("spoa-agent: {error}\n  hint: spoa-agent --help lists the options");
            Exit::Usage
        }
    };
    exit.into()
}

fn start(args: &Args) -> Exit {
    let variable = std::env::var(FILTER_VARIABLE).ok();
    let (log, written) = match logging::filter(args.log_level, variable.as_deref()) {
        Ok(filter) => logging::init(filter, args.log_format),
        Err(error) => {
            eprintln!("spoa-agent: {FILTER_VARIABLE}: {error}");
            return Exit::Usage;
        }
    };
    let served = run::serve(args, log);
    // What was logged comes before the last words.
    drop(written);
    match served {
        Ok(()) => Exit::Done,
        Err(error) => {
            eprintln!("spoa-agent: {error}");
            Exit::from(&error)
        }
    }
}
