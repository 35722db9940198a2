//! The time at which requests are judged.

use std::time::{Instant, SystemTime};

use policy::Timestamp;

/// A clock that a policy's dates and rates go by.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that was set when it was made and has run on since, whatever the machine's clock says.
    Set {
        /// What it was set to.
        time: Timestamp,
        /// When.
        at: Instant,
    },
}

impl Clock {
    /// A clock that shows `time` now.
    #[must_use]
    pub fn set_to(time: Timestamp) -> Self {
        Self::Set { time, at: Instant::now() }
    }

    /// What the clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => SystemTime::now().into(),
            Self::Set { time, at } => time.plus(at.elapsed()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_that_was_set_runs_on() {
        let hour = Duration::from_secs(3600);
        let at = Instant::now().checked_sub(hour).unwrap();
        let time = Timestamp::from_seconds(1_755_475_200);
        assert!(Clock::Set { time, at }.now() >= time.plus(hour));
    }

    #[test]
    fn a_clock_shows_what_it_was_set_to() {
        let time = Timestamp::from_seconds(1_755_475_200);
        let shown = Clock::set_to(time).now();
        assert!(shown >= time && shown < time.plus(Duration::from_secs(3600)), "{shown}");
    }
}
