//! Where the agent stands between its start and its end.

use std::sync::atomic::{AtomicU8, Ordering};

/// Tells whether requests should be sent here.
#[derive(Debug, Default)]
pub struct Lifecycle(AtomicU8);

/// A time in the life of the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing is listened on yet.
    Starting,
    /// Requests are answered.
    Ready,
    /// No new connection is accepted, and those that are there end.
    Draining,
}

impl Phase {
    /// The word that pages and metrics show.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Ready => "ready",
            Self::Draining => "draining",
        }
    }
}

impl Lifecycle {
    /// Where it stands.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.0.load(Ordering::Relaxed) {
            0 => Phase::Starting,
            1 => Phase::Ready,
            _ => Phase::Draining,
        }
    }

    /// Goes on. There is no way back.
    pub fn enter(&self, phase: Phase) {
        self.0.fetch_max(phase as u8, Ordering::Relaxed);
    }
}
