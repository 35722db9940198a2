use std::fmt::Display;
use std::num::NonZero;
use std::path::PathBuf;
use std::str::FromStr;
use std::thread::available_parallelism;
use std::time::Duration;

use lexopt::{Parser, ValueExt as _};
use policy::Timestamp;
use tracing::Level;

use super::{Args, UsageError};
use crate::address::ListenAddress;
use crate::logging::LogFormat;

/// The one option that may be given several times.
pub(super) const LISTEN: &str = "--listen";

/// The options that were given so far.
pub(super) struct Given {
    pub(super) policy: Once<PathBuf>,
    pub(super) listen: Vec<ListenAddress>,
    pub(super) admin: Once<ListenAddress>,
    pub(super) admin_anywhere: Once<()>,
    pub(super) workers: Once<usize>,
    pub(super) max_connections: Once<u32>,
    pub(super) hello_timeout: Once<Duration>,
    pub(super) drain_timeout: Once<Duration>,
    pub(super) watch: Once<Option<Duration>>,
    pub(super) limiter_keys: Once<usize>,
    pub(super) session_tokens: Once<usize>,
    pub(super) log_level: Once<Level>,
    pub(super) log_format: Once<LogFormat>,
    pub(super) log_decisions: Once<u32>,
    pub(super) clock: Once<Timestamp>,
}

impl Given {
    pub(super) fn new() -> Self {
        Self {
            policy: Once::new("--policy"),
            listen: Vec::new(),
            admin: Once::new("--admin"),
            admin_anywhere: Once::new("--admin-anywhere"),
            workers: Once::new("--workers"),
            max_connections: Once::new("--max-connections"),
            hello_timeout: Once::new("--hello-timeout"),
            drain_timeout: Once::new("--drain-timeout"),
            watch: Once::new("--watch"),
            limiter_keys: Once::new("--limiter-keys"),
            session_tokens: Once::new("--session-tokens"),
            log_level: Once::new("--log-level"),
            log_format: Once::new("--log-format"),
            log_decisions: Once::new("--log-decisions"),
            clock: Once::new("--clock"),
        }
    }

    pub(super) fn listen(&mut self, address: ListenAddress) -> Result<(), UsageError> {
        let any_port = matches!(&address, ListenAddress::Tcp(address) if address.port() == 0);
        if !any_port && self.listen.contains(&address) {
            return Err(UsageError::ListenTwice(address));
        }
        self.listen.push(address);
        Ok(())
    }

    pub(super) fn into_args(self) -> Result<Args, UsageError> {
        let policy = self.policy.value.ok_or(UsageError::Missing(self.policy.option))?;
        if self.listen.is_empty() {
            return Err(UsageError::Missing(LISTEN));
        }
        if let Some(admin) = self.admin.value.as_ref().filter(|admin| !admin.is_local())
            && self.admin_anywhere.value.is_none()
        {
            return Err(UsageError::AdminAnywhere(admin.clone()));
        }
        let cores = || available_parallelism().map_or(1, NonZero::get);
        Ok(Args {
            policy,
            listen: self.listen,
            admin: self.admin.value,
            admin_anywhere: self.admin_anywhere.value.is_some(),
            workers: self.workers.value.unwrap_or_else(cores),
            max_connections: self.max_connections.value.unwrap_or(Args::DEFAULT_CONNECTIONS),
            hello_timeout: self.hello_timeout.value.unwrap_or(Args::DEFAULT_HELLO_TIMEOUT),
            drain_timeout: self.drain_timeout.value.unwrap_or(Args::DEFAULT_DRAIN_TIMEOUT),
            watch: self.watch.value.unwrap_or(Some(Args::DEFAULT_WATCH)),
            limiter_keys: self.limiter_keys.value.unwrap_or(Args::DEFAULT_LIMITER_KEYS),
            session_tokens: self.session_tokens.value.unwrap_or(Args::DEFAULT_SESSION_TOKENS),
            log_level: self.log_level.value,
            log_format: self.log_format.value.unwrap_or_default(),
            log_decisions: self.log_decisions.value.unwrap_or(Args::DEFAULT_LOG_DECISIONS),
            clock: self.clock.value,
        })
    }
}

/// An option that may be given once.
pub(super) struct Once<T> {
    option: &'static str,
    value: Option<T>,
}

impl<T> Once<T> {
    const fn new(option: &'static str) -> Self {
        Self { option, value: None }
    }

    pub(super) fn set(&mut self, value: T) -> Result<(), UsageError> {
        match self.value.replace(value) {
            None => Ok(()),
            Some(_) => Err(UsageError::Twice(self.option)),
        }
    }

    pub(super) fn take(
        &mut self,
        parser: &mut Parser,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<(), UsageError> {
        let value = read(parser, self.option, parse)?;
        self.set(value)
    }
}

/// The value that follows `option`, as `parse` reads it; its error says what was expected.
pub(super) fn read<T>(
    parser: &mut Parser,
    option: &'static str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, UsageError> {
    let value = parser.value()?.string()?;
    parse(&value).map_err(|expected| UsageError::Value { option, value, expected })
}

pub(super) fn parsed<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// Reads a whole number from 1 to `most`.
pub(super) fn count<N: FromStr + PartialOrd + From<u8> + Display + Copy>(
    most: N,
) -> impl FnOnce(&str) -> Result<N, String> {
    move |text| {
        let number = text.parse().ok().filter(|number| (N::from(1)..=most).contains(number));
        number.ok_or_else(|| format!("expected a whole number from 1 to {most}"))
    }
}

/// Reads a length of time above zero. A bare number is refused: HAProxy would take it for milliseconds, others for seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
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

/// Reads a whole number from 0 to `most`.
pub(super) fn count_from_zero(most: u32) -> impl FnOnce(&str) -> Result<u32, String> {
    move |text| {
        let number = text.parse().ok().filter(|number| *number <= most);
        number.ok_or_else(|| format!("expected a whole number from 0 to {most}"))
    }
}

pub(super) fn watch(text: &str) -> Result<Option<Duration>, String> {
    if text == "off" {
        return Ok(None);
    }
    duration(text).map(Some).map_err(|expected| format!("{expected}, or off"))
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("expected text or json".to_owned()),
    }
}

/// Reads the name of a level, in any case of letters.
pub fn level(text: &str) -> Result<Level, String> {
    [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE]
        .into_iter()
        .find(|level| text.eq_ignore_ascii_case(level.as_str()))
        .ok_or_else(|| "expected error, warn, info, debug or trace".to_owned())
}
