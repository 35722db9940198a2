//! The table against a map of 128-bit numbers that says what GCRA is in the fewest words.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is the report of a test")]

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::Duration;

use limits::{Outcome, Period, Quota, Rate, Seed, Table, UnixNanos};
use proptest::prelude::*;

const END_OF_TIME: i128 = u64::MAX as i128;

/// A quota in the model's terms: count, period in seconds, burst.
#[derive(Clone, Copy, Debug)]
struct Terms {
    count: u32,
    period: i128,
    burst: u32,
}

impl Terms {
    fn interval(self) -> i128 {
        self.period * 1_000_000_000 / i128::from(self.count)
    }

    fn horizon(self) -> i128 {
        self.interval() * i128::from(self.burst)
    }

    fn quota(self) -> Quota {
        let period = match self.period {
            1 => Period::Second,
            60 => Period::Minute,
            _ => Period::Hour,
        };
        let rate = Rate::new(NonZeroU32::new(self.count).unwrap(), period).unwrap();
        Quota::new(rate, NonZeroU32::new(self.burst).unwrap()).unwrap()
    }
}

#[derive(Clone, Debug)]
struct Step {
    key: u8,
    quota: usize,
    cost: u32,
    advance: i128,
    peek: bool,
}

/// For each key, when it is free of debt, and the horizon that the debt is stated in.
#[derive(Default)]
struct Model {
    free_at: HashMap<u8, (i128, i128)>,
}

impl Model {
    fn check(&mut self, step: &Step, terms: Terms, now: i128) -> Outcome {
        let (interval, horizon) = (terms.interval(), terms.horizon());
        let (free_at, stated_in) = self.free_at.get(&step.key).copied().unwrap_or((0, horizon));
        let mut debt = (free_at - now).max(0);
        let (old, new) = (leading_11_bits(stated_in), leading_11_bits(horizon));
        debt = ((debt * new + old - 1) / old).min(horizon);

        let price = interval * i128::from(step.cost);
        let fits = debt + price <= horizon;
        let owed = if fits { debt + price } else { debt };
        if step.cost > 0 && step.cost <= terms.burst && !step.peek {
            self.free_at.insert(step.key, ((now + owed).min(END_OF_TIME), horizon));
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
    (count, prop_oneof![Just(1), Just(60), Just(3_600)], burst).prop_map(|(count, period, burst)| Terms {
        count,
        period,
        burst,
    })
}

fn step() -> impl Strategy<Value = Step> {
    let cost = prop_oneof![6 => Just(1), 1 => Just(0), 2 => 1_u32..=25, 1 => 1_u32..=6_000];
    let second = 1_000_000_000_i128;
    let advance = prop_oneof![
        4 => Just(0),
        4 => 0..=second,
        2 => -second..=0,
        2 => -1_000..=1_000_i128,
        1 => 0..=4_000 * second,
        1 => -8_000 * second..=0,
    ];
    (0_u8..6, 0_usize..4, cost, advance, prop::bool::weighted(0.1))
        .prop_map(|(key, quota, cost, advance, peek)| Step { key, quota, cost, advance, peek })
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
    let (mut model, mut now) = (Model::default(), start);
    for step in steps {
        now = (now + step.advance).clamp(0, END_OF_TIME);
        let chosen = if mode == Quotas::Stay { usize::from(step.key) % 4 } else { step.quota };
        let terms = quotas[chosen];
        let key = limit.bytes(&[step.key]).key();
        let time = UnixNanos::from_nanos(u64::try_from(now).unwrap());
        let answer = if step.peek {
            table.peek(key, &terms.quota(), step.cost, time)
        } else {
            table.check(key, &terms.quota(), step.cost, time)
        };
        assert_eq!(answer, model.check(step, terms, now), "{step:?} under {terms:?} at {now}");
    }
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
