use std::fmt;
use std::mem::size_of;

use crate::bucket::Bucket;
use crate::{Error, Key, KeyHasher, Outcome, Quota, Seed, UnixNanos};

/// The debts of all keys, in memory that is taken once and never grows.
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
/// An entry is in use while its key has debt; for a client within its rate that is a fraction of a second, for one
/// that used a whole burst the quota's [horizon](Quota::horizon). The capacity is thus the number of keys *in debt
/// at one time*. With capacity keys in use, a bucket has 16 on average of its 31 places. Keys spread as by a
/// Poisson distribution, so that the keys that find no place are, of a table for a million:
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
/// # Fingerprints
///
/// An entry holds 48 bits of the key's hash, and the bucket's number is taken from other bits as long as there are
/// at most 65,536 buckets (a million keys; beyond, the two share a bit with each doubling). A new key is mistaken for one of its 31 neighbours with probability
/// 1.1 × 10⁻¹³; the two then share a bucket until one is idle. The other 16 bits of the tag hold the horizon that
/// lets a debt follow its key to another quota ([crate documentation](crate#when-the-quota-of-a-key-changes)).
pub struct Table {
    buckets: Box<[Bucket]>,
    seed: Seed,
}

impl Table {
    /// The memory for a key of the capacity, with everything that the table needs beside.
    pub const BYTES_PER_KEY: usize = 32;

    /// The largest capacity: 2^30 keys, in 32 GiB.
    pub const MAX_CAPACITY: usize = 1 << 30;

    /// A table that keeps `capacity` keys in debt at one time, from 1 to [`Table::MAX_CAPACITY`].
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
    /// A refused request is charged nothing. A cost of 0 is always allowed, changes nothing and takes no entry; a
    /// cost over the burst is [`Outcome::ExceedsBurst`]. Allocates nothing; waits only for requests whose keys are
    /// in the same bucket. `key` comes from a hasher with this table's seed.
    pub fn check(&self, key: Key, quota: &Quota, cost: u32, now: UnixNanos) -> Outcome {
        if cost == 0 || cost > quota.burst().get() {
            return self.peek(key, quota, cost, now);
        }
        self.bucket(key).charge(key, quota, cost, now)
    }

    /// What [`Table::check`] would answer, without charging the key or taking an entry for it.
    ///
    /// With a cost of 0 it tells the key's present state.
    pub fn peek(&self, key: Key, quota: &Quota, cost: u32, now: UnixNanos) -> Outcome {
        self.bucket(key).peek(key, quota, cost, now)
    }

    /// The memory that the table takes, in bytes: the array of buckets and the table itself. Constant for its life.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val::<[Bucket]>(&self.buckets)
    }

    /// Entries in use, about: for each bucket, those that had debt when it last took in a key.
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
