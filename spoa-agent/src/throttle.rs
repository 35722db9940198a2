//! Log lines that a peer can cause are bounded: HAProxy reconnects thousands of times a second where its hello is refused.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lets one line of a kind through each second and counts the others.
///
/// It is asked only where something is about to be logged, never for a request that is answered as it should be.
#[derive(Debug)]
pub struct Throttle(Mutex<State>);

#[derive(Debug)]
struct State {
    last: Option<Instant>,
    suppressed: u64,
}

impl Throttle {
    /// The least time between two lines.
    pub const INTERVAL: Duration = Duration::from_secs(1);

    /// A throttle that lets the first line through.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "a throttle is a static, made in a constant expression")]
    pub const fn new() -> Self {
        Self(Mutex::new(State { last: None, suppressed: 0 }))
    }

    /// Whether a line may be written at `now`; if so, how many were not since the one before.
    pub fn admit(&self, now: Instant) -> Option<Suppressed> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let too_early = |last: Instant| now.saturating_duration_since(last) < Self::INTERVAL;
        if state.last.is_some_and(too_early) {
            state.suppressed = state.suppressed.saturating_add(1);
            return None;
        }
        state.last = Some(now);
        Some(Suppressed(std::mem::take(&mut state.suppressed)))
    }
}

/// How many lines of a kind were not written since the last one that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suppressed(u64);

impl fmt::Display for Suppressed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lets_one_line_a_second_through_and_tells_what_is_missing() {
        let throttle = Throttle::new();
        let start = Instant::now();
        assert_eq!(throttle.admit(start), Some(Suppressed(0)));
        for _ in 0..6_000 {
            assert_eq!(throttle.admit(start + Throttle::INTERVAL / 2), None);
        }
        assert_eq!(throttle.admit(start + Throttle::INTERVAL), Some(Suppressed(6_000)));
        assert_eq!(throttle.admit(start + Throttle::INTERVAL * 2), Some(Suppressed(0)));
    }

    #[test]
    fn a_line_out_of_order_is_no_new_second() {
        let throttle = Throttle::new();
        let start = Instant::now();
        assert!(throttle.admit(start + Throttle::INTERVAL).is_some());
        assert_eq!(throttle.admit(start), None);
    }
}
