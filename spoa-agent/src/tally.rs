//! How many verdicts of each kind there were.

use std::array;
use std::cell::Cell;
use std::ops::Sub;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use policy::Verdict;
use policy::classify::crawler::Identity;
use policy::session::SessionStatus;
use policy::verdict::Action;

/// Shards of a tally. Threads beyond share one, which costs them time and no count.
const SHARDS: usize = 32;

/// Counts verdicts. Each thread has its own cache line, so that counting costs no core the line of another.
#[derive(Debug)]
pub struct Tally(Box<[Shard; SHARDS]>);

#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard([AtomicU64; KINDS]);

/// What came of requests: those that passed, and of these what a rule in shadow would have done to them; and who they said that
/// they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Requests that passed.
    pub allowed: u64,
    /// Requests that were answered 429.
    pub limited: u64,
    /// Requests that were answered 403.
    pub denied: u64,
    /// Requests that a rule in shadow would have answered 429.
    pub would_limit: u64,
    /// Requests that a rule in shadow would have answered 403.
    pub would_deny: u64,
    /// Requests with a crawler's user agent from elsewhere.
    pub impostors: u64,
    /// Requests with a token that makes a session.
    pub sessions: u64,
    /// Requests with a token that makes none, because it is over or because it is wrong.
    pub tokens_refused: u64,
    /// Messages that there was no verdict on.
    pub undecided: u64,
}

/// What is counted, by its place in a shard.
#[derive(Clone, Copy)]
enum Kind {
    Allowed,
    Limited,
    Denied,
    WouldLimit,
    WouldDeny,
    Impostor,
    Session,
    TokenRefused,
    Undecided,
}

const KINDS: usize = Kind::Undecided as usize + 1;

impl Default for Tally {
    fn default() -> Self {
        Self(Box::new(array::from_fn(|_| Shard::default())))
    }
}

impl Tally {
    /// Counts a verdict.
    pub fn count(&self, verdict: &Verdict<'_>) {
        self.add(match verdict.action {
            Action::Allow => Kind::Allowed,
            Action::Limit => Kind::Limited,
            Action::Deny => Kind::Denied,
        });
        match verdict.would.map(|would| would.action) {
            Some(Action::Limit) => self.add(Kind::WouldLimit),
            Some(Action::Deny) => self.add(Kind::WouldDeny),
            Some(Action::Allow) | None => {}
        }
        if let Identity::Impostor(_) = verdict.client.crawler {
            self.add(Kind::Impostor);
        }
        match verdict.client.session.status {
            SessionStatus::None => {}
            SessionStatus::Valid => self.add(Kind::Session),
            _ => self.add(Kind::TokenRefused),
        }
    }

    /// Counts a message that there is no verdict on.
    pub fn count_undecided(&self) {
        self.add(Kind::Undecided);
    }

    fn add(&self, kind: Kind) {
        let shard = self.0.get(own_shard()).map(|shard| &shard.0);
        if let Some(count) = shard.and_then(|counts| counts.get(kind as usize)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The counts since the start.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let sum = |kind: Kind| -> u64 {
            let counts = self.0.iter().filter_map(|shard| shard.0.get(kind as usize));
            counts.map(|count| count.load(Ordering::Relaxed)).sum()
        };
        Totals {
            allowed: sum(Kind::Allowed),
            limited: sum(Kind::Limited),
            denied: sum(Kind::Denied),
            would_limit: sum(Kind::WouldLimit),
            would_deny: sum(Kind::WouldDeny),
            impostors: sum(Kind::Impostor),
            sessions: sum(Kind::Session),
            tokens_refused: sum(Kind::TokenRefused),
            undecided: sum(Kind::Undecided),
        }
    }
}

/// What was counted since `earlier`.
impl Sub for Totals {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            allowed: self.allowed.saturating_sub(earlier.allowed),
            limited: self.limited.saturating_sub(earlier.limited),
            denied: self.denied.saturating_sub(earlier.denied),
            would_limit: self.would_limit.saturating_sub(earlier.would_limit),
            would_deny: self.would_deny.saturating_sub(earlier.would_deny),
            impostors: self.impostors.saturating_sub(earlier.impostors),
            sessions: self.sessions.saturating_sub(earlier.sessions),
            tokens_refused: self.tokens_refused.saturating_sub(earlier.tokens_refused),
            undecided: self.undecided.saturating_sub(earlier.undecided),
        }
    }
}

/// The place of this thread's shard: threads are numbered as they come.
fn own_shard() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static SHARD: Cell<Option<usize>> = const { Cell::new(None) };
    }
    SHARD.with(|shard| {
        shard.get().unwrap_or_else(|| {
            let place = THREADS.fetch_add(1, Ordering::Relaxed) % SHARDS;
            shard.set(Some(place));
            place
        })
    })
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn loses_no_count_of_any_thread() {
        let tally = Tally::default();
        thread::scope(|scope| {
            for _ in 0..SHARDS + 3 {
                scope.spawn(|| (0..1_000).for_each(|_| tally.count_undecided()));
            }
        });
        assert_eq!(tally.totals().undecided, 35_000);
    }

    #[test]
    fn tells_what_came_in_between() {
        let tally = Tally::default();
        tally.add(Kind::Denied);
        let before = tally.totals();
        tally.add(Kind::Denied);
        tally.add(Kind::WouldDeny);
        assert_eq!(tally.totals() - before, Totals { denied: 1, would_deny: 1, ..Totals::default() });
    }
}
