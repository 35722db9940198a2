use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{CacheKey, Finding};
use crate::Timestamp;

/// Entries in a bucket: with the lock, 7 of 64 bytes fit into 512.
pub(super) const WAYS: usize = 7;

type Entry = Option<(CacheKey, Finding)>;

/// The tokens that hash to one place, behind a lock of their own.
///
/// ```text
/// +------+----------------------------------------------------+------+
/// | lock |  7 entries of 64 bytes, the last used in front     |      |   512 bytes
/// +------+----------------------------------------------------+------+
///   8       key (32), lifetime (16), subject, class, standing   56
/// ```
#[repr(align(64))]
pub(super) struct Bucket(Mutex<[Entry; WAYS]>);

impl Bucket {
    pub(super) const fn new() -> Self {
        Self(Mutex::new([None; WAYS]))
    }

    /// What is known of a token, which thereby is the one that was used last.
    pub(super) fn find(&self, key: &CacheKey) -> Option<Finding> {
        let mut entries = self.lock();
        let place = entries.iter().position(|entry| entry.as_ref().is_some_and(|(known, _)| known == key))?;
        to_front(&mut entries, place);
        entries.first().copied().flatten().map(|(_, finding)| finding)
    }

    /// Keeps what was found. Another thread may have found the same meanwhile.
    pub(super) fn insert(&self, key: &CacheKey, finding: Finding, now: Timestamp) {
        let mut entries = self.lock();
        let same = |entry: &Entry| entry.as_ref().is_some_and(|(known, _)| known == key);
        let free = |entry: &Entry| entry.as_ref().is_none_or(|(_, known)| !known.has_a_future(now));
        let place = entries.iter().position(same).or_else(|| entries.iter().rposition(free));
        let last = WAYS.saturating_sub(1);
        let place = match place {
            Some(place) => place,
            None if finding.has_a_future(now) => last,
            None => return,
        };
        if let Some(entry) = entries.get_mut(place) {
            *entry = Some((*key, finding));
        }
        to_front(&mut entries, place);
    }

    fn lock(&self) -> MutexGuard<'_, [Entry; WAYS]> {
        // Nothing panics under the lock, and an entry is written whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn to_front(entries: &mut [Entry; WAYS], place: usize) {
    if let Some(passed) = entries.get_mut(..=place) {
        passed.rotate_right(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_eight_cache_lines() {
        assert_eq!((size_of::<Bucket>(), size_of::<Entry>()), (512, 64));
    }
}
