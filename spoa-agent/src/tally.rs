//! How many verdicts of each kind there were, and how long they took.
//!
//! Each thread counts in a shard of its own, so that counting costs no core the cache line of another: an addition to an element
//! of an array, without a lock, a look-up or an allocation. Whoever wants to know adds up the shards ([`totals`]).
//!
//! All memory is taken at the start. A verdict is counted by action, tier and class, and again by action and reason: the product of
//! all would be thousands of series, most of them empty. Classes and reasons beyond the [`names`](crate::names) that have room are
//! counted together.

mod latency;
mod own_shard;
mod totals;

pub use latency::{BUCKETS, SAMPLED_FROM};
pub use totals::{Histogram, Totals};

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use policy::classify::Tier;
use policy::classify::crawler::Identity;
use policy::session::SessionStatus;
use policy::verdict::Action;
use policy::{Policy, Verdict};

use crate::check_request::CheckRequestError;
use crate::names::Names;
use own_shard::own_shard;

/// Shards of a tally. Threads beyond share one, which costs them time and no count.
const SHARDS: usize = 32;
/// Reasons that are counted by themselves.
pub const MAX_REASONS: u16 = 512;
/// Classes that are counted by themselves: as many as a policy may have, and some that older policies had.
pub const MAX_CLASSES: u16 = 96;

/// Actions, in the order in which they are counted.
pub const ACTIONS: [Action; 3] = [Action::Allow, Action::Limit, Action::Deny];
/// Tiers, in the order in which they are counted.
pub const TIERS: [Tier; 6] = [Tier::A, Tier::B, Tier::C, Tier::D, Tier::E, Tier::F];
/// Why there was no verdict, in the order in which it is counted.
pub const UNDECIDED: [&str; 5] = ["no_message", "unexpected_type", "single_header", "malformed", "headers"];

/// What rules in shadow can do: limit and deny.
const WOULD: usize = 2;
const BY_REASON: usize = ACTIONS.len() + WOULD;
const BY_CLASS: usize = ACTIONS.len() * TIERS.len();

/// Counts verdicts.
#[derive(Debug)]
pub struct Tally {
    shards: Box<[Shard]>,
    reasons: Names,
    classes: Names,
}

/// The counters of one thread.
#[derive(Debug)]
#[repr(align(128))]
pub struct Shard {
    frames: AtomicU64,
    impostors: AtomicU64,
    unlogged: AtomicU64,
    panics: AtomicU64,
    undecided: [AtomicU64; UNDECIDED.len()],
    sessions: [AtomicU64; SessionStatus::ALL.len()],
    latency: [AtomicU64; BUCKETS.len() + 1],
    latency_nanos: AtomicU64,
    /// [`BY_REASON`] for each place: what was done, then what would have been.
    reasons: Box<[AtomicU64]>,
    /// [`BY_CLASS`] for each place: actions by tier.
    classes: Box<[AtomicU64]>,
}

/// Where the verdicts of a policy are counted: places by [`Rule::number`](policy::verdict::Rule::number) and by class.
#[derive(Debug)]
pub struct Places {
    reasons: Box<[u16]>,
    classes: Box<[u16]>,
}

impl Default for Tally {
    fn default() -> Self {
        let (reasons, classes) = (Names::new(MAX_REASONS), Names::new(MAX_CLASSES));
        let shard = || Shard::new(reasons.places(), classes.places());
        let shards = std::iter::repeat_with(shard).take(SHARDS).collect();
        Self { shards, reasons, classes }
    }
}

impl Tally {
    /// Gives the verdicts of a policy their places.
    #[must_use]
    pub fn places(&self, policy: &Policy) -> Places {
        Places {
            reasons: policy.reasons().iter().map(|reason| self.reasons.place(reason)).collect(),
            classes: policy.classes().map(|class| self.classes.place(class)).collect(),
        }
    }

    /// The counters of this thread.
    ///
    /// # Panics
    /// Never: there is a shard for every thread.
    #[must_use]
    pub fn shard(&self) -> &Shard {
        #[expect(clippy::indexing_slicing, reason = "the place is below the number of shards")]
        &self.shards[own_shard() % SHARDS]
    }

