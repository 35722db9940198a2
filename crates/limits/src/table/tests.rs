use std::num::NonZeroU32;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::Rate;

mod hold;
mod refund;

const NOW: UnixNanos = UnixNanos::from_secs(1_755_000_000);

fn table(capacity: usize) -> Table {
    Table::new(capacity, &Seed::from([42; 16])).unwrap()
}

fn quota(rate: &str, burst: u32) -> Quota {
    Quota::new(rate.parse().unwrap(), NonZeroU32::new(burst).unwrap()).unwrap()
}

fn key(table: &Table, name: u64) -> Key {
    table.key_hasher("test").bytes(&name.to_le_bytes()).key()
}

fn later(millis: u64) -> UnixNanos {
    NOW.saturating_add(Duration::from_millis(millis))
}

fn earlier(secs: u64) -> UnixNanos {
    UnixNanos::from_nanos(NOW.as_nanos() - secs * 1_000_000_000)
}

/// Requests of cost 1 that pass at once.
fn admitted(table: &Table, key: Key, quota: &Quota, now: UnixNanos) -> u32 {
    (0..).take_while(|_| table.check(key, quota, 1, now).is_allowed()).count().try_into().unwrap()
}

#[test]
fn refuses_a_table_for_no_key_or_for_too_many() {
    for capacity in [0, Table::MAX_CAPACITY + 1, usize::MAX] {
        let error = Table::new(capacity, &Seed::from([0; 16])).unwrap_err();
        assert_eq!(error, Error::Capacity { capacity });
    }
}

#[test]
fn a_million_keys_fit_into_32_bytes_each_with_almost_no_eviction() {
    let table = table(1_000_000);
    let bytes = table.bytes();
    assert!(bytes <= 32 * 1_000_000, "{bytes} bytes");

    let quota = quota("1/s", 1);
    for name in 0..1_000_000 {
        assert!(table.check(key(&table, name), &quota, 1, NOW).is_allowed());
    }
    assert!(table.evictions() < 100, "{} evictions, 32 expected", table.evictions());
    assert_eq!(table.entries() + table.evictions(), 1_000_000);
    assert_eq!(table.bytes(), bytes);
}

#[test]
fn a_table_filled_ten_times_over_keeps_its_size_and_counts_what_it_lost() {
    let table = table(10_000);
    let (bytes, quota) = (table.bytes(), quota("1/s", 1));
    for name in 0..100_000 {
        assert!(table.check(key(&table, name), &quota, 1, NOW).is_allowed());
    }
    assert_eq!(table.bytes(), bytes);
    assert!(table.entries() * 16 <= bytes as u64);
    assert_eq!(table.entries() + table.evictions(), 100_000);

    let known = (0..100_000).filter(|&name| table.peek(key(&table, name), &quota, 0, NOW).remaining() == 0);
    assert_eq!(known.count() as u64, table.entries());
}

#[test]
fn says_how_long_to_wait_to_the_nanosecond() {
    let (table, quota) = (table(16), quota("7/s", 7));
    let key = key(&table, 1);
    assert_eq!(admitted(&table, key, &quota, NOW), 7);

    let wait = table.check(key, &quota, 3, NOW).retry_after().unwrap();
    let admission = NOW.saturating_add(wait);
    let too_early = UnixNanos::from_nanos(admission.as_nanos() - 1);
    assert_eq!(table.check(key, &quota, 3, too_early).retry_after(), Some(Duration::from_nanos(1)));
    assert!(table.check(key, &quota, 3, admission).is_allowed());
}

#[test]
fn a_refusal_costs_nothing() {
    let (table, quota) = (table(16), quota("10/s", 10));
    let key = key(&table, 1);
    assert_eq!(admitted(&table, key, &quota, NOW), 10);
    let refusal = table.check(key, &quota, 5, NOW);
    for _ in 0..1_000 {
        assert_eq!(table.check(key, &quota, 5, NOW), refusal);
    }
    assert!(table.check(key, &quota, 5, later(500)).is_allowed());
}

#[test]
fn a_cost_of_zero_takes_no_entry_and_tells_the_state() {
    let (table, quota) = (table(16), quota("10/s", 10));
    let key = key(&table, 1);
    let full = Outcome::Allowed { remaining: 10, reset: Duration::ZERO };
    assert_eq!(table.check(key, &quota, 0, NOW), full);
    assert_eq!(table.entries(), 0);

    assert_eq!(admitted(&table, key, &quota, NOW), 10);
    let empty = Outcome::Allowed { remaining: 0, reset: Duration::from_secs(1) };
    assert_eq!(table.check(key, &quota, 0, NOW), empty);
}

#[test]
fn a_cost_over_the_burst_names_no_wait_and_takes_no_entry() {
    let (table, quota) = (table(16), quota("10/s", 10));
    let never = Outcome::ExceedsBurst { remaining: 10, reset: Duration::ZERO };
    assert_eq!(table.check(key(&table, 1), &quota, 11, NOW), never);
    assert_eq!(table.entries(), 0);
}

#[test]
fn a_stage_change_keeps_the_bucket() {
    let table = table(16);
    let key = key(&table, 1);
    assert_eq!(admitted(&table, key, &quota("10/s", 10), NOW), 10);
    assert_eq!(admitted(&table, key, &quota("5/s", 5), NOW), 0);
    assert_eq!(admitted(&table, key, &quota("1/s", 1), NOW), 0);
    assert_eq!(admitted(&table, key, &quota("1/s", 1), later(1_000)), 1);
}

