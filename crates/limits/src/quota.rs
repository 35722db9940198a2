use std::num::NonZeroU32;
use std::time::Duration;

use crate::horizon::HorizonBits;
use crate::{Error, Outcome, Rate};

/// A rate and a burst: how fast a key's bucket refills, and how many requests it holds.
///
/// A key that was quiet for long has `burst` requests at once, then one every [`Rate::interval`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quota {
    rate: Rate,
    burst: NonZeroU32,
    horizon: u64,
    horizon_bits: HorizonBits,
}

impl Quota {
    /// The longest horizon: a bucket that takes longer than a year to refill is a block, and is better said so.
    pub const MAX_HORIZON: Duration = Duration::from_secs(365 * 86_400);

    /// A quota of `burst` requests at once that refills at `rate`.
    ///
    /// # Errors
    ///
    /// [`Error::BurstTooLong`] if burst × interval is over [`Quota::MAX_HORIZON`].
    pub fn new(rate: Rate, burst: NonZeroU32) -> Result<Self, Error> {
        let horizon = u64::from(burst.get()).saturating_mul(rate.interval_nanos().get());
        if Duration::from_nanos(horizon) > Self::MAX_HORIZON {
            return Err(Error::BurstTooLong { rate: rate.to_string(), burst: burst.get() });
        }
        Ok(Self::with_horizon(rate, burst, horizon))
    }

    fn with_horizon(rate: Rate, burst: NonZeroU32, horizon: u64) -> Self {
        Self { rate, burst, horizon, horizon_bits: HorizonBits::of(horizon) }
    }

    /// How fast the bucket refills.
    #[must_use]
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    /// How many requests the bucket holds.
    #[must_use]
    pub const fn burst(&self) -> NonZeroU32 {
        self.burst
    }

    /// The time *H* in which an empty bucket becomes full: burst × interval, from 1 µs to [`Quota::MAX_HORIZON`].
    #[must_use]
    pub const fn horizon(&self) -> Duration {
        Duration::from_nanos(self.horizon)
    }

    pub(crate) const fn horizon_nanos(&self) -> u64 {
        self.horizon
    }

    pub(crate) const fn horizon_bits(&self) -> HorizonBits {
        self.horizon_bits
    }

    /// Debt, in nanoseconds, that a request of this cost adds.
    pub(crate) fn price(&self, cost: u32) -> u64 {
        u64::from(cost).saturating_mul(self.rate.interval_nanos().get())
    }

    /// GCRA: what a key with this much debt hears about a request of this cost.
    ///
    /// `debt` is in nanoseconds and at most the horizon.
    pub(crate) fn outcome(&self, debt: u64, cost: u32) -> Outcome {
        let price = self.price(cost);
        let room = self.horizon.saturating_sub(debt);
        if price <= room {
            let (remaining, reset) = self.state(debt.saturating_add(price));
            return Outcome::Allowed { remaining, reset };
        }
        let (remaining, reset) = self.state(debt);
        if cost > self.burst.get() {
            return Outcome::ExceedsBurst { remaining, reset };
        }
        Outcome::Refused { remaining, reset, retry_after: Duration::from_nanos(price.saturating_sub(room)) }
    }

    /// Requests that would be admitted at once, and the time until the bucket is full.
    fn state(&self, debt: u64) -> (u32, Duration) {
        let remaining = self.horizon.saturating_sub(debt) / self.rate.interval_nanos();
        (u32::try_from(remaining).unwrap_or(u32::MAX), Duration::from_nanos(debt))
    }
}

/// A burst of one period's count: `10/s` holds 10 requests, `1000/h` holds 1000. Its horizon is within an hour.
impl From<Rate> for Quota {
    fn from(rate: Rate) -> Self {
        let horizon = u64::from(rate.count().get()).saturating_mul(rate.interval_nanos().get());
        Self::with_horizon(rate, rate.count(), horizon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    #[test]
    fn holds_one_periods_count_by_default() {
        let quota = Quota::from(rate("1000/h"));
        assert_eq!((quota.burst().get(), quota.horizon()), (1000, Duration::from_secs(3_600)));
    }

    #[test]
    fn refuses_a_bucket_that_takes_over_a_year_to_refill() {
        let year = NonZeroU32::new(365 * 24).unwrap();
        assert_eq!(Quota::new(rate("1/h"), year).unwrap().horizon(), Quota::MAX_HORIZON);

        let longer = year.saturating_add(1);
        let error = Quota::new(rate("1/h"), longer).unwrap_err();
        assert_eq!(error.to_string(), "burst 8761: at 1/h it refills in more than 365 days");
    }

    #[test]
    fn refuses_the_largest_burst_at_the_slowest_rate_without_overflow() {
        assert!(matches!(Quota::new(rate("1/h"), NonZeroU32::MAX), Err(Error::BurstTooLong { .. })));
    }

    #[test]
    fn admits_exactly_what_is_left() {
        let quota = Quota::from(rate("10/s"));
        let debt = 700_000_000;
        assert_eq!(quota.outcome(debt, 3), Outcome::Allowed { remaining: 0, reset: Duration::from_secs(1) });
        assert_eq!(
            quota.outcome(debt + 1, 3),
            Outcome::Refused {
                remaining: 2,
                retry_after: Duration::from_nanos(1),
                reset: Duration::from_nanos(debt + 1),
            }
        );
    }

    #[test]
    fn tells_a_cost_over_the_burst_from_a_wait() {
        let quota = Quota::from(rate("10/s"));
        assert_eq!(quota.outcome(0, 11), Outcome::ExceedsBurst { remaining: 10, reset: Duration::ZERO });
        assert!(matches!(quota.outcome(0, u32::MAX), Outcome::ExceedsBurst { .. }));
    }
}
