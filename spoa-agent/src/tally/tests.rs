use std::thread;

use limits::{Seed, Table};
use policy::session::SessionCache;
use policy::{Memory, Request};

use super::*;

fn policy() -> Policy {
    Policy::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../policy/policy.yaml").as_ref()).unwrap()
}

/// Verdicts by action and reason that occurred.
fn by_reason(totals: &Totals) -> Vec<(Action, &str, u64)> {
    totals.by_reason().filter(|(.., count)| *count > 0).collect()
}

/// Counts a request with this user agent by the policy that ships.
fn count(tally: &Tally, policy: &Policy, user_agent: &'static str) {
    let table = Table::new(10, &Seed::from([7; 16])).unwrap();
    let sessions = SessionCache::new(1, [7; 32]).unwrap();
    let mut headers = policy.headers();
    headers.record(b"user-agent", user_agent.as_bytes());
    let request = Request { method: b"GET", path: b"/", headers, ..Request::default() };
    let memory = Memory { limits: &table, sessions: &sessions };
    let verdict = policy.decide(&request, memory, "2026-01-01".parse().unwrap());
    tally.shard().count(&verdict, &tally.places(policy));
}

#[test]
fn a_verdict_is_counted_by_reason_and_by_tier_and_class() {
    let (tally, policy) = (Tally::default(), policy());
    for _ in 0..3 {
        count(&tally, &policy, "python-requests/2.32.3");
    }
    count(&tally, &policy, "MyBot/1.0 (https://example.org/bot; me@example.org)");
    let totals = tally.totals();
    assert_eq!(by_reason(&totals), [(Action::Allow, "default", 1), (Action::Deny, "ua.library_default", 3)]);
    let by_class: Vec<_> = totals.by_class().filter(|(.., count)| *count > 0).collect();
    let expected = [(Action::Deny, "E", "library_default", 3), (Action::Allow, "D", "bot", 1)];
    assert_eq!(by_class, expected);
    assert_eq!(
        (totals.done(Action::Allow), totals.done(Action::Deny), totals.done(Action::Limit)),
        (1, 3, 0)
    );
}

#[test]
fn a_policy_that_is_read_anew_goes_on_counting_where_the_one_before_has_counted() {
    let tally = Tally::default();
    count(&tally, &policy(), "python-requests/2.32.3");
    // Other reasons have come in between, as another policy would have had them.
    tally.reasons.place("limit.new");
    count(&tally, &policy(), "python-requests/2.32.3");
    assert_eq!(by_reason(&tally.totals()), [(Action::Deny, "ua.library_default", 2)]);
}

#[test]
fn reasons_without_a_place_are_counted_together() {
    let tally = Tally::default();
    for n in 0..MAX_REASONS {
        tally.reasons.place(&format!("limit.l{n}"));
    }
    count(&tally, &policy(), "python-requests/2.32.3");
    assert_eq!(by_reason(&tally.totals()), [(Action::Deny, crate::names::MORE, 1)]);
}

#[test]
fn loses_no_count_of_any_thread() {
    let tally = Tally::default();
    let error = CheckRequestError::NoMessage;
    thread::scope(|scope| {
        for _ in 0..SHARDS + 3 {
            scope.spawn(|| (0..1_000).for_each(|_| tally.shard().count_undecided(&error)));
        }
    });
    assert_eq!(tally.totals().undecided, [35_000, 0, 0, 0, 0]);
}

#[test]
fn one_frame_in_so_many_is_timed() {
    let tally = Tally::default();
    let timed = (0..SAMPLED_FROM * 3).filter(|_| tally.shard().frame()).count();
    assert_eq!(timed, 3);
    tally.shard().observe(Duration::from_nanos(700));
    tally.shard().observe(Duration::from_secs(1));
    let latency = tally.totals().latency;
    assert_eq!((latency.counts[2], latency.counts[BUCKETS.len()], latency.nanos), (1, 1, 1_000_000_700));
}

#[test]
fn what_a_policy_can_say_is_told_before_it_was_said() {
    let tally = Tally::default();
    let places = tally.places(&policy());
    let totals = tally.totals();
    assert!(totals.by_reason().any(|told| told == (Action::Deny, "ua.library_default", 0)));
    assert!(totals.by_class().any(|told| told == (Action::Limit, "F", "browser", 0)));
    assert!(totals.by_reason().all(|(_, reason, _)| reason != crate::names::MORE));
    assert!(places.reasons.iter().all(|place| *place > 0));
}
