use std::sync::atomic::{AtomicU64, Ordering};

use policy::session::SessionStatus;
use policy::verdict::Action;

use crate::names::MORE;

use super::{ACTIONS, BUCKETS, BY_CLASS, BY_REASON, Shard, TIERS, UNDECIDED};

/// What was counted since the start, all threads together.
#[derive(Clone, Debug)]
pub struct Totals {
    /// NOTIFY frames.
    pub frames: u64,
    /// Requests with a crawler's user agent from elsewhere.
    pub impostors: u64,
    /// Refused and shadow decisions that the log was not told of.
    pub unlogged: u64,
    /// Answers that a panic has cut short.
    pub panics: u64,
    /// Messages without a verdict, in the order of [`UNDECIDED`].
    pub undecided: [u64; UNDECIDED.len()],
    /// Requests with a token, by what it is worth, in the order of [`SessionStatus::ALL`].
    pub sessions: [u64; SessionStatus::ALL.len()],
    /// How long answers took, of those that were timed.
    pub latency: Histogram,
    /// Names of the reasons, by place.
    pub reason_names: Vec<Box<str>>,
    /// Names of the classes, by place.
    pub class_names: Vec<Box<str>>,
    reasons: Vec<u64>,
    classes: Vec<u64>,
}

/// Times by bucket.
#[derive(Clone, Copy, Debug, Default)]
pub struct Histogram {
    /// How many there are in each of the [`BUCKETS`], and beyond the last.
    pub counts: [u64; BUCKETS.len() + 1],
    /// Their sum in nanoseconds.
    pub nanos: u64,
}

impl Totals {
    pub(super) fn sum(shards: &[Shard], reason_names: Vec<Box<str>>, class_names: Vec<Box<str>>) -> Self {
        let total = |count: fn(&Shard) -> &AtomicU64| -> u64 {
            shards.iter().map(|shard| count(shard).load(Ordering::Relaxed)).sum()
        };
        Self {
            frames: total(|shard| &shard.frames),
            impostors: total(|shard| &shard.impostors),
            unlogged: total(|shard| &shard.unlogged),
            panics: total(|shard| &shard.panics),
            undecided: all(shards, |shard| &shard.undecided),
            sessions: all(shards, |shard| &shard.sessions),
            latency: Histogram {
                counts: all(shards, |shard| &shard.latency),
                nanos: total(|shard| &shard.latency_nanos),
            },
            reasons: many(shards, reason_names.len().saturating_mul(BY_REASON), |shard| &shard.reasons),
            classes: many(shards, class_names.len().saturating_mul(BY_CLASS), |shard| &shard.classes),
            reason_names,
            class_names,
        }
    }

    /// Verdicts by action and reason, zeros included: a rate that begins with a first count would miss it.
    pub fn by_reason(&self) -> impl Iterator<Item = (Action, &str, u64)> {
        let named = named(&self.reason_names, &self.reasons, BY_REASON);
        named.flat_map(|(name, counts)| {
            ACTIONS.into_iter().zip(counts).map(move |(action, count)| (action, name, *count))
        })
    }

    /// What rules in shadow would have done, by action and reason, zeros included.
    pub fn would(&self) -> impl Iterator<Item = (Action, &str, u64)> {
        let named = named(&self.reason_names, &self.reasons, BY_REASON);
        named.flat_map(|(name, counts)| {
            let actions = ACTIONS.into_iter().skip(1).zip(counts.iter().skip(ACTIONS.len()));
            actions.map(move |(action, count)| (action, name, *count))
        })
    }

    /// Verdicts by action, tier and class, zeros included.
    pub fn by_class(&self) -> impl Iterator<Item = (Action, &'static str, &str, u64)> {
        let named = named(&self.class_names, &self.classes, BY_CLASS);
        named.flat_map(|(name, counts)| {
            let kinds = ACTIONS.into_iter().flat_map(|action| TIERS.map(|tier| (action, tier)));
            kinds.zip(counts).map(move |((action, tier), count)| (action, tier.as_str(), name, *count))
        })
    }

    /// Verdicts of this action.
    #[must_use]
    pub fn done(&self, action: Action) -> u64 {
        self.by_reason().filter(|(of, ..)| *of == action).map(|(.., count)| count).sum()
    }

    /// What rules in shadow would have done of this action.
    #[must_use]
    pub fn would_have(&self, action: Action) -> u64 {
        self.would().filter(|(of, ..)| *of == action).map(|(.., count)| count).sum()
    }

    /// Tokens that made a session, and tokens that did not.
    #[must_use]
    pub fn tokens(&self) -> (u64, u64) {
        let of = |wanted: bool| {
            let counts = SessionStatus::ALL.into_iter().zip(self.sessions);
            counts
                .filter(|(status, _)| (*status == SessionStatus::Valid) == wanted)
                .map(|(_, count)| count)
                .sum()
        };
        (of(true), of(false))
    }
}

fn all<const N: usize>(shards: &[Shard], counts: fn(&Shard) -> &[AtomicU64; N]) -> [u64; N] {
    let mut sums = [0_u64; N];
    for shard in shards {
        for (sum, count) in sums.iter_mut().zip(counts(shard)) {
            *sum = sum.saturating_add(count.load(Ordering::Relaxed));
        }
    }
    sums
}

fn many(shards: &[Shard], len: usize, counts: fn(&Shard) -> &[AtomicU64]) -> Vec<u64> {
    let mut sums = vec![0_u64; len];
    for shard in shards {
        for (sum, count) in sums.iter_mut().zip(counts(shard)) {
            *sum = sum.saturating_add(count.load(Ordering::Relaxed));
        }
    }
    sums
}

/// The counts of each name; of names without a place only if there are any.
fn named<'t>(
    names: &'t [Box<str>],
    counts: &'t [u64],
    each: usize,
) -> impl Iterator<Item = (&'t str, &'t [u64])> {
    let named = names.iter().map(|name| &**name).zip(counts.chunks_exact(each));
    named.filter(|(name, counts)| *name != MORE || counts.iter().any(|count| *count > 0))
}
