//! What is counted of connections: seldom enough that all threads may share it.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::ending::Ending;

/// Counts connections.
#[derive(Debug, Default)]
pub struct ConnectionCounts {
    /// Served since the start.
    pub served: AtomicU64,
    /// Accepted, and not yet served because `--max-connections` are.
    pub waiting: AtomicU64,
    /// Attempts to accept one that failed.
    pub failed: AtomicU64,
    /// Ended since the start, in the order of [`Ending::KINDS`].
    ended: [AtomicU64; Ending::KINDS.len()],
}

impl ConnectionCounts {
    /// Counts a connection that has ended.
    pub fn ended(&self, ending: &Ending) {
        if let Some(count) = self.ended.get(ending.kind()) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Connections that have ended, by kind.
    pub fn endings(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Ending::KINDS.into_iter().zip(self.ended.iter().map(|count| count.load(Ordering::Relaxed)))
    }

    /// Connections that are served.
    #[must_use]
    pub fn open(&self) -> u64 {
        let ended: u64 = self.endings().map(|(_, count)| count).sum();
        self.served.load(Ordering::Relaxed).saturating_sub(ended)
    }
}
