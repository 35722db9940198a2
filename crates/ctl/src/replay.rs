//! `replay`: what a policy makes of yesterday's access logs, or what a new one changes.
//!
//! Data flows through the modules in this order:
//!
//! 1. [`source`]: logs are opened and unpacked, by a thread of its own, in chunks of whole lines.
//! 2. [`mod@format`]: a line becomes a [`Record`] that borrows from it.
//! 3. [`judge`]: a record becomes a verdict, each by its own time.
//! 4. [`tally`]: verdicts are counted, in memory that is bounded whatever the log's size.
//! 5. [`engine`]: all of this for all logs, and what could not be read.
//! 6. [`summary`]: what is told, as one structure: JSON as it is, text for a terminal.
//! 7. [`report`]: the same as one page that needs nothing else.

mod args;

pub mod source;

pub mod format;
mod record;

mod judge;

pub mod tally;

mod engine;
mod progress;

pub mod summary;
mod untrusted;

pub mod report;

pub use args::Args;
pub use engine::{Engine, Log, Settings, Unparsed};
pub use judge::Judge;
pub use record::{Record, Text};
pub use summary::Summary;

use crate::{Console, Error, Exit, policy_file};
use report::ReportFile;
use source::Source;

/// Replays logs and tells what came of it.
pub(crate) fn run(args: &Args, console: &mut Console<'_>) -> Result<Exit, Error> {
    let judge = Judge::new(args.policy.load()?, args.limiter_keys)?;
    let against = match &args.against {
        Some(file) => Some(Judge::new(policy_file::load(file)?, args.limiter_keys)?),
        None => None,
    };
    let sources = args.logs.iter().map(|file| Source::find(file)).collect::<Result<Vec<_>, _>>()?;
    let report = args.report.as_deref().map(|file| ReportFile::open(file, &sources)).transpose()?;

    let mut engine = Engine::new(judge, against, args.settings(), sources);
    let progress = progress::bar(engine.sources(), console.is_json());
    let ended = engine.run(&progress);
    progress.finish_and_clear();
    ended?;

    let summary = Summary::new(&engine, args)?;
    if let Some(report) = report {
        report.write(&report::page(&summary).into_string())?;
    }
    if console.is_json() {
        console.object(&summary)?;
    } else {
        summary::text::write(&summary, args.report.as_deref(), console)?;
    }
    match engine.into_unread() {
        Some(error) => Err(error),
        None => Ok(Exit::Done),
    }
}
