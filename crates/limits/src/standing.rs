use std::time::Duration;

use crate::{Outcome, Quota};

/// Where a key stands with a quota at one time. All numbers are nanoseconds; waits count from that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// This much debt, at most the quota's horizon; 0 is idle.
    Debt(u64),
    /// Refused everything for the rest, from 1 to `hold`, of a hold of the quota's length.
    Held { rest: u64, hold: u64 },
}

impl Standing {
    pub(crate) const IDLE: Self = Self::Debt(0);

    /// What the key hears about a request of this cost, and where it stands once the request is counted.
    ///
    /// Inlined with what it calls: answer and standing would else go through memory, 3 ns of 37 for a check.
    #[inline]
    pub(crate) fn judge(self, quota: &Quota, cost: u32) -> (Outcome, Self) {
        match self {
            Self::Debt(debt) => judge_debt(debt, quota, cost),
            Self::Held { rest, .. } => (held(rest, quota, cost), self),
        }
    }
}

impl Standing {
    /// Nanoseconds until a request of this cost would be admitted, if none comes before; none if it would be now.
    pub(crate) fn wait(self, quota: &Quota, cost: u32) -> Option<u64> {
        match self {
            Self::Held { rest, .. } => (cost > 0).then_some(rest),
            Self::Debt(debt) => {
                let room = quota.horizon_nanos().saturating_sub(debt);
                quota.price(cost).checked_sub(room).filter(|wait| *wait > 0)
            }
        }
    }
}

/// GCRA, with the hold that a refusal for want of quota begins.
#[inline]
fn judge_debt(debt: u64, quota: &Quota, cost: u32) -> (Outcome, Standing) {
    let price = quota.price(cost);
    let room = quota.horizon_nanos().saturating_sub(debt);
    if price <= room {
        let owed = debt.saturating_add(price);
        let (remaining, reset) = (quota.remaining(owed), Duration::from_nanos(owed));
        return (Outcome::Allowed { remaining, reset }, Standing::Debt(owed));
    }
    let (remaining, reset) = (quota.remaining(debt), Duration::from_nanos(debt));
    if cost > quota.burst().get() {
        return (Outcome::ExceedsBurst { remaining, reset }, Standing::Debt(debt));
    }
    if let Some(hold) = quota.hold_nanos() {
        return (held(hold, quota, cost), Standing::Held { rest: hold, hold });
    }
    let retry_after = Duration::from_nanos(price.saturating_sub(room));
    (Outcome::Refused { remaining, retry_after, reset }, Standing::Debt(debt))
}

/// What a key hears while it is held.
fn held(rest: u64, quota: &Quota, cost: u32) -> Outcome {
    let reset = Duration::from_nanos(rest);
    if cost == 0 {
        Outcome::Allowed { remaining: 0, reset }
    } else if cost > quota.burst().get() {
        Outcome::ExceedsBurst { remaining: 0, reset }
    } else {
        Outcome::Refused { remaining: 0, retry_after: reset, reset }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rate;

    const SECOND: u64 = 1_000_000_000;

    fn ten_a_second() -> Quota {
        Quota::from("10/s".parse::<Rate>().unwrap())
    }

    fn with_a_minutes_hold() -> Quota {
        ten_a_second().with_hold(Duration::from_secs(60)).unwrap()
    }

    #[test]
    fn admits_exactly_what_is_left() {
        let debt = 700_000_000;
        let (outcome, after) = Standing::Debt(debt).judge(&ten_a_second(), 3);
        assert_eq!(outcome, Outcome::Allowed { remaining: 0, reset: Duration::from_secs(1) });
        assert_eq!(after, Standing::Debt(SECOND));

        let over = Standing::Debt(debt + 1);
        let refused = Outcome::Refused {
            remaining: 2,
            retry_after: Duration::from_nanos(1),
            reset: Duration::from_nanos(debt + 1),
        };
        assert_eq!(over.judge(&ten_a_second(), 3), (refused, over));
    }

    #[test]
    fn tells_a_cost_over_the_burst_from_a_wait() {
        let never = Outcome::ExceedsBurst { remaining: 10, reset: Duration::ZERO };
        for cost in [11, u32::MAX] {
            for quota in [ten_a_second(), with_a_minutes_hold()] {
                assert_eq!(Standing::IDLE.judge(&quota, cost), (never, Standing::IDLE));
            }
        }
    }

    #[test]
    fn begins_a_hold_only_by_a_refusal_for_want_of_quota() {
        let (quota, debt) = (with_a_minutes_hold(), Standing::Debt(800_000_000));
        assert_eq!(debt.judge(&quota, 2).1, Standing::Debt(SECOND));
        assert_eq!(debt.judge(&quota, 0).1, debt);
        assert_eq!(debt.judge(&quota, 11).1, debt);

        let minute = Duration::from_secs(60);
        let refused = Outcome::Refused { remaining: 0, retry_after: minute, reset: minute };
        let held = Standing::Held { rest: 60 * SECOND, hold: 60 * SECOND };
        assert_eq!(debt.judge(&quota, 3), (refused, held));
    }

    #[test]
    fn who_only_asks_how_long_waits_for_no_hold_that_has_not_begun() {
        let quota = with_a_minutes_hold();
        assert_eq!(Standing::Debt(800_000_000).wait(&quota, 2), None);
        assert_eq!(Standing::Debt(800_000_000).wait(&quota, 3), Some(100_000_000));
        assert_eq!(Standing::Held { rest: 7, hold: 60 * SECOND }.wait(&quota, 1), Some(7));
        assert_eq!(Standing::Held { rest: 7, hold: 60 * SECOND }.wait(&quota, 0), None);
    }

    #[test]
    fn a_hold_answers_every_cost_and_is_moved_by_none() {
        let (quota, held) = (with_a_minutes_hold(), Standing::Held { rest: 7, hold: 60 * SECOND });
        let reset = Duration::from_nanos(7);
        for (cost, outcome) in [
            (0, Outcome::Allowed { remaining: 0, reset }),
            (1, Outcome::Refused { remaining: 0, retry_after: reset, reset }),
            (10, Outcome::Refused { remaining: 0, retry_after: reset, reset }),
            (11, Outcome::ExceedsBurst { remaining: 0, reset }),
        ] {
            assert_eq!(held.judge(&quota, cost), (outcome, held), "cost {cost}");
        }
    }
}
