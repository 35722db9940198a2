use std::hash::{BuildHasher as _, Hash};

use hashbrown::{DefaultHashBuilder, HashTable};

use super::{Counts, Outcome};

/// The most frequent of many keys, in memory that is bounded whatever the keys are.
///
/// At most twice the capacity of keys is kept. When there is no room, all keys up to a threshold go, so that at most the capacity
/// stays; the threshold is then the most that any key which is not kept can have had. A key that comes (again) later begins at
/// zero and remembers this as its error: its true count is at least what it says, and at most that and its error. Without
/// removals every count is exact. Equal counts stay or go together, so that the same log has the same answer each time.
///
/// The idea is that of Space-Saving (Metwally, Agrawal, El Abbadi 2005), removing many at a time in place of one.
#[derive(Debug)]
pub struct Top<K> {
    capacity: usize,
    entries: HashTable<Slot<K>>,
    most_of_others: u64,
}

#[derive(Debug)]
struct Slot<K> {
    hash: u64,
    entry: Entry<K>,
}

/// A key and how often it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<K> {
    /// The key.
    pub key: K,
    /// What became of its requests.
    pub counts: Counts,
    /// How many requests more it may have had.
    pub error: u64,
    /// Class of the user agent of its first request, by index.
    pub class: usize,
}

/// Makes the hashes of keys.
#[derive(Clone, Debug, Default)]
pub struct Hasher(DefaultHashBuilder);

impl Hasher {
    /// The hash of a key.
    #[must_use]
    pub fn hash(&self, key: impl Hash) -> u64 {
        self.0.hash_one(key)
    }
}

impl<K: Ord> Top<K> {
    /// Keeps at most twice as many keys as `capacity`.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { capacity, entries: HashTable::new(), most_of_others: 0 }
    }

    /// Counts a request with the key of this `hash` that `is` tells and `make` makes.
    pub fn add(
        &mut self,
        hash: u64,
        is: impl Fn(&K) -> bool,
        make: impl FnOnce() -> K,
        outcome: &Outcome,
        class: usize,
    ) {
        if let Some(slot) = self.entries.find_mut(hash, |slot| slot.hash == hash && is(&slot.entry.key)) {
            slot.entry.counts.add(outcome);
            return;
        }
        if self.entries.len() >= self.capacity.saturating_mul(2) {
            self.make_room();
        }
        let mut counts = Counts::default();
        counts.add(outcome);
        let entry = Entry { key: make(), counts, error: self.most_of_others, class };
        self.entries.insert_unique(hash, Slot { hash, entry }, |slot| slot.hash);
    }

    fn make_room(&mut self) {
        let most = |slot: &Slot<K>| slot.entry.counts.total().saturating_add(slot.entry.error);
        let mut counts: Vec<_> = self.entries.iter().map(most).collect();
        let place = self.capacity.min(counts.len().saturating_sub(1));
        let (_, threshold, _) = counts.select_nth_unstable_by(place, |a, b| b.cmp(a));
        let threshold = *threshold;
        self.entries.retain(|slot| most(slot) > threshold);
        self.most_of_others = self.most_of_others.max(threshold);
    }

    /// The most frequent, at most `count`; of equal ones the smaller key first.
    #[must_use]
    pub fn first(&self, count: usize) -> Vec<&Entry<K>> {
        let mut entries: Vec<_> = self.entries.iter().map(|slot| &slot.entry).collect();
        entries
            .sort_unstable_by(|a, b| b.counts.total().cmp(&a.counts.total()).then_with(|| a.key.cmp(&b.key)));
        entries.truncate(count);
        entries
    }

    /// How many requests a key that is not told can have had at most, beyond the last that is told: 0 if all are kept.
    #[must_use]
    pub fn most_of_others(&self) -> u64 {
        self.most_of_others
    }

    /// Keys that are kept: all there are, as long as [`most_of_others`](Self::most_of_others) is 0.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no key came.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use policy::verdict::Action;

    use super::*;

    const PASSED: Outcome = Outcome { action: Action::Allow, would: None, before: None, is_browser: false };

    /// Counts each number so often as the pair says, the pairs taken in turn.
    fn count(capacity: usize, pairs: &[(u32, u64)]) -> Top<u32> {
        let (mut top, hasher) = (Top::new(capacity), Hasher::default());
        let most = pairs.iter().map(|(_, times)| *times).max().unwrap_or_default();
        for turn in 0..most {
            for (key, _) in pairs.iter().filter(|(_, times)| turn < *times) {
                top.add(hasher.hash(key), |known| known == key, || *key, &PASSED, 0);
            }
        }
        top
    }

    #[test]
    fn few_keys_are_exact_and_equal_ones_in_order() {
        let top = count(4, &[(7, 3), (9, 1), (8, 3)]);
        let first: Vec<_> = top.first(2).iter().map(|e| (e.key, e.counts.total(), e.error)).collect();
        assert_eq!(first, [(7, 3, 0), (8, 3, 0)]);
        assert_eq!((top.len(), top.most_of_others()), (3, 0));
    }

    #[test]
    fn what_is_frequent_stays_in_bounded_memory_and_the_error_holds() {
        let mut pairs: Vec<(u32, u64)> = (0..50_000).map(|key| (key + 100, 1 + u64::from(key % 3))).collect();
        pairs.extend((0..10).map(|key| (key, 1_000 + u64::from(key))));
        let top = count(100, &pairs);
        assert!(top.len() <= 200, "{}", top.len());
        assert!(top.most_of_others() > 0);
        let first = top.first(10);
        let mut keys: Vec<_> = first.iter().map(|entry| entry.key).collect();
        keys.sort_unstable();
        assert_eq!(keys, (0..10).collect::<Vec<_>>());
        for entry in first {
            let (counted, true_count) = (entry.counts.total(), 1_000 + u64::from(entry.key));
            assert!(counted <= true_count && true_count <= counted + entry.error, "{entry:?}");
        }
    }

    #[test]
    fn a_key_that_is_not_kept_had_no_more_than_is_said() {
        let pairs: Vec<(u32, u64)> = (0..5_000).map(|key| (key, 1 + u64::from(key % 7))).collect();
        let top = count(50, &pairs);
        let kept: Vec<_> = top.first(1_000).iter().map(|entry| entry.key).collect();
        let lost = pairs.iter().filter(|(key, _)| !kept.contains(key));
        assert!(lost.map(|(_, times)| *times).max().unwrap() <= top.most_of_others());
    }
}
