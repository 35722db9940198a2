use std::fmt;
use std::mem::size_of;
use std::time::Duration;

use crate::bucket::Bucket;
use crate::{Error, Key, KeyHasher, Outcome, Quota, Seed, UnixNanos};

/// The debts and holds of all keys, in memory that is taken once and never grows.
///
/// # Memory
///
/// The table is an array of buckets of 512 bytes: a lock (8), 31 entries (16 each) and two counters (8). A key
/// lives in the one bucket that its hash names, and a bucket has a lock of its own: two requests meet only if
/// their keys are neighbours. A table for *n* keys has *n*/16 buckets and so takes 32 bytes for each of them, all
/// told; a million keys take 32 MB (30.5 MiB), and no table is smaller than one bucket.
///
/// # How full is full
///
/// An entry is in use while its key has debt or is held; for a client within its rate that is a fraction of a
/// second, for one that used a whole burst the quota's [horizon](Quota::horizon), for one that is held the
/// [hold](Quota::hold). The capacity is thus the number of keys *in debt or held at one time*. With capacity keys in
/// use, a bucket has 16 on average of its 31 places. Keys spread as by a Poisson distribution, so that the keys that
/// find no place are, of a table for a million:
///
/// | keys in use, of capacity | buckets that overflow | keys lost |
/// |---|---|---|
/// | 75 % | 1.2 in a million | 0.1 |
/// | 100 % | 2.8 in 10,000 | 32 |
/// | 125 % | 0.8 % | 1,200 |
/// | 150 % | 6.8 % | 12,500 |
/// | 200 % | 52 % | 173,000 |
///
/// A key that is new to a bucket without an idle place takes that of the entry **nearest to idle** (the smallest
/// TAT), and [`Table::evictions`] counts it. The lost key starts anew with a full bucket. Whoever floods the table
/// with keys of little debt pushes out such keys, not the clients that are being refused.
///
/// A held key is no exception: its TAT is the end of its hold, and if that is the nearest of the bucket's 31, the
/// key is lost, its hold with it. But whoever has many keys can get each of them held with one request over its
/// quota, and then they keep their places for that long: a long hold wants a large capacity.
///
/// # Fingerprints
///
/// An entry holds 47 bits of the key's hash, and the bucket's number is taken from other bits as long as there are
/// at most 131,072 buckets (two million keys; beyond, the two share a bit with each doubling). A new key is
/// mistaken for one of its 31 neighbours with probability 2.2 × 10⁻¹³; the two then share a bucket, or a hold, until
/// it is idle. One bit of the tag says that the key is held. The other 16 hold the horizon that lets a debt follow
/// its key to another quota ([crate documentation](crate#when-the-quota-of-a-key-changes)).
pub struct Table {
    buckets: Box<[Bucket]>,
    seed: Seed,
}

impl Table {
    /// The memory for a key of the capacity, with everything that the table needs beside.
    pub const BYTES_PER_KEY: usize = 32;

    /// The largest capacity: 2^30 keys, in 32 GiB.
    pub const MAX_CAPACITY: usize = 1 << 30;

    /// A table that keeps `capacity` keys in debt or held at one time, from 1 to [`Table::MAX_CAPACITY`].
    ///
    /// # Errors
    ///
    /// [`Error::Capacity`] outside that range; [`Error::Memory`] if the system has not that much memory.
    pub fn new(capacity: usize, seed: &Seed) -> Result<Self, Error> {
        if capacity == 0 || capacity > Self::MAX_CAPACITY {
            return Err(Error::Capacity { capacity });
        }
        let bytes = capacity.saturating_mul(Self::BYTES_PER_KEY);
        let count = (bytes.saturating_sub(size_of::<Self>()) / size_of::<Bucket>()).max(1);

        let mut buckets = Vec::new();
        buckets.try_reserve_exact(count).map_err(|_| Error::Memory { capacity, bytes })?;
        buckets.resize_with(count, Bucket::new);
        Ok(Self { buckets: buckets.into_boxed_slice(), seed: seed.clone() })
    }

    /// Makes keys of this table under one limit, by the limit's name or id in the policy.
    #[must_use]
    pub fn key_hasher(&self, limit: &str) -> KeyHasher {
        KeyHasher::new(&self.seed, limit)
    }

