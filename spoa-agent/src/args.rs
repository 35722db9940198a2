//! The command line: [`Command::parse`] reads it, [`HELP`] says what may be in it.

mod given;
mod help;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::Arg::{Long, Short};
use lexopt::Parser;
use policy::Timestamp;
use policy::session::SessionCache;
use tracing::Level;

pub use given::level;
pub use help::HELP;

use crate::address::ListenAddress;
use crate::decision_log::DecisionLog;
use crate::logging::LogFormat;
use given::{Given, LISTEN, count, count_from_zero, duration, log_format, parsed, read, watch};

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Serve.
    Serve(Args),
    /// Print [`HELP`].
    Help,
    /// Print the version.
    Version,
}

/// How to serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Args {
    /// The policy file.
    pub policy: PathBuf,
    /// Where to listen, at least one address.
    pub listen: Vec<ListenAddress>,
    /// Where to answer by HTTP, if anywhere.
    pub admin: Option<ListenAddress>,
    /// Whether other machines may reach that.
    pub admin_anywhere: bool,
    /// Threads that answer, 1 to [`Args::MAX_WORKERS`].
    pub workers: usize,
    /// Connections that are served at one time, 1 to [`Args::MAX_CONNECTIONS`].
    pub max_connections: u32,
    /// How long a peer may take for its hello.
    pub hello_timeout: Duration,
    /// How long connections may take for their end.
    pub drain_timeout: Duration,
    /// How often to look whether the files of the policy have changed, if at all.
    pub watch: Option<Duration>,
    /// Capacity of the rate-limit table, 1 to [`limits::Table::MAX_CAPACITY`].
    pub limiter_keys: usize,
    /// Capacity of the cache of verified tokens, 1 to [`SessionCache::MAX_CAPACITY`].
    pub session_tokens: usize,
    /// How much is logged, if the command line says.
    pub log_level: Option<Level>,
    /// How it is logged.
    pub log_format: LogFormat,
    /// Refused and shadow decisions that are logged each second at most.
    pub log_decisions: u32,
    /// What the clock is set to at the start, in tests.
    pub clock: Option<Timestamp>,
}

impl Args {
    /// The most threads that answer.
    pub const MAX_WORKERS: usize = 1024;
    /// The most connections at one time.
    pub const MAX_CONNECTIONS: u32 = 1_000_000;
    /// Stays, with listeners and log, below the 1,024 open files that a process may usually have.
    pub const DEFAULT_CONNECTIONS: u32 = 1_000;
    /// Over a loaded loopback a hello takes milliseconds.
    pub const DEFAULT_HELLO_TIMEOUT: Duration = Duration::from_secs(5);
    /// HAProxy closes its side within milliseconds.
    pub const DEFAULT_DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
    /// A change is taken up when two looks have seen the same: after 2 to 4 seconds.
    pub const DEFAULT_WATCH: Duration = Duration::from_secs(2);
    /// Enough to see who is refused and why, a few kB a second at most.
    pub const DEFAULT_LOG_DECISIONS: u32 = 10;
    /// 32 MB.
    pub const DEFAULT_LIMITER_KEYS: usize = 1_000_000;
    /// 10.5 MB.
    pub const DEFAULT_SESSION_TOKENS: usize = 100_000;
}

/// A command line that says nothing that can be done.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// An unknown option, one without its value, or a value that is not UTF-8.
    #[error(transparent)]
    Syntax(#[from] lexopt::Error),
    /// An option that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// An option that may be given once was given again.
    #[error("{0} is given twice")]
    Twice(&'static str),
    /// An address was given again. Port 0 may be: each time it is another port.
    #[error("--listen {0} is given twice")]
    ListenTwice(ListenAddress),
    /// An address for administration that other machines can reach.
    #[error(
        "--admin {0} can be reached by other machines; expected a loopback address or unix@, or --admin-anywhere beside it"
    )]
    AdminAnywhere(ListenAddress),
    /// A value that the option does not take.
    #[error("{option} {value:?}: {expected}")]
    Value {
        /// The option.
        option: &'static str,
        /// Its value.
        value: String,
        /// What it takes.
        expected: String,
    },
}

impl Command {
    /// Reads a command line without the name of the program.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Self, UsageError> {
        let mut parser = Parser::from_args(args);
        let mut given = Given::new();
        while let Some(arg) = parser.next()? {
            match arg {
                Long("help") | Short('h') => return Ok(Self::Help),
                Long("version") | Short('V') => return Ok(Self::Version),
                Long("policy") => given.policy.set(parser.value()?.into())?,
                Long("listen") => given.listen(read(&mut parser, LISTEN, parsed)?)?,
                Long("admin") => given.admin.take(&mut parser, parsed)?,
                Long("admin-anywhere") => given.admin_anywhere.set(())?,
                Long("workers") => given.workers.take(&mut parser, count(Args::MAX_WORKERS))?,
                Long("max-connections") => {
                    given.max_connections.take(&mut parser, count(Args::MAX_CONNECTIONS))?;
                }
                Long("hello-timeout") => given.hello_timeout.take(&mut parser, duration)?,
                Long("drain-timeout") => given.drain_timeout.take(&mut parser, duration)?,
                Long("watch") => given.watch.take(&mut parser, watch)?,
                Long("limiter-keys") => {
                    given.limiter_keys.take(&mut parser, count(limits::Table::MAX_CAPACITY))?;
                }
                Long("session-tokens") => {
                    given.session_tokens.take(&mut parser, count(SessionCache::MAX_CAPACITY))?;
                }
                Long("log-level") => given.log_level.take(&mut parser, level)?,
                Long("log-format") => given.log_format.take(&mut parser, log_format)?,
                Long("log-decisions") => {
                    given.log_decisions.take(&mut parser, count_from_zero(DecisionLog::MAX_A_SECOND))?;
                }
                Long("clock") => given.clock.take(&mut parser, parsed)?,
                _ => return Err(arg.unexpected().into()),
            }
        }
        given.into_args().map(Self::Serve)
    }
}

#[cfg(test)]
mod tests;
