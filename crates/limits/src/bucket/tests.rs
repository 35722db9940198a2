use std::time::Duration;

use super::*;
use crate::Rate;

const NOW: UnixNanos = UnixNanos::from_secs(1_755_000_000);

fn quota(rate: &str) -> Quota {
    Quota::from(rate.parse::<Rate>().unwrap())
}

/// A bucket whose keys 1 to 31 owe 1 to 31 requests of a quota of 100/s.
fn full_bucket() -> Bucket {
    let bucket = Bucket::new();
    for owed in 1..=31 {
        assert!(charge(&bucket, owed, owed, NOW).is_allowed());
    }
    bucket
}

fn charge(bucket: &Bucket, key: u32, cost: u32, now: UnixNanos) -> Outcome {
    bucket.charge(Key::from_hash(key.into()), &quota("100/s"), cost, now)
}

fn owed(bucket: &Bucket, key: u32, now: UnixNanos) -> u32 {
    100 - bucket.peek(Key::from_hash(key.into()), &quota("100/s"), 0, now).remaining()
}

#[cfg(target_os = "linux")]
#[test]
fn takes_512_bytes() {
    assert_eq!(size_of::<Bucket>(), 512);
}

#[test]
fn keeps_every_key_while_there_is_room() {
    let bucket = full_bucket();
    assert!((1..=31).all(|key| owed(&bucket, key, NOW) == key));
    assert_eq!((bucket.tally().entries(), bucket.tally().evictions()), (31, 0));
}

#[test]
fn evicts_the_entry_nearest_to_idle_and_counts_it() {
    let bucket = full_bucket();
    assert!(charge(&bucket, 99, 5, NOW).is_allowed());
    assert_eq!(owed(&bucket, 1, NOW), 0);
    assert_eq!(owed(&bucket, 99, NOW), 5);
    assert!((2..=31).all(|key| owed(&bucket, key, NOW) == key));
    assert_eq!((bucket.tally().entries(), bucket.tally().evictions()), (31, 1));
}

#[test]
fn reuses_idle_entries_before_it_evicts() {
    let bucket = full_bucket();
    let later = NOW.saturating_add(Duration::from_millis(30));
    for key in 101..=103 {
        assert!(charge(&bucket, key, 50, later).is_allowed());
    }
    assert!((4..=31).all(|key| owed(&bucket, key, later) == key - 3));
    assert_eq!((bucket.tally().entries(), bucket.tally().evictions()), (31, 0));
}

#[test]
fn a_flood_of_new_keys_does_not_free_those_with_more_debt() {
    let bucket = full_bucket();
    for key in 1_000..2_000 {
        assert!(charge(&bucket, key, 1, NOW).is_allowed());
    }
    assert!((2..=31).all(|key| owed(&bucket, key, NOW) == key));
    assert_eq!(bucket.tally().evictions(), 1_000);
}

#[test]
fn a_key_that_comes_back_after_its_debt_is_gone_takes_no_second_entry() {
    let bucket = Bucket::new();
    for second in 0..100 {
        let now = NOW.saturating_add(Duration::from_secs(second));
        assert!(charge(&bucket, 7, 1, now).is_allowed());
        assert_eq!(bucket.tally().entries(), 1);
    }
}

#[test]
fn peeking_and_refunding_take_no_entry() {
    let bucket = Bucket::new();
    assert_eq!(owed(&bucket, 7, NOW), 0);
    assert_eq!(bucket.tally().entries(), 0);
    bucket.refund(Key::from_hash(7), &quota("100/s"), 1, NOW);
    assert!(bucket.lock().iter().all(|entry| entry.tat() == 0));
}

#[test]
fn entries_from_a_clock_that_was_set_back_do_not_hold_their_places() {
    let bucket = full_bucket();
    let before = UnixNanos::from_nanos(NOW.as_nanos() - 7_200_000_000_000);
    for key in 1_000..1_031 {
        assert!(charge(&bucket, key, 1, before).is_allowed());
    }
    assert_eq!(bucket.tally().evictions(), 31);

    let a_horizon_later = before.saturating_add(Duration::from_millis(1_002));
    for key in 101..=131 {
        assert!(charge(&bucket, key, 1, a_horizon_later).is_allowed());
    }
    assert!((101..=131).all(|key| owed(&bucket, key, a_horizon_later) == 1));
    assert_eq!(bucket.tally().evictions(), 31);
}