    /// Judges a request of this cost and charges it if it is admitted.
    ///
    /// A refused request is charged nothing; under a quota with a [hold](crate#holds) it begins one. A cost of 0 is
    /// always allowed, also while the key is held, changes nothing and takes no entry; a cost over the burst is
    /// [`Outcome::ExceedsBurst`] and changes nothing either. Allocates nothing; waits only for requests whose keys
    /// are in the same bucket. `key` comes from a hasher with this table's seed.
    pub fn check(&self, key: Key, quota: &Quota, cost: u32, now: UnixNanos) -> Outcome {
        if cost == 0 || cost > quota.burst().get() {
            return self.peek(key, quota, cost, now);
        }
        self.bucket(key).charge(key, quota, cost, now)
    }

    /// What [`Table::check`] would answer, without charging the key, holding it or taking an entry for it.
    ///
    /// With a cost of 0 it tells the key's present state: while the key is held, nothing remains, and the reset is
    /// the rest of the hold.
    pub fn peek(&self, key: Key, quota: &Quota, cost: u32, now: UnixNanos) -> Outcome {
        self.bucket(key).peek(key, quota, cost, now)
    }

    /// How long until [`Table::check`] would admit a request of this cost, if none of the key comes before; `None` if it would now.
    ///
    /// Unlike a refusal by `check` this begins no hold, so that a key which is not held waits for its quota alone. Of a cost over the
    /// burst, which is never admitted, it says when the whole quota is there again and as much time as it is over.
    #[must_use]
    pub fn wait(&self, key: Key, quota: &Quota, cost: u32, now: UnixNanos) -> Option<Duration> {
        self.bucket(key).wait(key, quota, cost, now).map(Duration::from_nanos)
    }

    /// Takes back what a [`Table::check`] that admitted, with these same arguments, has charged: for a caller that
    /// counts a request against several limits and is refused by a later one.
    ///
    /// The key is then as it was before that check: the debt is less by exactly cost × interval, also when other
    /// requests were charged between the two. If the quota of the key changed between them, it is less by the same
    /// fraction of the bucket, with the precision of
    /// [such a change](crate#when-the-quota-of-a-key-changes). A debt never falls below zero.
    ///
    /// It is meant to follow at once. If the bucket was full between the two, time had returned the charge already,
    /// and the refund comes off what was charged since. What else happened between them stays: a request that was
    /// refused meanwhile, a hold that this began, a neighbour that the check pushed out. No effect on a key without
    /// an entry, on a held one, or with a cost that [`Table::check`] does not charge (0, or over the burst).
    /// Allocates nothing and takes no entry.
    pub fn refund(&self, key: Key, quota: &Quota, cost: u32, now: UnixNanos) {
        if cost != 0 && cost <= quota.burst().get() {
            self.bucket(key).refund(key, quota, cost, now);
        }
    }

    /// The memory that the table takes, in bytes: the array of buckets and the table itself. Constant for its life.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val::<[Bucket]>(&self.buckets)
    }

    /// Entries in use, about: for each bucket, those that had debt or were held when it last took in a key.
    ///
    /// So it counts keys that have become idle since, and not those that came back to an idle entry which was still
    /// theirs. Reads one word a bucket and takes no lock.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.tally().entries()).sum()
    }

    /// Entries in use that were lost to a new key since the start. Reads one word a bucket and takes no lock.
    #[must_use]
    pub fn evictions(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.tally().evictions()).sum()
    }

    /// Maps the hash onto the buckets by its high bits; the fingerprint is made of the low ones.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the product's high half is below the number of buckets"
    )]
    #[expect(clippy::indexing_slicing, reason = "the place is below the number of buckets, which is not 0")]
    fn bucket(&self, key: Key) -> &Bucket {
        let place = (u128::from(key.hash()) * self.buckets.len() as u128) >> u64::BITS;
        &self.buckets[place as usize]
    }
}

/// Says how large and how full the table is; never who is in it.
impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("bytes", &self.bytes())
            .field("entries", &self.entries())
            .field("evictions", &self.evictions())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
