use super::*;

/// 10/s with a burst of 10, held for this long after excess.
fn held_for(hold: Duration) -> Quota {
    quota("10/s", 10).with_hold(hold).unwrap()
}

fn minute() -> Quota {
    held_for(Duration::from_secs(60))
}

/// A table with one key, whose hold of a minute begins at `NOW`.
fn held() -> (Table, Key) {
    let table = table(16);
    let key = key(&table, 1);
    assert_eq!(admitted(&table, key, &minute(), NOW), 10);
    (table, key)
}

fn refused(wait: Duration) -> Outcome {
    Outcome::Refused { remaining: 0, retry_after: wait, reset: wait }
}

#[test]
fn a_hold_refuses_everything_until_it_ends_and_leaves_a_full_bucket() {
    let (table, key) = held();
    let last_moment = UnixNanos::from_nanos(later(60_000).as_nanos() - 1);
    assert_eq!(table.check(key, &minute(), 1, last_moment), refused(Duration::from_nanos(1)));
    assert_eq!(admitted(&table, key, &minute(), later(60_000)), 10);
}

#[test]
fn the_refusal_that_begins_a_hold_names_its_end() {
    let (table, quota) = (table(16), minute());
    let key = key(&table, 1);
    assert!(table.check(key, &quota, 8, NOW).is_allowed());
    assert_eq!(table.check(key, &quota, 3, NOW), refused(Duration::from_secs(60)));
    assert_eq!(table.check(key, &quota, 1, NOW), refused(Duration::from_secs(60)));
}

#[test]
fn requests_during_a_hold_do_not_lengthen_it() {
    let (table, key) = held();
    for millis in 0..60_000 {
        let rest = Duration::from_millis(60_000 - millis);
        assert_eq!(table.check(key, &minute(), 1, later(millis)), refused(rest));
    }
    assert_eq!(admitted(&table, key, &minute(), later(60_000)), 10);
}

#[test]
fn a_cost_of_zero_passes_a_hold_and_leaves_it() {
    let (table, key) = held();
    let state = Outcome::Allowed { remaining: 0, reset: Duration::from_secs(59) };
    assert_eq!(table.check(key, &minute(), 0, later(1_000)), state);
    assert_eq!(table.check(key, &minute(), 1, later(1_000)), refused(Duration::from_secs(59)));
}

#[test]
fn a_cost_over_the_burst_neither_begins_nor_moves_a_hold() {
    let (table, quota) = (table(16), minute());
    let key = key(&table, 1);
    assert!(matches!(table.check(key, &quota, 11, NOW), Outcome::ExceedsBurst { remaining: 10, .. }));
    assert_eq!(admitted(&table, key, &quota, NOW), 10);

    let never = Outcome::ExceedsBurst { remaining: 0, reset: Duration::from_secs(59) };
    assert_eq!(table.check(key, &quota, 11, later(1_000)), never);
    assert_eq!(table.check(key, &quota, 1, later(1_000)), refused(Duration::from_secs(59)));
}

#[test]
fn peeking_foretells_a_hold_and_begins_none() {
    let (table, quota) = (table(16), minute());
    let key = key(&table, 1);
    assert!(table.check(key, &quota, 10, NOW).is_allowed());
    assert_eq!(table.peek(key, &quota, 1, NOW), refused(Duration::from_secs(60)));
    assert!(table.check(key, &quota, 1, later(100)).is_allowed());
}

#[test]
fn a_hold_ends_by_the_sooner_of_its_end_and_the_hold_of_another_quota() {
    let (table, key) = held();
    let longer = held_for(Duration::from_secs(3_600));
    assert_eq!(table.check(key, &longer, 1, later(1_000)), refused(Duration::from_secs(59)));

    let shorter = held_for(Duration::from_secs(5));
    assert_eq!(table.check(key, &shorter, 1, later(2_000)), refused(Duration::from_secs(5)));
    assert_eq!(table.check(key, &minute(), 1, later(3_000)), refused(Duration::from_secs(4)));
}

#[test]
fn the_rest_of_a_hold_is_debt_to_a_quota_without_one() {
    for (millis, owed) in [(1_000, 10), (59_300, 7), (60_000, 0)] {
        let (table, key) = held();
        let plain = quota("10/s", 10);
        assert_eq!(table.peek(key, &plain, 0, later(millis)).remaining(), 10 - owed, "after {millis} ms");
        assert_eq!(admitted(&table, key, &plain, later(millis)), 10 - owed, "after {millis} ms");
        assert_eq!(table.peek(key, &minute(), 0, later(millis)).reset(), Duration::from_secs(1));
    }
}

#[test]
fn debt_of_a_quota_without_a_hold_begins_one_only_by_a_refusal() {
    let (table, plain) = (table(16), quota("10/s", 10));
    let key = key(&table, 1);
    assert_eq!(admitted(&table, key, &plain, NOW), 10);
    assert_eq!(admitted(&table, key, &minute(), later(200)), 2);
    assert_eq!(table.check(key, &minute(), 1, later(200)), refused(Duration::from_secs(60)));
}

#[test]
fn a_clock_set_back_holds_a_key_no_longer_than_its_quota() {
    let (table, key) = held();
    let before = earlier(7_200);
    assert_eq!(table.check(key, &minute(), 1, before), refused(Duration::from_secs(60)));
    assert_eq!(admitted(&table, key, &minute(), before.saturating_add(Duration::from_secs(60))), 10);
}

#[test]
fn a_hold_at_the_end_of_time_saturates_and_still_names_a_wait() {
    let (table, quota) = (table(16), minute());
    let key = key(&table, 1);
    let last_moment = UnixNanos::from_nanos(u64::MAX - 1);
    assert!(table.check(key, &quota, 10, last_moment).is_allowed());
    assert_eq!(table.check(key, &quota, 10, last_moment), refused(Duration::from_secs(60)));
    assert_eq!(table.check(key, &quota, 1, last_moment), refused(Duration::from_nanos(1)));
    assert!(table.check(key, &quota, 1, UnixNanos::MAX).is_allowed());
}
