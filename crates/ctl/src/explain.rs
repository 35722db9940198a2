//! `explain`: what a policy says of a request, and why; or which rule a code names.
//!
//! 1. `judge`: requests against the policy, limits counted by each one's own time.
//! 2. `person`: the verdict on one request, for whoever wants to know why.
//! 3. `program`: the same as JSON.
//! 4. `rule`: from a code in a complaint to the rule.

mod effect;
mod judge;
mod person;
mod program;
mod rule;
mod tier;

pub(crate) use effect::{day, describe};

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _};
use std::path::{Path, PathBuf};

use crate::at::At;
use crate::policy_file::PolicyFile;
use crate::request::Flags;
use crate::{Console, Error, Exit};
use judge::Judge;

/// Options of `explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without a URL, requests are read as JSON, one on a line, and their verdicts written as JSON, one on a line; a line that is no
request gets a line with an error. Limits count across the lines, by each line's own time, else by --at.

Examples:
  provenancectl explain -A 'python-requests/2.31.0' --ip 192.0.2.7 https://upload.example.org/x.jpg
  provenancectl explain --at 2026-12-01 -A 'MyBot/1.0 (me@example.org)' https://www.example.org/wiki/Main_Page
  provenancectl explain --code f6ce2d2
  provenancectl explain < requests.jsonl
  {\"time\":\"2025-08-12T00:00:00Z\",\"ip\":\"192.0.2.7\",\"method\":\"GET\",\"host\":\"upload.example.org\",\"path\":\"/x.jpg\",\"query\":\"a=b\",\"headers\":{\"user-agent\":\"curl/8.5.0\"}}")]
pub struct Args {
    #[command(flatten)]
    policy: PolicyFile,

    #[command(flatten)]
    at: At,

    /// The code of an error page, or the reason in a log: tell which rule it names
    #[arg(long, value_name = "CODE", conflicts_with = "Flags")]
    code: Option<String>,

    /// A file of requests, one on a line; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["Flags", "code"])]
    requests: Option<PathBuf>,

    #[command(flatten)]
    flags: Flags,
}

/// Explains one request, many, or a rule.
pub(crate) fn run(args: &Args, console: &mut Console<'_>) -> Result<Exit, Error> {
    let policy = args.policy.load()?;
    let now = args.at.time();
    if let Some(code) = &args.code {
        return rule::explain(&policy, &args.policy.file, code, now, console);
    }
    if let Some(request) = args.flags.request()? {
        let judge = Judge::of_one(&policy)?;
        let request = request.request(&policy);
        let (verdict, steps) = judge.explain(&request, now);
        let explained = judge::Explained { policy: &policy, request: &request, now, verdict, steps };
        match console.is_json() {
            true => program::write(&explained, console)?,
            false => person::write(&explained, &args.policy.file, console)?,
        }
        return Ok(Exit::Done);
    }
    let judge = Judge::of_many(&policy)?;
    match args.requests.as_deref().filter(|file| *file != Path::new("-")) {
        Some(file) => {
            let unreadable = |source| Error::Read { file: file.to_owned(), source };
            let mut lines = BufReader::new(File::open(file).map_err(unreadable)?);
            verdicts(&judge, file, &mut lines, now, console)
        }
        None if io::stdin().is_terminal() => Err(Error::usage("no request")
            .with_hint("name a URL, or hand over requests, one JSON object on a line")),
        None => verdicts(&judge, Path::new("standard input"), &mut io::stdin().lock(), now, console),
    }
}

/// One verdict for each line, in order.
fn verdicts(
    judge: &Judge<'_>,
    file: &Path,
    lines: &mut dyn BufRead,
    now: policy::Timestamp,
    console: &mut Console<'_>,
) -> Result<Exit, Error> {
    let mut exit = Exit::Done;
    let mut line = Vec::new();
    for number in 1_u64.. {
        if console.is_closed() {
            break;
        }
        line.clear();
        let read = judge::read_line(lines, &mut line)
            .map_err(|source| Error::Read { file: file.to_owned(), source })?;
        match read {
            judge::Line::End => break,
            judge::Line::TooLong => {
                program::refuse(number, &format!("longer than {} bytes", judge::MAX_LINE), console)?;
                exit = Exit::No;
            }
            judge::Line::Read if line.trim_ascii().is_empty() => {}
            judge::Line::Read => {
                if let Err(why) = judge.verdict(&line, now, console)? {
                    program::refuse(number, &why.to_string(), console)?;
                    exit = Exit::No;
                }
            }
        }
    }
    Ok(exit)
}
