//! The log: text on standard error, one event a line.

use std::io;
use std::panic::{self, PanicHookInfo};
use std::time::Instant;

use tracing::{Level, error};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use crate::throttle::Throttle;

/// The variable with the filter that holds where the command line says nothing.
pub const FILTER_VARIABLE: &str = "RUST_LOG";

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

/// Sends log events to standard error from now on, and panics to the log.
pub fn init(filter: EnvFilter) {
    tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(io::stderr).init();
    panic::set_hook(Box::new(log_panic));
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