    /// The counts since the start.
    #[must_use]
    pub fn totals(&self) -> Totals {
        Totals::sum(&self.shards, self.reasons.list(), self.classes.list())
    }

    /// Refused and shadow decisions so far that the log was not told of.
    #[must_use]
    pub fn unlogged(&self) -> u64 {
        self.shards.iter().map(|shard| shard.unlogged.load(Ordering::Relaxed)).sum()
    }
}

#[cfg(test)]
impl Tally {
    /// Takes every place and counts something of every kind.
    pub(crate) fn fill(&self) {
        for n in 0..2 * MAX_REASONS {
            self.reasons.place(&format!("reason.{n}"));
            self.classes.place(&format!("class_{n}"));
        }
        let shard = self.shard();
        for count in shard.reasons.iter().chain(&shard.classes) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Shard {
    fn new(reasons: usize, classes: usize) -> Self {
        let zeros = |len: usize| std::iter::repeat_with(AtomicU64::default).take(len).collect();
        Self {
            frames: AtomicU64::default(),
            impostors: AtomicU64::default(),
            unlogged: AtomicU64::default(),
            panics: AtomicU64::default(),
            undecided: Default::default(),
            sessions: Default::default(),
            latency: Default::default(),
            latency_nanos: AtomicU64::default(),
            reasons: zeros(reasons.saturating_mul(BY_REASON)),
            classes: zeros(classes.saturating_mul(BY_CLASS)),
        }
    }

    /// Counts a NOTIFY, and says whether it is one of those whose answer is timed.
    pub fn frame(&self) -> bool {
        self.frames.fetch_add(1, Ordering::Relaxed).is_multiple_of(SAMPLED_FROM)
    }

    /// Counts a verdict.
    pub fn count(&self, verdict: &Verdict<'_>, places: &Places) {
        let action = verdict.action as usize;
        let reason = place(&places.reasons, verdict.rule.number);
        add(&self.reasons, reason.saturating_mul(BY_REASON).saturating_add(action));
        let class = place(&places.classes, verdict.client.ua_class.index());
        let of_class = action.saturating_mul(TIERS.len()).saturating_add(verdict.client.tier as usize);
        add(&self.classes, class.saturating_mul(BY_CLASS).saturating_add(of_class));
        if let Some(would) = verdict.would {
            let reason = place(&places.reasons, would.rule.number).saturating_mul(BY_REASON);
            // What would have been allowed is nothing that would have been done.
            let done = ACTIONS.len().saturating_add(would.action as usize).saturating_sub(1);
            add(&self.reasons, reason.saturating_add(done));
        }
        if let Identity::Impostor(_) = verdict.client.crawler {
            self.impostors.fetch_add(1, Ordering::Relaxed);
        }
        if verdict.client.session.status != SessionStatus::None {
            add(&self.sessions, verdict.client.session.status as usize);
        }
    }

    /// Counts a message that there is no verdict on.
    pub fn count_undecided(&self, error: &CheckRequestError) {
        let kind = match error {
            CheckRequestError::NoMessage => 0,
            CheckRequestError::UnexpectedType { .. } => 1,
            CheckRequestError::SingleHeader { .. } => 2,
            CheckRequestError::Malformed(_) => 3,
            CheckRequestError::Headers(_) => 4,
        };
        add(&self.undecided, kind);
    }

    /// Counts a refused or shadow decision that the log is not told of.
    pub fn count_unlogged(&self) {
        self.unlogged.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an answer that a panic has cut short.
    pub fn count_panic(&self) {
        self.panics.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts how long an answer took.
    pub fn observe(&self, took: Duration) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        add(&self.latency, latency::bucket(nanos));
        self.latency_nanos.fetch_add(nanos, Ordering::Relaxed);
    }
}

/// The place of a number; that of all without one for a number that the policy does not have.
fn place(places: &[u16], number: usize) -> usize {
    places.get(number).copied().unwrap_or_default().into()
}

fn add(counts: &[AtomicU64], place: usize) {
    if let Some(count) = counts.get(place) {
        count.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
