use std::num::NonZeroU32;
use std::time::Duration;

use crate::horizon::HorizonBits;
use crate::time::saturating_nanos;
use crate::{Error, Rate};

/// A rate and a burst: how fast a key's bucket refills, and how many requests it holds; and the
/// [hold](crate#holds) that follows excess, if it has one.
///
/// A key that was quiet for long has `burst` requests at once, then one every [`Rate::interval`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quota {
    rate: Rate,
    burst: NonZeroU32,
    horizon: u64,
    horizon_bits: HorizonBits,
    hold: Option<u64>,
}

impl Quota {
    /// The longest horizon, and the longest hold: what takes longer than a year is a block, and is better said so.
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
        Self { rate, burst, horizon, horizon_bits: HorizonBits::of(horizon), hold: None }
    }

    /// The same quota, with a hold: a key that is refused for want of quota is refused everything for this long,
    /// and then begins anew with a full bucket ([crate documentation](crate#holds)).
    ///
    /// From the quota's [horizon](Quota::horizon) to [`Quota::MAX_HORIZON`], to the nanosecond. A shorter one would
    /// be milder than none: the bucket would be full before it had refilled.
    ///
    /// # Errors
    ///
    /// [`Error::HoldTooShort`] below that range, [`Error::HoldTooLong`] above it.
    pub fn with_hold(self, hold: Duration) -> Result<Self, Error> {
        if hold > Self::MAX_HORIZON {
            return Err(Error::HoldTooLong { hold });
        }
        let horizon = self.horizon();
        if hold < horizon {
            let (rate, burst) = (self.rate.to_string(), self.burst.get());
            return Err(Error::HoldTooShort { rate, burst, hold, horizon });
        }
        Ok(Self { hold: Some(saturating_nanos(hold)), ..self })
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

    /// How long a key is refused everything after it was refused for want of quota; `None` for no longer than it
    /// takes to earn the request.
    #[must_use]
    pub fn hold(&self) -> Option<Duration> {
        self.hold.map(Duration::from_nanos)
    }

    pub(crate) const fn horizon_nanos(&self) -> u64 {
        self.horizon
    }

    pub(crate) const fn horizon_bits(&self) -> HorizonBits {
        self.horizon_bits
    }

    pub(crate) const fn hold_nanos(&self) -> Option<u64> {
        self.hold
    }

    /// Debt, in nanoseconds, that a request of this cost adds.
    pub(crate) fn price(&self, cost: u32) -> u64 {
        u64::from(cost).saturating_mul(self.rate.interval_nanos().get())
    }

    /// Requests that a key with this much debt, in nanoseconds, would be admitted at once.
    pub(crate) fn remaining(&self, debt: u64) -> u32 {
        let remaining = self.horizon.saturating_sub(debt) / self.rate.interval_nanos();
        u32::try_from(remaining).unwrap_or(u32::MAX)
    }
}

/// A burst of one period's count: `10/s` holds 10 requests, `1000/h` holds 1000. Its horizon is within an hour,
/// and it has no hold.
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
    fn has_no_hold_unless_it_is_given_one() {
        let quota = Quota::from(rate("10/s"));
        assert_eq!(quota.hold(), None);
        let hold = Duration::new(60, 7);
        assert_eq!(quota.with_hold(hold).unwrap().hold(), Some(hold));
    }

    #[test]
    fn refuses_a_hold_shorter_than_the_horizon() {
        let quota = Quota::new(rate("10/s"), NonZeroU32::new(50).unwrap()).unwrap();
        assert_eq!(quota.with_hold(quota.horizon()).unwrap().hold(), Some(Duration::from_secs(5)));

        let error = quota.with_hold(Duration::from_nanos(4_999_999_999)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "hold 4.999999999s: shorter than the 5s in which burst 50 refills at 10/s; \
             hold for at least 5s, or not at all"
        );
    }

    #[test]
    fn refuses_a_hold_of_over_a_year() {
        let quota = Quota::from(rate("10/s"));
        assert!(quota.with_hold(Quota::MAX_HORIZON).is_ok());
        for hold in [Quota::MAX_HORIZON + Duration::from_nanos(1), Duration::MAX] {
            assert_eq!(quota.with_hold(hold).unwrap_err(), Error::HoldTooLong { hold });
        }
        let error = quota.with_hold(Duration::from_secs(31_536_001)).unwrap_err();
        assert_eq!(error.to_string(), "hold 31536001s: longer than 365 days");
    }
}
