//! What is known of tokens that were seen before, in memory that is taken once.

mod bucket;

use std::fmt;
use std::mem::size_of;

use sha2::{Digest as _, Sha256};

use super::failures::Failures;
use super::finding::Finding;
use super::fingerprint::Fingerprint;
use crate::Timestamp;
use bucket::{Bucket, WAYS};

/// Findings by token: a verified token costs one hash the second time.
///
/// # Keys
///
/// An entry is found by SHA-256, in full, over a seed, the section `sessions` that the finding is by, and the token. So no two
/// tokens that anybody can find share an entry, and a policy with other keys, issuers or classes finds nothing of what was
/// kept under the one before it: the cache may outlive a reload. The seed keeps others from aiming at a bucket.
///
/// # What is kept
///
/// Each token that was read, good or bad: who sends the same bad token again and again costs one reading. A finding holds whatever the time, so nothing in here goes stale; a token's own times are held against the
/// clock with each use. What does not end in a session (a bad signature, a token that is over) takes a free place or that
/// of another such, and is the first to go: a flood of made-up tokens pushes no session out.
///
/// # Memory
///
/// Buckets of 512 bytes, each a lock and seven entries of 64 bytes, the one that was used last in front. A full bucket loses
/// the one that was not used for longest. Two requests meet only where their tokens share a bucket.
pub struct SessionCache {
    buckets: Box<[Bucket]>,
    seed: [u8; 32],
    /// A place for each token: who fails, by address.
    pub(super) failures: Failures,
}

/// Why there is no cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CacheError {
    /// A capacity that is none.
    #[error("capacity {0}: expected 1 to {max} tokens", max = SessionCache::MAX_CAPACITY)]
    Capacity(usize),
    /// The system has not that much memory.
    #[error("no memory for {0} tokens")]
    Memory(usize),
}

impl SessionCache {
    /// The largest capacity: 2^24 tokens, in 1.7 GB.
    pub const MAX_CAPACITY: usize = 1 << 24;

    /// A cache with places for `capacity` tokens, 1 to [`SessionCache::MAX_CAPACITY`], rounded up to whole buckets: 105 bytes a
    /// token, with a place to count an address that fails. `seed` is from the system's random source, drawn at start.
    ///
    /// # Errors
    /// [`CacheError::Capacity`] outside that range; [`CacheError::Memory`] if the system has not that much memory.
    pub fn new(capacity: usize, seed: [u8; 32]) -> Result<Self, CacheError> {
        if capacity == 0 || capacity > Self::MAX_CAPACITY {
            return Err(CacheError::Capacity(capacity));
        }
        let count = capacity.div_ceil(WAYS);
        let mut buckets = Vec::new();
        buckets.try_reserve_exact(count).map_err(|_| CacheError::Memory(capacity))?;
        buckets.resize_with(count, Bucket::new);
        let half = seed.first_chunk().copied().unwrap_or_default();
        let failures = Failures::new(capacity, half).map_err(|_| CacheError::Memory(capacity))?;
        Ok(Self { buckets: buckets.into_boxed_slice(), seed, failures })
    }

    /// The memory that the cache takes, in bytes. Constant for its life.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let buckets = size_of_val::<[Bucket]>(&self.buckets);
        size_of::<Self>().saturating_add(buckets).saturating_add(self.failures.bytes())
    }

    pub(super) fn find(&self, key: &CacheKey) -> Option<Finding> {
        self.bucket(key)?.find(key)
    }

    pub(super) fn insert(&self, key: &CacheKey, finding: Finding, now: Timestamp) {
        if let Some(bucket) = self.bucket(key) {
            bucket.insert(key, finding, now);
        }
    }

    /// Maps the first 64 bits of a key onto the buckets.
    fn bucket(&self, key: &CacheKey) -> Option<&Bucket> {
        let hash = u64::from_le_bytes(*key.0.first_chunk()?);
        let place = u128::from(hash).checked_mul(self.buckets.len() as u128)? >> u64::BITS;
        self.buckets.get(usize::try_from(place).ok()?)
    }
}

/// Says how large the cache is; never who is in it.
impl fmt::Debug for SessionCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionCache").field("bytes", &self.bytes()).finish_non_exhaustive()
    }
}

/// What a token goes by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct CacheKey([u8; 32]);

impl CacheKey {
    pub(super) fn new(cache: &SessionCache, section: &Fingerprint, token: &[u8]) -> Self {
        let hash = Sha256::new_with_prefix(cache.seed).chain_update(section.bytes()).chain_update(token);
        Self(hash.finalize().into())
    }
}

#[cfg(test)]
mod tests;
