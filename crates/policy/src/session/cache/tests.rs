use super::*;
use crate::session::finding::{Lifetime, Standing};
use crate::session::{SessionStatus, SubjectHash};
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_seconds(1000);

/// One bucket, so that every token meets every other.
fn cache() -> SessionCache {
    SessionCache::new(1, [7; 32]).unwrap()
}

fn key(cache: &SessionCache, token: &str) -> CacheKey {
    CacheKey::new(cache, &Fingerprint::of_test(1), token.as_bytes())
}

fn until(expires: u64) -> Finding {
    let lifetime = Lifetime::new(0, expires, Duration::ZERO);
    Finding { standing: Standing::Good, lifetime, subject: None, class: Some(3) }
}

fn keep(cache: &SessionCache, token: &str, finding: Finding) {
    cache.insert(&key(cache, token), finding, NOW);
}

fn knows(cache: &SessionCache, token: &str) -> bool {
    cache.find(&key(cache, token)).is_some()
}

#[test]
fn gives_back_what_was_found() {
    let cache = cache();
    keep(&cache, "a", until(2000));
    assert_eq!(cache.find(&key(&cache, "a")), Some(until(2000)));
    assert!(!knows(&cache, "b"));
}

#[test]
fn another_section_finds_nothing_and_neither_does_another_seed() {
    let (cache, other) = (cache(), SessionCache::new(1, [8; 32]).unwrap());
    keep(&cache, "a", until(2000));
    assert!(cache.find(&CacheKey::new(&cache, &Fingerprint::of_test(2), b"a")).is_none());
    assert!(key(&cache, "a") != key(&other, "a"));
}

#[test]
fn tells_that_a_token_is_over_however_long_it_was_kept() {
    let cache = cache();
    keep(&cache, "a", until(2000));
    let status = |seconds| cache.find(&key(&cache, "a")).unwrap().status(Timestamp::from_seconds(seconds));
    assert_eq!((status(1999), status(2000)), (SessionStatus::Valid, SessionStatus::Expired));
}

#[test]
fn a_full_bucket_loses_what_was_not_used_for_longest() {
    let cache = cache();
    (0..WAYS).for_each(|n| keep(&cache, &n.to_string(), until(2000)));
    assert!(knows(&cache, "0"));
    keep(&cache, "new", until(2000));
    assert!(knows(&cache, "0") && knows(&cache, "new") && !knows(&cache, "1"));
}

#[test]
fn a_flood_of_bad_signatures_pushes_no_session_out() {
    let cache = cache();
    (0..WAYS).for_each(|n| keep(&cache, &n.to_string(), until(2000)));
    (0..100).for_each(|n| keep(&cache, &format!("bad {n}"), Finding::BAD_SIGNATURE));
    assert!((0..WAYS).all(|n| knows(&cache, &n.to_string())));
    assert!((0..100).all(|n| !knows(&cache, &format!("bad {n}"))));
}

#[test]
fn a_session_takes_the_place_of_what_makes_none() {
    let cache = cache();
    (1..WAYS).for_each(|n| keep(&cache, &n.to_string(), until(2000)));
    keep(&cache, "bad", Finding::BAD_SIGNATURE);
    assert!(knows(&cache, "bad"));
    keep(&cache, "new", until(2000));
    assert!(
        (1..WAYS).all(|n| knows(&cache, &n.to_string())) && knows(&cache, "new") && !knows(&cache, "bad")
    );
}

#[test]
fn a_session_that_is_over_makes_room() {
    let cache = cache();
    (1..WAYS).for_each(|n| keep(&cache, &n.to_string(), until(2000)));
    keep(&cache, "over", until(1000));
    assert!(knows(&cache, "over"));
    keep(&cache, "new", until(2000));
    assert!(!knows(&cache, "over") && knows(&cache, "1"));
}

#[test]
fn keeps_one_entry_of_a_token_that_two_threads_verified() {
    let cache = cache();
    keep(&cache, "a", until(2000));
    let known = Finding { subject: None::<SubjectHash>, ..until(3000) };
    (0..WAYS).for_each(|_| keep(&cache, "a", known));
    (1..WAYS).for_each(|n| keep(&cache, &n.to_string(), until(2000)));
    assert_eq!(cache.find(&key(&cache, "a")), Some(known));
}

#[test]
fn takes_its_memory_at_the_start() {
    assert_eq!(SessionCache::new(0, [0; 32]).unwrap_err(), CacheError::Capacity(0));
    let most = SessionCache::MAX_CAPACITY;
    assert_eq!(SessionCache::new(most + 1, [0; 32]).unwrap_err(), CacheError::Capacity(most + 1));
    let cache = SessionCache::new(70_000, [0; 32]).unwrap();
    let buckets = 10_000 * 512 + size_of::<SessionCache>();
    assert_eq!(cache.bytes(), buckets + cache.failures.bytes());
    // As the documentation of the option says.
    assert_eq!(cache.bytes().div_ceil(70_000), 106);
    assert!(!format!("{cache:?}").contains("seed"));
}

#[test]
fn threads_agree_on_what_is_known() {
    let cache = SessionCache::new(64, [7; 32]).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for n in 0..2000_u64 {
                    let (key, finding) = (key(&cache, &(n % 50).to_string()), until(2000 + n % 50));
                    let found = cache.find(&key).unwrap_or(finding);
                    assert_eq!(found, finding);
                    cache.insert(&key, finding, NOW);
                }
            });
        }
    });
}
