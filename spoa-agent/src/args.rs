//! The command line.

use std::ffi::OsString;
use std::fmt::Display;
use std::num::NonZero;
use std::path::PathBuf;
use std::str::FromStr;
use std::thread::available_parallelism;
use std::time::Duration;

use lexopt::Arg::{Long, Short};
use lexopt::{Parser, ValueExt as _};
use policy::Timestamp;
use policy::session::SessionCache;
use tracing::Level;

use crate::address::ListenAddress;

/// What `--help` prints.
pub const HELP: &str = "\
The agent that HAProxy asks for a verdict on each request (SPOE, SPOP 2.0).

Usage: spoa-agent --policy FILE --listen ADDR [--listen ADDR ...] [OPTION ...]

  --policy FILE          the policy, compiled before anything listens
  --listen ADDR          127.0.0.1:9000 | [::1]:9000 | unix@/run/provenance/agent.sock; may be given several times

  --workers N            threads that answer; default: one for each core that this process may use
  --max-connections N    connections that are served at one time, 1 to 1000000; others wait unanswered; default 1000
  --hello-timeout TIME   how long a peer may take for its hello, such as 500ms or 5s; default 5s
  --limiter-keys N       clients in debt or held that the rate limits can tell apart, 32 bytes each; default 1000000
  --session-tokens N     verified tokens that are remembered, 105 bytes each; default 100000
  --log-level LEVEL      error, warn, info, debug or trace; default: the filter in RUST_LOG, or else info
  --clock TIME           for tests: a clock that starts at TIME (RFC 3339, a date, or Unix seconds) and runs on

  --help                 print this and exit
  --version              print the version and exit

Exit codes: 0 stopped by SIGTERM or SIGINT, 1 the policy is not valid, 2 usage, 3 could not read or listen.
";

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
    /// Threads that answer, 1 to [`Args::MAX_WORKERS`].
    pub workers: usize,
    /// Connections that are served at one time, 1 to [`Args::MAX_CONNECTIONS`].
    pub max_connections: u32,
    /// How long a peer may take for its hello.
    pub hello_timeout: Duration,
    /// Capacity of the rate-limit table, 1 to [`limits::Table::MAX_CAPACITY`].
    pub limiter_keys: usize,
    /// Capacity of the cache of verified tokens, 1 to [`SessionCache::MAX_CAPACITY`].
    pub session_tokens: usize,
    /// How much is logged, if the command line says.
    pub log_level: Option<Level>,
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
                Long("workers") => given.workers.take(&mut parser, count(Args::MAX_WORKERS))?,
                Long("max-connections") => {
                    given.max_connections.take(&mut parser, count(Args::MAX_CONNECTIONS))?;
                }
                Long("hello-timeout") => given.hello_timeout.take(&mut parser, duration)?,
                Long("limiter-keys") => {
                    given.limiter_keys.take(&mut parser, count(limits::Table::MAX_CAPACITY))?;
                }
                Long("session-tokens") => {
                    given.session_tokens.take(&mut parser, count(SessionCache::MAX_CAPACITY))?;
                }
                Long("log-level") => given.log_level.take(&mut parser, level)?,
                Long("clock") => given.clock.take(&mut parser, parsed)?,
                _ => return Err(arg.unexpected().into()),
            }
        }
        given.into_args().map(Self::Serve)
    }
}

/// The one option that may be given several times.
const LISTEN: &str = "--listen";

/// The options that were given so far.
struct Given {
    policy: Once<PathBuf>,
    listen: Vec<ListenAddress>,
    workers: Once<usize>,
    max_connections: Once<u32>,
    hello_timeout: Once<Duration>,
    limiter_keys: Once<usize>,
    session_tokens: Once<usize>,
    log_level: Once<Level>,
    clock: Once<Timestamp>,
}

