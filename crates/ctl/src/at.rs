//! The time of a question.

use std::time::SystemTime;

use clap::Args;
use policy::Timestamp;

/// The time of a question; without it, now. Only here does the command line read a clock.
#[derive(Clone, Copy, Debug, Args)]
pub struct At {
    /// The time to answer for: RFC 3339, a date, or Unix seconds [default: now]
    #[arg(long = "at", value_name = "TIME")]
    time: Option<Timestamp>,
}

impl At {
    /// The time to answer for; now to the second.
    #[must_use]
    pub fn time(self) -> Timestamp {
        self.time.unwrap_or_else(|| Timestamp::from_seconds(Timestamp::from(SystemTime::now()).seconds()))
    }

    /// The time that was given.
    #[must_use]
    pub fn given(self) -> Option<Timestamp> {
        self.time
    }
}