#[test]
fn a_stage_change_gives_no_fresh_quota_when_the_burst_stays() {
    let table = table(16);
    let key = key(&table, 1);
    assert_eq!(admitted(&table, key, &quota("10/s", 50), NOW), 50);
    assert_eq!(admitted(&table, key, &quota("1/s", 50), NOW), 0);
    assert_eq!(admitted(&table, key, &quota("1/s", 50), later(3_000)), 3);
}

#[test]
fn half_used_stays_half_used_under_another_quota() {
    let table = table(16);
    let key = key(&table, 1);
    assert!(table.check(key, &quota("10/s", 10), 5, NOW).is_allowed());
    assert_eq!(table.peek(key, &quota("1/s", 4), 0, NOW).remaining(), 2);
    assert_eq!(table.peek(key, &quota("1000/h", 1000), 0, NOW).remaining(), 500);
}

#[test]
fn going_back_and_forth_between_quotas_gives_no_more_than_either() {
    let table = table(16);
    let key = key(&table, 1);
    let (lax, steep) = (quota("100/s", 100), quota("1/s", 10));
    let mut passed = (0, 0);
    for _ in 0..1_000 {
        passed.0 += u32::from(table.check(key, &lax, 1, NOW).is_allowed());
        passed.1 += u32::from(table.check(key, &steep, 1, NOW).is_allowed());
    }
    assert!(passed.0 * 10 + passed.1 * 100 <= 1_000, "{passed:?} is more than one bucket");
    assert!(passed.0 > 0 && passed.1 > 0);
}

#[test]
fn a_clock_set_back_by_hours_locks_nobody_out() {
    let (table, quota) = (table(16), quota("10/s", 10));
    let key = key(&table, 1);
    assert_eq!(admitted(&table, key, &quota, NOW), 10);

    let before = earlier(7_200);
    let refusal = table.check(key, &quota, 1, before);
    assert_eq!(refusal.retry_after(), Some(Duration::from_millis(100)));
    assert_eq!(refusal.reset(), Duration::from_secs(1));
    assert!(table.check(key, &quota, 1, before.saturating_add(Duration::from_millis(100))).is_allowed());
}

#[test]
fn a_clock_set_forward_and_back_leaves_the_limit_in_force() {
    let (table, quota) = (table(16), quota("10/s", 10));
    let key = key(&table, 1);
    assert_eq!(admitted(&table, key, &quota, later(7_200_000)), 10);
    assert_eq!(admitted(&table, key, &quota, NOW), 0);
    assert_eq!(admitted(&table, key, &quota, later(200)), 2);
}

#[test]
fn the_end_of_time_saturates() {
    let (table, quota) = (table(16), quota("1/h", 100));
    let key = key(&table, 1);
    assert!(table.check(key, &quota, 100, UnixNanos::MAX).is_allowed());
    assert!(
        table.check(key, &quota, 100, UnixNanos::MAX).is_allowed(),
        "no debt fits behind the end of time"
    );
    assert!(table.check(key, &quota, 1, UnixNanos::from_nanos(0)).retry_after().is_some());
}

proptest! {
    /// Up to a burst of 1,024 the rounding of the stored horizon is below one request.
    #[test]
    fn an_exhausted_key_stays_exhausted_under_any_quota_and_waits_no_longer_than_its_horizon(
        (first, second) in (arbitrary_quota(), arbitrary_quota()),
    ) {
        let table = table(16);
        let key = key(&table, 1);
        prop_assert!(table.check(key, &first, first.burst().get(), NOW).is_allowed());
        let outcome = table.check(key, &second, second.burst().get(), NOW);
        prop_assert_eq!(outcome.remaining(), 0);
        prop_assert!(outcome.retry_after().unwrap() <= second.horizon());
        let emptied = table.check(key, &second, second.burst().get(), NOW.saturating_add(second.horizon()));
        prop_assert!(emptied.is_allowed());
    }

    #[test]
    fn the_used_fraction_follows_a_key_to_another_quota(
        (first, second) in (arbitrary_quota(), arbitrary_quota()),
        used in 0.0..=1.0,
    ) {
        let table = table(16);
        let key = key(&table, 1);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a u32")]
        let cost = (f64::from(first.burst().get()) * used) as u32;
        prop_assert!(table.check(key, &first, cost, NOW).is_allowed());
        let fraction = f64::from(cost) / f64::from(first.burst().get());
        let carried = table.peek(key, &second, 0, NOW).reset().as_secs_f64() / second.horizon().as_secs_f64();
        let nanosecond = 1e-9 / second.horizon().as_secs_f64();
        prop_assert!((carried - fraction).abs() <= fraction / 1_000.0 + nanosecond);
    }
}

fn arbitrary_quota() -> impl Strategy<Value = Quota> {
    (1_u32..=1_000_000, "s|min|h", 1_u32..=1_024)
        .prop_map(|(count, unit, burst)| (format!("{count}/{unit}").parse::<Rate>().unwrap(), burst))
        .prop_filter_map("a horizon over a year", |(rate, burst)| {
            Quota::new(rate, NonZeroU32::new(burst)?).ok()
        })
}
