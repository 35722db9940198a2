//! The log: text or JSON on standard error, one event a line, its level changed while the agent runs.
//!
//! Events go through a queue of bounded length to a thread that writes them. Where nobody reads standard error that thread waits,
//! the queue fills up, and further events are dropped and counted: whoever answers requests never waits for the log.

use std::io;
use std::panic::{self, PanicHookInfo};
use std::time::Instant;

use tracing::{Level, Subscriber, error};
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, fmt, reload};

use crate::throttle::Throttle;

/// The variable with the filter that holds where the command line says nothing.
pub const FILTER_VARIABLE: &str = "RUST_LOG";

/// Events that wait to be written, at most: some megabytes.
const QUEUE: usize = 8_192;

/// How events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people: a line of `key=value`.
    #[default]
    Text,
    /// For machines: an object a line.
    Json,
}

/// The log of this process, to be told of another level and asked for what was lost.
#[derive(Clone, Debug)]
pub struct LogControl {
    filter: reload::Handle<EnvFilter, Registry>,
    dropped: ErrorCounter,
}

/// A filter for the log: `level` if there is one, else what `variable` (the value of [`FILTER_VARIABLE`]) says, else info.
/// An empty variable says nothing.
///
/// # Errors
/// If `variable` is needed and is no filter.
pub fn filter(level: Option<Level>, variable: Option<&str>) -> Result<EnvFilter, ParseError> {
    match (level, variable.filter(|directives| !directives.trim().is_empty())) {
        (Some(level), _) => EnvFilter::try_new(level.as_str()),
        (None, Some(directives)) => EnvFilter::try_new(directives),
        (None, None) => EnvFilter::try_new(Level::INFO.as_str()),
    }
}

/// Sends log events to standard error from now on, and panics to the log. What is in the queue is written when the guard goes.
pub fn init(filter: EnvFilter, format: LogFormat) -> (LogControl, WorkerGuard) {
    let builder = NonBlockingBuilder::default().lossy(true).buffered_lines_limit(QUEUE).thread_name("log");
    let (writer, guard) = builder.finish(io::stderr());
    let dropped = writer.error_counter();
    let (filter, handle) = reload::Layer::new(filter);
    Registry::default().with(filter).with(layer(format, writer)).init();
    panic::set_hook(Box::new(log_panic));
    (LogControl { filter: handle, dropped }, guard)
}

fn layer<S>(format: LogFormat, writer: NonBlocking) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let layer = fmt::layer().with_target(false).with_ansi(false).with_writer(writer);
    match format {
        LogFormat::Text => layer.boxed(),
        LogFormat::Json => {
            layer.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed()
        }
    }
}

impl LogControl {
    /// The filter in force: a level, or directives of `RUST_LOG`.
    #[must_use]
    pub fn level(&self) -> String {
        self.filter.with_current(ToString::to_string).unwrap_or_default()
    }

    /// Puts another level into force.
    pub fn set_level(&self, level: Level) {
        if let Ok(filter) = filter(Some(level), None) {
            // Fails only when the log is gone, at the end of the process.
            let _ = self.filter.reload(filter);
        }
    }

    /// Events that were dropped since nobody read the log.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.dropped_lines() as u64
    }
}

/// Logs where a panic happened, not what it says: the text may quote what a client sent.
fn log_panic(info: &PanicHookInfo<'_>) {
    static PANICKED: Throttle = Throttle::new();

    if let Some(suppressed) = PANICKED.admit(Instant::now()) {
        let at = info.location().map(ToString::to_string).unwrap_or_default();
        error!(at, %suppressed, "panic: a defect of the agent; please report it");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_as_good_as_none() {
        for variable in [None, Some(""), Some(" ")] {
            assert_eq!(filter(None, variable).unwrap().to_string(), "info", "{variable:?}");
            assert_eq!(filter(Some(Level::ERROR), variable).unwrap().to_string(), "error", "{variable:?}");
        }
    }

    #[test]
    fn the_command_line_wins_over_the_variable() {
        assert_eq!(filter(None, Some("debug")).unwrap().to_string(), "debug");
        assert_eq!(filter(Some(Level::WARN), Some("debug")).unwrap().to_string(), "warn");
    }
}
