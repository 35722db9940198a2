use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::entry::Entry;
use crate::{Key, Outcome, Quota, UnixNanos};

/// Entries in a bucket. With the lock and the tally, 31 of 16 bytes make 512 bytes: eight cache lines.
pub(crate) const WAYS: usize = 31;

/// The entries of all keys that hash to one place, behind a lock of their own.
///
/// ```text
/// +------+------------------------------------------+-------+
/// | lock |  31 entries of 16 bytes                  | tally |   512 bytes
/// +------+------------------------------------------+-------+
/// ```
#[repr(C, align(64))]
pub(crate) struct Bucket {
    entries: Mutex<[Entry; WAYS]>,
    tally: Tally,
}

impl Bucket {
    pub(crate) const fn new() -> Self {
        Self { entries: Mutex::new([Entry::EMPTY; WAYS]), tally: Tally(AtomicU64::new(0)) }
    }

    pub(crate) const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Charges the key, which gets an entry if it has none.
    pub(crate) fn charge(&self, key: Key, quota: &Quota, cost: u32, now: UnixNanos) -> Outcome {
        let mut entries = self.lock();
        if let Some(entry) = entries.iter_mut().find(|entry| entry.belongs_to(key)) {
            return entry.charge(key, quota, cost, now);
        }
        let entry = self.claim(&mut entries, now);
        *entry = Entry::EMPTY;
        entry.charge(key, quota, cost, now)
    }

    /// What the key would hear, without an entry or a charge.
    pub(crate) fn peek(&self, key: Key, quota: &Quota, cost: u32, now: UnixNanos) -> Outcome {
        let entries = self.lock();
        let entry = entries.iter().find(|entry| entry.belongs_to(key));
        entry.unwrap_or(&Entry::EMPTY).standing(quota, now).judge(quota, cost).0
    }

    /// Nanoseconds until the key would be admitted, if it asks nothing before.
    pub(crate) fn wait(&self, key: Key, quota: &Quota, cost: u32, now: UnixNanos) -> Option<u64> {
        let entries = self.lock();
        let entry = entries.iter().find(|entry| entry.belongs_to(key));
        entry.unwrap_or(&Entry::EMPTY).standing(quota, now).wait(quota, cost)
    }

    /// Takes a charge back from the key, if it has an entry.
    pub(crate) fn refund(&self, key: Key, quota: &Quota, cost: u32, now: UnixNanos) {
        if let Some(entry) = self.lock().iter_mut().find(|entry| entry.belongs_to(key)) {
            entry.refund(quota, cost, now);
        }
    }

    /// The entry nearest to idle: one that is empty or idle, or else the one whose debt or hold ends first, which is
    /// lost.
    ///
    /// With each loss one other entry, in turn, is settled: cut to its own horizon or hold. So a bucket that is full
    /// of waits from before the clock was set back is free of them after 31 losses, and not when the clock is there
    /// again.
    #[expect(clippy::indexing_slicing, reason = "both numbers are below the number of entries")]
    fn claim<'a>(&self, entries: &'a mut [Entry; WAYS], now: UnixNanos) -> &'a mut Entry {
        let (mut nearest, mut least, mut in_use) = (0, u64::MAX, 0);
        for (way, entry) in entries.iter().enumerate() {
            in_use += usize::from(!entry.is_idle(now));
            if entry.tat() < least {
                (nearest, least) = (way, entry.tat());
            }
        }
        let full = in_use == WAYS;
        if full {
            entries[self.tally.turn()].settle(now);
        }
        self.tally.record(in_use, full);
        &mut entries[nearest]
    }

    /// A thread that died with the lock left whole entries behind: each is two plain numbers.
    fn lock(&self) -> MutexGuard<'_, [Entry; WAYS]> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A bucket's counters, read without its lock: entries in use in the low 8 bits, evictions above.
///
/// Only the holder of the lock writes, so load and store need not be one step.
pub(crate) struct Tally(AtomicU64);

const EVICTIONS_SHIFT: u32 = 8;
const ENTRIES_MASK: u64 = (1 << EVICTIONS_SHIFT) - 1;

impl Tally {
    /// Entries that were in use when the bucket last took a key in.
    pub(crate) fn entries(&self) -> u64 {
        self.0.load(Ordering::Relaxed) & ENTRIES_MASK
    }

    /// Entries in use that were lost to other keys since the start.
    pub(crate) fn evictions(&self) -> u64 {
        self.0.load(Ordering::Relaxed) >> EVICTIONS_SHIFT
    }

    /// Counts round the entries, one further with each eviction.
    fn turn(&self) -> usize {
        usize::try_from(self.evictions() % WAYS as u64).unwrap_or(0)
    }

    /// A key is taken in beside `in_use` others, or in place of one of them.
    fn record(&self, in_use: usize, evicts: bool) {
        let evictions = self.evictions() + u64::from(evicts);
        let entries = in_use as u64 + u64::from(!evicts);
        self.0.store(evictions << EVICTIONS_SHIFT | entries, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
