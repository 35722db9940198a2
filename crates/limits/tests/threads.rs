//! Threads at the same table admit what one thread would, no more and no less.
//!
//! Plain threads that add up what they were told, and no exploration of interleavings (loom): a bucket is one mutex,
//! every operation takes it once for all that it reads and writes, and the tally beside it is one word that only its
//! holder stores. There is no lock-free protocol to explore. What could go wrong is an operation in two steps, with
//! the lock let go between them, and that shows in the sums.
#![allow(clippy::unwrap_used, reason = "a panic is the report of a test")]

use std::num::NonZeroU32;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use limits::{Key, Outcome, Quota, Seed, Table, UnixNanos};

const NOW: UnixNanos = UnixNanos::from_secs(1_755_000_000);
const THREADS: usize = 8;

fn quota(burst: u32) -> Quota {
    Quota::new("1/s".parse().unwrap(), NonZeroU32::new(burst).unwrap()).unwrap()
}

/// Runs the same work in all threads at once and adds up what it returns.
fn hammer(work: impl Fn() -> u64 + Sync) -> u64 {
    let start = Barrier::new(THREADS);
    let run = || {
        start.wait();
        work()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}

#[test]
fn admit_exactly_the_burst_of_one_key() {
    let table = Table::new(1_000, &Seed::from([1; 16])).unwrap();
    let (key, quota) = (table.key_hasher("one").key(), quota(10_000));
    let admitted =
        hammer(|| (0..5_000).filter(|_| table.check(key, &quota, 1, NOW).is_allowed()).count() as u64);
    assert_eq!(admitted, 10_000);
    assert_eq!(table.peek(key, &quota, 0, NOW).remaining(), 0);
    assert_eq!((table.entries(), table.evictions()), (1, 0));
}

#[test]
fn admit_exactly_the_burst_of_each_of_many_keys() {
    let table = Table::new(100_000, &Seed::from([2; 16])).unwrap();
    let (limit, quota) = (table.key_hasher("many"), quota(5));
    let keys: Vec<Key> = (0..20_000_u32).map(|name| limit.bytes(&name.to_le_bytes()).key()).collect();
    let admitted =
        hammer(|| keys.iter().filter(|&&key| table.check(key, &quota, 1, NOW).is_allowed()).count() as u64);
    assert_eq!(admitted, 20_000 * 5);
    assert!(keys.iter().all(|&key| table.peek(key, &quota, 0, NOW).remaining() == 0));
    assert_eq!((table.entries(), table.evictions()), (20_000, 0));
}

#[test]
fn owe_exactly_what_was_admitted_and_not_refunded() {
    let table = Table::new(1_000, &Seed::from([4; 16])).unwrap();
    let (key, quota) = (table.key_hasher("one").key(), quota(10_000));
    let kept = hammer(|| {
        let mut kept = 0;
        for turn in 0..5_000 {
            match table.check(key, &quota, 1, NOW) {
                Outcome::Allowed { .. } if turn % 3 == 0 => table.refund(key, &quota, 1, NOW),
                Outcome::Allowed { .. } => kept += 1,
                Outcome::Refused { .. } | Outcome::ExceedsBurst { .. } => {}
            }
        }
        kept
    });
    assert!(kept <= 10_000, "{kept} were admitted");
    assert_eq!(u64::from(table.peek(key, &quota, 0, NOW).remaining()), 10_000 - kept);
    assert_eq!((table.entries(), table.evictions()), (1, 0));
}

#[test]
fn begin_one_hold_for_all() {
    let table = Table::new(1_000, &Seed::from([5; 16])).unwrap();
    let hold = Duration::from_secs(20_000);
    let (key, quota) = (table.key_hasher("one").key(), quota(10_000).with_hold(hold).unwrap());
    let admitted = hammer(|| {
        let outcomes = (0..5_000).map(|_| table.check(key, &quota, 1, NOW));
        let (admitted, refused): (Vec<_>, Vec<_>) = outcomes.partition(Outcome::is_allowed);
        assert!(refused.iter().all(|outcome| outcome.retry_after() == Some(hold)));
        admitted.len() as u64
    });
    assert_eq!(admitted, 10_000);
}

#[test]
fn count_every_key_of_an_overfull_table_as_kept_or_lost() {
    let table = Table::new(1_000, &Seed::from([3; 16])).unwrap();
    let quota = quota(1);
    let thread_id = AtomicU64::new(0);
    let admitted = hammer(|| {
        let id = thread_id.fetch_add(1, Ordering::Relaxed);
        let limit = table.key_hasher("flood").bytes(&id.to_le_bytes());
        let keys = (0..10_000_u32).map(|name| limit.bytes(&name.to_le_bytes()).key());
        keys.filter(|&key| table.check(key, &quota, 1, NOW).is_allowed()).count() as u64
    });
    assert_eq!(admitted, 80_000);
    assert_eq!(table.entries() + table.evictions(), 80_000);
}
