use super::*;

fn price(quota: &Quota, cost: u32) -> Duration {
    quota.rate().interval() * cost
}

/// What a key hears of its state, and of one request.
fn state(table: &Table, key: Key, quota: &Quota, now: UnixNanos) -> [Outcome; 2] {
    [table.peek(key, quota, 0, now), table.peek(key, quota, 1, now)]
}

#[test]
fn a_refund_returns_what_was_charged() {
    let (table, quota) = (table(16), quota("10/s", 10));
    let key = key(&table, 1);
    assert!(table.check(key, &quota, 4, NOW).is_allowed());
    let before = state(&table, key, &quota, NOW);
    assert!(table.check(key, &quota, 6, NOW).is_allowed());
    table.refund(key, &quota, 6, NOW);
    assert_eq!(state(&table, key, &quota, NOW), before);
    assert_eq!(admitted(&table, key, &quota, NOW), 6);
}

#[test]
fn a_refund_by_a_clock_that_is_behind_forgives_nothing_else() {
    let (table, quota) = (table(16), quota("10/s", 10));
    let key = key(&table, 1);
    assert!(table.check(key, &quota, 3, NOW).is_allowed());
    assert_eq!(admitted(&table, key, &quota, later(50)), 7);
    let owed = table.peek(key, &quota, 0, later(50)).reset();
    table.refund(key, &quota, 3, NOW);
    assert_eq!(table.peek(key, &quota, 0, later(50)).reset(), owed - price(&quota, 3));
}

#[test]
fn a_refund_without_a_charge_never_falls_below_idle() {
    let (table, quota) = (table(16), quota("10/s", 10));
    let key = key(&table, 1);
    assert!(table.check(key, &quota, 1, NOW).is_allowed());
    for _ in 0..3 {
        table.refund(key, &quota, 10, NOW);
    }
    assert_eq!(admitted(&table, key, &quota, NOW), 10);
}

#[test]
fn a_refund_of_an_unknown_key_takes_no_entry() {
    let (table, quota) = (table(16), quota("10/s", 10));
    table.refund(key(&table, 1), &quota, 1, NOW);
    assert_eq!((table.entries(), table.evictions()), (0, 0));
    assert_eq!(admitted(&table, key(&table, 1), &quota, NOW), 10);
}

#[test]
fn a_refund_of_what_check_does_not_charge_returns_nothing() {
    let (table, quota) = (table(16), quota("10/s", 10));
    let key = key(&table, 1);
    assert_eq!(admitted(&table, key, &quota, NOW), 10);
    for cost in [0, 11, u32::MAX] {
        table.refund(key, &quota, cost, NOW);
        assert_eq!(table.peek(key, &quota, 0, NOW).reset(), quota.horizon(), "cost {cost}");
    }
}

#[test]
fn a_refund_ends_no_hold() {
    let table = table(16);
    let (key, plain) = (key(&table, 1), quota("10/s", 10));
    let quota = plain.with_hold(Duration::from_secs(60)).unwrap();
    assert_eq!(admitted(&table, key, &quota, NOW), 10);
    let held = state(&table, key, &quota, NOW);
    table.refund(key, &quota, 10, NOW);
    table.refund(key, &plain, 10, NOW);
    assert_eq!(state(&table, key, &quota, NOW), held);
}

#[test]
fn a_refund_after_a_stage_change_returns_the_same_part_of_the_bucket() {
    let table = table(16);
    let (key, lax, steep) = (key(&table, 1), quota("10/s", 10), quota("1/s", 20));
    assert!(table.check(key, &lax, 5, NOW).is_allowed());
    assert!(table.check(key, &steep, 1, NOW).is_allowed());
    table.refund(key, &lax, 5, NOW);
    let owed = table.peek(key, &steep, 0, NOW).reset();
    let (exact, rounding) = (price(&steep, 1), Duration::from_nanos(1));
    assert!((exact..=exact + rounding).contains(&owed), "{owed:?}");
}

/// A quota with a hold or without.
fn quota_of_either_kind() -> impl Strategy<Value = Quota> {
    (arbitrary_quota(), prop::option::of(1_u32..100)).prop_map(|(quota, hold)| match hold {
        Some(times) => quota.with_hold((quota.horizon() * times).min(Quota::MAX_HORIZON)).unwrap(),
        None => quota,
    })
}

/// A time around `NOW`, the part of the burst that is asked for, and under which of two quotas.
fn history() -> impl Strategy<Value = Vec<(UnixNanos, f64, bool)>> {
    let time = (0_u64..5_000).prop_map(|millis| later(millis / 4));
    prop::collection::vec((time, 0.0..=1.0, any::<bool>()), 0..12)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a u32")]
fn part_of(requests: u32, share: f64) -> u32 {
    (f64::from(requests) * share).round() as u32
}

proptest! {
    #[test]
    fn check_and_refund_leave_a_key_in_any_state_as_it_was(
        (quota, other) in (quota_of_either_kind(), quota_of_either_kind()),
        history in history(),
        share in 0.0..=1.0,
    ) {
        let table = table(16);
        let key = key(&table, 1);
        for (now, share, under_other) in history {
            let quota = if under_other { other } else { quota };
            let _ = table.check(key, &quota, part_of(quota.burst().get(), share), now);
        }
        let now = later(1_000);
        let before = state(&table, key, &quota, now);
        let cost = part_of(before[0].remaining(), share);
        prop_assert!(table.check(key, &quota, cost, now).is_allowed());
        table.refund(key, &quota, cost, now);
        prop_assert_eq!(state(&table, key, &quota, now), before);
    }

    #[test]
    fn with_other_requests_between_the_debt_is_less_by_the_price(
        quota in arbitrary_quota(),
        (cost, others) in (1_u32..20, prop::collection::vec((0_u64..1_000, 0_u32..20), 0..12)),
    ) {
        let table = table(16);
        let key = key(&table, 1);
        let cost = cost.min(quota.burst().get());
        prop_assert!(table.check(key, &quota, cost, NOW).is_allowed());
        let end = UnixNanos::from_nanos(NOW.as_nanos() + 1_000);
        for (nanos, other) in others {
            let _ = table.check(key, &quota, other, UnixNanos::from_nanos(NOW.as_nanos() + nanos));
        }
        let owed = table.peek(key, &quota, 0, end).reset();
        table.refund(key, &quota, cost, NOW);
        prop_assert_eq!(table.peek(key, &quota, 0, end).reset(), owed.saturating_sub(price(&quota, cost)));
    }
}