impl Given {
    fn new() -> Self {
        Self {
            policy: Once::new("--policy"),
            listen: Vec::new(),
            workers: Once::new("--workers"),
            max_connections: Once::new("--max-connections"),
            hello_timeout: Once::new("--hello-timeout"),
            limiter_keys: Once::new("--limiter-keys"),
            session_tokens: Once::new("--session-tokens"),
            log_level: Once::new("--log-level"),
            clock: Once::new("--clock"),
        }
    }

    fn listen(&mut self, address: ListenAddress) -> Result<(), UsageError> {
        let any_port = matches!(&address, ListenAddress::Tcp(address) if address.port() == 0);
        if !any_port && self.listen.contains(&address) {
            return Err(UsageError::ListenTwice(address));
        }
        self.listen.push(address);
        Ok(())
    }

    fn into_args(self) -> Result<Args, UsageError> {
        let policy = self.policy.value.ok_or(UsageError::Missing(self.policy.option))?;
        if self.listen.is_empty() {
            return Err(UsageError::Missing(LISTEN));
        }
        let cores = || available_parallelism().map_or(1, NonZero::get);
        Ok(Args {
            policy,
            listen: self.listen,
            workers: self.workers.value.unwrap_or_else(cores),
            max_connections: self.max_connections.value.unwrap_or(Args::DEFAULT_CONNECTIONS),
            hello_timeout: self.hello_timeout.value.unwrap_or(Args::DEFAULT_HELLO_TIMEOUT),
            limiter_keys: self.limiter_keys.value.unwrap_or(Args::DEFAULT_LIMITER_KEYS),
            session_tokens: self.session_tokens.value.unwrap_or(Args::DEFAULT_SESSION_TOKENS),
            log_level: self.log_level.value,
            clock: self.clock.value,
        })
    }
}

/// An option that may be given once.
struct Once<T> {
    option: &'static str,
    value: Option<T>,
}

impl<T> Once<T> {
    const fn new(option: &'static str) -> Self {
        Self { option, value: None }
    }

    fn set(&mut self, value: T) -> Result<(), UsageError> {
        match self.value.replace(value) {
            None => Ok(()),
            Some(_) => Err(UsageError::Twice(self.option)),
        }
    }

    fn take(
        &mut self,
        parser: &mut Parser,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<(), UsageError> {
        let value = read(parser, self.option, parse)?;
        self.set(value)
    }
}

/// The value that follows `option`, as `parse` reads it; its error says what was expected.
fn read<T>(
    parser: &mut Parser,
    option: &'static str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, UsageError> {
    let value = parser.value()?.string()?;
    parse(&value).map_err(|expected| UsageError::Value { option, value, expected })
}

fn parsed<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// Reads a whole number from 1 to `most`.
fn count<N: FromStr + PartialOrd + From<u8> + Display + Copy>(
    most: N,
) -> impl FnOnce(&str) -> Result<N, String> {
    move |text| {
        let number = text.parse().ok().filter(|number| (N::from(1)..=most).contains(number));
        number.ok_or_else(|| format!("expected a whole number from 1 to {most}"))
    }
}

/// Reads a length of time above zero. A bare number is refused: HAProxy would take it for milliseconds, others for seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let whole = |unit: &str| text.strip_suffix(unit).and_then(|number| number.parse::<u32>().ok());
    let duration = match (whole("ms"), whole("s")) {
        (Some(milliseconds), _) => Duration::from_millis(milliseconds.into()),
        (None, Some(seconds)) => Duration::from_secs(seconds.into()),
        (None, None) => Duration::ZERO,
    };
    if duration.is_zero() {
        Err("expected a length of time such as 500ms or 5s".to_owned())
    } else {
        Ok(duration)
    }
}

fn level(text: &str) -> Result<Level, String> {
    [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE]
        .into_iter()
        .find(|level| text.eq_ignore_ascii_case(level.as_str()))
        .ok_or_else(|| "expected error, warn, info, debug or trace".to_owned())
}

#[cfg(test)]
mod tests;
