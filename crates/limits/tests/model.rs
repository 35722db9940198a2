//! The table against a map of 128-bit numbers that says in the fewest words what GCRA, a hold and a refund are.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is the report of a test")]

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::Duration;

use limits::{Outcome, Period, Quota, Rate, Seed, Table, UnixNanos};
use proptest::prelude::*;

const END_OF_TIME: i128 = u64::MAX as i128;
const SECOND: i128 = 1_000_000_000;

/// A quota in the model's terms: count, period in seconds, burst, and how much longer than its horizon it holds.
#[derive(Clone, Copy, Debug)]
struct Terms {
    count: u32,
    period: i128,
    burst: u32,
    hold_beyond: Option<i128>,
}

impl Terms {
    fn interval(self) -> i128 {
        self.period * SECOND / i128::from(self.count)
    }

    fn horizon(self) -> i128 {
        self.interval() * i128::from(self.burst)
    }

    fn hold(self) -> Option<i128> {
        self.hold_beyond.map(|beyond| self.horizon() + beyond)
    }

    fn quota(self) -> Quota {
        let period = match self.period {
            1 => Period::Second,
            60 => Period::Minute,
            _ => Period::Hour,
        };
        let rate = Rate::new(NonZeroU32::new(self.count).unwrap(), period).unwrap();
        let quota = Quota::new(rate, NonZeroU32::new(self.burst).unwrap()).unwrap();
        self.hold().map_or(quota, |hold| quota.with_hold(nanos(hold)).unwrap())
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Action {
    Check,
    Peek,
    /// Of the request that was admitted last, and then a peek.
    Refund,
}

#[derive(Clone, Debug)]
struct Step {
    key: u8,
    quota: usize,
    cost: u32,
    advance: i128,
    action: Action,
}

/// A request that was admitted, with what it was asked with.
struct Admitted {
    key: u8,
    terms: Terms,
    cost: u32,
    now: i128,
}

/// What a key waits for.
#[derive(Clone, Copy)]
enum Wait {
    /// To be free of debt, which is stated in this horizon.
    Debt { free_at: i128, stated_in: i128 },
    /// To be held no more.
    Hold { until: i128 },
}

#[derive(Default)]
struct Model {
    waits: HashMap<u8, Wait>,
}

impl Model {
    fn check(&mut self, step: &Step, terms: Terms, now: i128) -> Outcome {
        let (interval, horizon) = (terms.interval(), terms.horizon());
        let charges = step.action == Action::Check && step.cost > 0 && step.cost <= terms.burst;
        let debt = match self.debt(step.key, terms, now) {
            Ok(debt) => debt,
            Err(rest) => return self.held(step, terms, now, rest, charges),
        };
        let price = interval * i128::from(step.cost);
        let fits = debt + price <= horizon;
        if let (false, true, Some(hold)) = (fits, step.cost <= terms.burst, terms.hold()) {
            return self.held(step, terms, now, hold, charges);
        }
        let owed = if fits { debt + price } else { debt };
        if charges {
            let free_at = (now + owed).min(END_OF_TIME);
            self.waits.insert(step.key, Wait::Debt { free_at, stated_in: horizon });
        }

        let remaining = u32::try_from((horizon - owed) / interval).unwrap();
        let reset = nanos(owed);
        if fits {
            Outcome::Allowed { remaining, reset }
        } else if step.cost > terms.burst {
            Outcome::ExceedsBurst { remaining, reset }
        } else {
            Outcome::Refused { remaining, retry_after: nanos(debt + price - horizon), reset }
        }
    }

    /// Debt under these terms, or else the rest of a hold.
    fn debt(&self, key: u8, terms: Terms, now: i128) -> Result<i128, i128> {
        let debt = match (self.waits.get(&key), terms.hold()) {
            (Some(&Wait::Hold { until }), Some(hold)) if until > now => return Err((until - now).min(hold)),
            (Some(&Wait::Hold { until }), _) => (until - now).max(0),
            (Some(&Wait::Debt { free_at, stated_in }), _) => {
                let (old, new) = (leading_11_bits(stated_in), leading_11_bits(terms.horizon()));
                ((free_at - now).max(0) * new + old - 1) / old
            }
            (None, _) => 0,
        };
        Ok(debt.min(terms.horizon()))
    }

    fn held(&mut self, step: &Step, terms: Terms, now: i128, rest: i128, charges: bool) -> Outcome {
        if charges {
            self.waits.insert(step.key, Wait::Hold { until: (now + rest).min(END_OF_TIME) });
        }
        let (remaining, reset) = (0, nanos(rest));
        match step.cost {
            0 => Outcome::Allowed { remaining, reset },
            cost if cost > terms.burst => Outcome::ExceedsBurst { remaining, reset },
            _ => Outcome::Refused { remaining, retry_after: reset, reset },
        }
    }

    fn refund(&mut self, admitted: &Admitted) {
        if let Some(Wait::Debt { free_at, stated_in }) = self.waits.get_mut(&admitted.key) {
            let (old, new) = (leading_11_bits(admitted.terms.horizon()), leading_11_bits(*stated_in));
            let price = admitted.terms.interval() * i128::from(admitted.cost) * new / old;
            let owed = (*free_at - admitted.now).max(0);
            *free_at -= price.min(owed);
        }
    }
}

fn nanos(wait: i128) -> Duration {
    Duration::from_nanos(u64::try_from(wait).unwrap())
}

fn leading_11_bits(mut number: i128) -> i128 {
    let mut power = 1;
    while number >= 2_048 {
        number /= 2;
        power *= 2;
    }
    number * power
}

fn terms() -> impl Strategy<Value = Terms> {
    let count = prop_oneof![1_u32..=20, 1_u32..=1_000_000];
    let burst = prop_oneof![1_u32..=20, 1_u32..=5_000];
    let beyond = prop::option::of(prop_oneof![Just(0), 0..=SECOND, 0..=4_000 * SECOND]);
    (count, prop_oneof![Just(1), Just(60), Just(3_600)], burst, beyond)
        .prop_map(|(count, period, burst, hold_beyond)| Terms { count, period, burst, hold_beyond })
}

fn step() -> impl Strategy<Value = Step> {
    let cost = prop_oneof![6 => Just(1), 1 => Just(0), 2 => 1_u32..=25, 1 => 1_u32..=6_000];
    let advance = prop_oneof![
        4 => Just(0),
        4 => 0..=SECOND,
        2 => -SECOND..=0,
        2 => -1_000..=1_000_i128,
        1 => 0..=4_000 * SECOND,
        1 => -8_000 * SECOND..=0,
    ];
    let action = prop_oneof![7 => Just(Action::Check), 1 => Just(Action::Peek), 2 => Just(Action::Refund)];
    (0_u8..6, 0_usize..4, cost, advance, action).prop_map(|(key, quota, cost, advance, action)| Step {
        key,
        quota,
        cost,
        advance,
        action,
    })
}

/// Whether a key keeps its quota or sees all four.
#[derive(Clone, Copy, PartialEq)]
enum Quotas {
    Stay,
    Change,
}

fn compare(quotas: &[Terms; 4], steps: &[Step], start: i128, mode: Quotas) {
    let table = Table::new(1_024, &Seed::from([3; 16])).unwrap();
    let limit = table.key_hasher("model");
    let (mut model, mut now, mut last) = (Model::default(), start, None::<Admitted>);
    for step in steps {
        now = (now + step.advance).clamp(0, END_OF_TIME);
        let chosen = if mode == Quotas::Stay { usize::from(step.key) % 4 } else { step.quota };
        let terms = quotas[chosen];
        let key = limit.bytes(&[step.key]).key();
        if let Some(admitted) = last.take_if(|_| step.action == Action::Refund) {
            let key = limit.bytes(&[admitted.key]).key();
            table.refund(key, &admitted.terms.quota(), admitted.cost, time(admitted.now));
            model.refund(&admitted);
        }
        let answer = if step.action == Action::Check {
            table.check(key, &terms.quota(), step.cost, time(now))
        } else {
            table.peek(key, &terms.quota(), step.cost, time(now))
        };
        assert_eq!(answer, model.check(step, terms, now), "{step:?} under {terms:?} at {now}");
        if step.action == Action::Check && answer.is_allowed() {
            last = Some(Admitted { key: step.key, terms, cost: step.cost, now });
        }
    }
}

fn time(now: i128) -> UnixNanos {
    UnixNanos::from_nanos(u64::try_from(now).unwrap())
}

fn start() -> impl Strategy<Value = i128> {
    prop_oneof![
        6 => Just(1_755_000_000_000_000_000),
        1 => Just(0),
        1 => (0..=10_000_000_000_000_i128).prop_map(|back| END_OF_TIME - back),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn answers_as_the_model_does(
        quotas in prop::array::uniform4(terms()),
        steps in prop::collection::vec(step(), 1..300),
        start in start(),
    ) {
        compare(&quotas, &steps, start, Quotas::Stay);
    }

    #[test]
    fn answers_as_the_model_does_when_quotas_change(
        quotas in prop::array::uniform4(terms()),
        steps in prop::collection::vec(step(), 1..300),
        start in start(),
    ) {
        compare(&quotas, &steps, start, Quotas::Change);
    }
}