/// A bucket full of keys 1 to 31 that are held for 60 seconds from then on.
fn bucket_of_held(now: UnixNanos) -> Bucket {
    let (bucket, quota) = (Bucket::new(), with_a_minutes_hold());
    for key in 1..=31 {
        assert!(bucket.charge(Key::from_hash(key), &quota, 100, now).is_allowed());
        assert!(!bucket.charge(Key::from_hash(key), &quota, 1, now).is_allowed());
    }
    bucket
}

fn with_a_minutes_hold() -> Quota {
    quota("100/s").with_hold(Duration::from_secs(60)).unwrap()
}

#[test]
fn tells_keys_apart_by_47_bits_and_no_key_from_its_hold() {
    let bucket = bucket_of_held(NOW);
    let (quota, lowest_not_kept, highest_kept) = (with_a_minutes_hold(), 1 << 47, 1 << 46);
    assert!(!bucket.charge(Key::from_hash(7 | lowest_not_kept), &quota, 1, NOW).is_allowed());
    assert!(bucket.charge(Key::from_hash(7 | highest_kept), &quota, 1, NOW).is_allowed());
}

#[test]
fn evicts_a_key_in_debt_before_a_held_one_and_the_hold_that_ends_first_before_others() {
    let bucket = bucket_of_held(NOW);
    let sooner = UnixNanos::from_nanos(NOW.as_nanos() + 1);
    assert!(charge(&bucket, 99, 100, sooner).is_allowed());
    assert_eq!(bucket.tally().evictions(), 1);
    assert!(charge(&bucket, 100, 100, sooner).is_allowed());
    assert_eq!((owed(&bucket, 99, sooner), owed(&bucket, 100, sooner)), (0, 100));
    assert_eq!(held(&bucket, sooner), 30);
}

/// Of keys 1 to 31.
fn held(bucket: &Bucket, now: UnixNanos) -> usize {
    let quota = with_a_minutes_hold();
    (1..=31).filter(|&key| bucket.peek(Key::from_hash(key), &quota, 1, now).retry_after().is_some()).count()
}

#[test]
fn an_eviction_shortens_no_hold_that_can_be_right() {
    let (bucket, soon_over) = (bucket_of_held(NOW), NOW.saturating_add(Duration::from_secs(59)));
    for key in 1..=31 {
        assert!(!bucket.charge(Key::from_hash(key), &with_a_minutes_hold(), 1, soon_over).is_allowed());
    }
    for key in 1_000..1_100 {
        assert!(charge(&bucket, key, 1, NOW).is_allowed());
    }
    let last_moment = UnixNanos::from_nanos(NOW.as_nanos() + 59_999_999_999);
    assert_eq!(held(&bucket, last_moment), 30);
    assert_eq!(held(&bucket, NOW.saturating_add(Duration::from_secs(60))), 0);
}

#[test]
fn holds_from_a_clock_that_was_set_back_do_not_keep_their_places() {
    let bucket = bucket_of_held(NOW);
    let before = UnixNanos::from_nanos(NOW.as_nanos() - 7_200_000_000_000);
    for key in 1_000..1_031 {
        assert!(charge(&bucket, key, 1, before).is_allowed());
    }
    let a_hold_later = before.saturating_add(Duration::from_millis(60_060));
    for key in 101..=131 {
        assert!(charge(&bucket, key, 1, a_hold_later).is_allowed());
    }
    assert!((101..=131).all(|key| owed(&bucket, key, a_hold_later) == 1));
    assert_eq!(bucket.tally().evictions(), 31);
}

#[test]
fn a_thread_that_dies_with_the_lock_harms_nobody() {
    let bucket = full_bucket();
    let death = std::thread::scope(|scope| {
        scope
            .spawn(|| {
                let _entries = bucket.lock();
                std::panic::resume_unwind(Box::new("died with the lock"));
            })
            .join()
    });
    assert!(death.is_err() && bucket.entries.is_poisoned());
    assert!(charge(&bucket, 31, 69, NOW).is_allowed());
    assert!(!charge(&bucket, 31, 1, NOW).is_allowed());
}
