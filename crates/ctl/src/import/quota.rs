//! What `vsthrottle` admits, as the rate, the burst and the hold of a limit.

use std::num::NonZeroU32;
use std::time::Duration;

use limits::{Period, Rate};

/// The quota of a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quota {
    /// As a policy writes it: `1000/m`.
    pub(super) rate: String,
    pub(super) burst: u32,
    /// In seconds.
    pub(super) hold: Option<u64>,
    /// Why it is not quite what was asked for.
    pub(super) rounded: Option<String>,
    /// Why there is no hold though one was asked for.
    pub(super) no_hold: Option<String>,
}

/// A bucket of `requests` that refills in `interval` seconds; who empties it is refused for `duration` seconds.
pub(super) fn quota(requests: i64, interval: i64, duration: i64) -> Result<Quota, String> {
    let burst = u32::try_from(requests).ok().and_then(NonZeroU32::new);
    let burst = burst
        .ok_or_else(|| format!("throttle_requests: {requests} admits nobody, or is no number of requests"))?;
    let seconds = u64::try_from(interval).ok().filter(|seconds| *seconds > 0);
    let seconds = seconds.ok_or_else(|| format!("throttle_interval: {interval} is no number of seconds"))?;
    let (rate, exact) = rate(burst, seconds).ok_or_else(|| {
        format!("{requests} requests in {interval}s is a rate below 1/h or above 1000000/s")
    })?;
    let unheld = limits::Quota::new(rate, burst).map_err(|why| why.to_string())?;
    let hold = Duration::from_secs(u64::try_from(duration).unwrap_or(0));
    let (hold, no_hold) = match unheld.with_hold(hold) {
        _ if hold.is_zero() => (None, None),
        Ok(_) => (Some(hold.as_secs()), None),
        Err(limits::Error::HoldTooShort { .. }) => {
            let why = format!(
                "a hold of {duration}s is shorter than the {interval}s in which the burst comes back: there is none"
            );
            (None, Some(why))
        }
        Err(why) => return Err(why.to_string()),
    };
    let rounded = (!exact).then(|| format!("{requests} in {interval}s is rounded down to {rate}"));
    // The short form of a minute, which policies use.
    let rate = rate.to_string().replace("/min", "/m");
    Ok(Quota { rate, burst: burst.get(), hold, rounded, no_hold })
}

/// The rate in the shortest unit in which it is a whole number, else by the hour, rounded down; and whether it is exact.
fn rate(requests: NonZeroU32, seconds: u64) -> Option<(Rate, bool)> {
    let in_period = |period: Period| {
        let total = u64::from(requests.get()).checked_mul(period.duration().as_secs())?;
        let count = NonZeroU32::new(u32::try_from(total.checked_div(seconds)?).ok()?)?;
        let is_exact = total.checked_rem(seconds) == Some(0);
        Some((Rate::new(count, period).ok()?, is_exact))
    };
    let periods = [Period::Second, Period::Minute, Period::Hour];
    let rates = || periods.into_iter().filter_map(in_period);
    rates().find(|(_, is_exact)| *is_exact).or_else(|| rates().next_back())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_exact_in_the_shortest_unit_that_allows_it() {
        let read = |requests, interval, duration| quota(requests, interval, duration).unwrap();
        let default = read(500, 30, 1000);
        assert_eq!((&*default.rate, default.burst, default.hold), ("1000/m", 500, Some(1000)));
        assert_eq!(read(100, 10, 0).rate, "10/s");
        assert_eq!(read(1, 240, 0).rate, "15/h");
        assert!(read(1, 240, 0).rounded.is_none());
        let rounded = read(500, 7, 0);
        assert_eq!(
            (&*rounded.rate, rounded.rounded.as_deref()),
            ("257142/h", Some("500 in 7s is rounded down to 257142/h"))
        );
    }

    #[test]
    fn a_hold_shorter_than_the_interval_is_none_and_is_told() {
        let short = quota(500, 30, 10).unwrap();
        assert!(short.hold.is_none() && short.no_hold.unwrap().contains("shorter than the 30s"));
        let none = quota(500, 30, 0).unwrap();
        assert!(none.hold.is_none() && none.no_hold.is_none());
        assert_eq!(quota(500, 30, 30).unwrap().hold, Some(30));
    }

    #[test]
    fn what_is_no_quota_is_refused() {
        for (requests, interval, duration) in [
            (0, 30, 0),
            (-1, 30, 0),
            (5, 0, 0),
            (5, -1, 0),
            (1, 4000, 0),
            (i64::MAX, 1, 0),
            (2_000_000, 1, 0),
            (5, 1, 40_000_000),
            (1, i64::MAX, 0),
        ] {
            assert!(quota(requests, interval, duration).is_err(), "{requests} {interval} {duration}");
        }
    }
}
