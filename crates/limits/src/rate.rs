use std::fmt;
use std::num::{NonZeroU32, NonZeroU64};
use std::str::FromStr;
use std::time::Duration;

use crate::Error;

/// The unit of time that a rate counts by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// `s`
    Second,
    /// `m` or `min`
    Minute,
    /// `h`
    Hour,
}

impl Period {
    /// The length of the period.
    #[must_use]
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.secs().get())
    }

    const fn secs(self) -> NonZeroU64 {
        match self {
            Self::Second => NonZeroU64::MIN,
            Self::Minute => NonZeroU64::MIN.saturating_add(59),
            Self::Hour => NonZeroU64::MIN.saturating_add(3_599),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Second => "s",
            Self::Minute => "min",
            Self::Hour => "h",
        })
    }
}

/// How many requests a period admits in the long run: `10/s`, `600/m` or `600/min`, `1000/h`.
///
/// From 1/h to [`Rate::MAX_PER_SECOND`]; zero cannot be spelled.
///
/// A rate is kept as its emission interval, in whole nanoseconds **rounded down**, so that nobody gets less than
/// was promised. The excess is below one request in as many as the interval has nanoseconds: at most a thousandth
/// at the fastest rate, one request in 275 days at 7/s, none where the count divides the period (10/s, 600/min).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    count: NonZeroU32,
    period: Period,
    interval: NonZeroU64,
}

impl Rate {
    /// The fastest rate. Above it, rounding the interval would give away more than a thousandth.
    pub const MAX_PER_SECOND: u32 = 1_000_000;

    /// A rate of `count` requests in each `period`.
    ///
    /// # Errors
    ///
    /// [`Error::RateTooFast`] over [`Rate::MAX_PER_SECOND`].
    pub fn new(count: NonZeroU32, period: Period) -> Result<Self, Error> {
        let interval = period.duration().as_nanos() / u128::from(count.get());
        let shortest = 1_000_000_000 / u128::from(Self::MAX_PER_SECOND);
        match u64::try_from(interval).ok().and_then(NonZeroU64::new) {
            Some(nanos) if interval >= shortest => Ok(Self { count, period, interval: nanos }),
            _ => Err(Error::RateTooFast { rate: format!("{count}/{period}") }),
        }
    }

    /// Requests in each period.
    #[must_use]
    pub const fn count(self) -> NonZeroU32 {
        self.count
    }

    /// The period that the count is for.
    #[must_use]
    pub const fn period(self) -> Period {
        self.period
    }

    /// The emission interval *T*, rounded down: the time in which one request is earned. From 1 µs to 1 hour.
    #[must_use]
    pub const fn interval(self) -> Duration {
        Duration::from_nanos(self.interval.get())
    }

    pub(crate) const fn interval_nanos(self) -> NonZeroU64 {
        self.interval
    }
}

/// The canonical form: `10/s`, `600/min`, `1000/h`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.count, self.period)
    }
}

/// Parses `count/unit`, without spaces or sign; the unit is `s`, `m`, `min` or `h`.
impl FromStr for Rate {
    type Err = Error;

    fn from_str(rate: &str) -> Result<Self, Error> {
        let (count, unit) = rate
            .split_once('/')
            .filter(|(count, unit)| !count.is_empty() && !unit.is_empty())
            .ok_or_else(|| Error::RateForm { rate: rate.to_owned() })?;
        Self::new(parse_count(rate, count)?, parse_unit(rate, unit)?)
    }
}

fn parse_count(rate: &str, count: &str) -> Result<NonZeroU32, Error> {
    let digits_only = count.bytes().all(|byte| byte.is_ascii_digit());
    let number = count.parse::<u32>().ok().filter(|_| digits_only);
    let number = number.ok_or_else(|| Error::RateCount { rate: rate.to_owned(), count: count.to_owned() })?;
    NonZeroU32::new(number).ok_or_else(|| Error::RateZero { rate: rate.to_owned() })
}

fn parse_unit(rate: &str, unit: &str) -> Result<Period, Error> {
    match unit {
        "s" => Ok(Period::Second),
        "m" | "min" => Ok(Period::Minute),
        "h" => Ok(Period::Hour),
        _ => Err(Error::RateUnit { rate: rate.to_owned(), unit: unit.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn error(rate: &str) -> String {
        rate.parse::<Rate>().unwrap_err().to_string()
    }

    #[test]
    fn parses_each_unit() {
        for (text, period, interval) in [
            ("10/s", Period::Second, Duration::from_millis(100)),
            ("600/m", Period::Minute, Duration::from_millis(100)),
            ("600/min", Period::Minute, Duration::from_millis(100)),
            ("1000/h", Period::Hour, Duration::from_millis(3_600)),
        ] {
            let rate: Rate = text.parse().unwrap();
            assert_eq!((rate.period(), rate.interval()), (period, interval), "{text}");
        }
    }

    #[test]
    fn refuses_a_zero_rate() {
        assert_eq!(
            error("0/s"),
            "rate \"0/s\": the count is zero; a rate admits at least one request a unit"
        );
        assert_eq!(
            error("000/h"),
            "rate \"000/h\": the count is zero; a rate admits at least one request a unit"
        );
    }

    #[test]
    fn refuses_what_is_not_count_and_unit() {
        for text in ["", "10", "/", "10/", "/s"] {
            let expected =
                format!("rate {text:?} is not of the form count/unit, such as 10/s, 600/min or 1000/h");
            assert_eq!(error(text), expected);
        }
    }

    #[test]
    fn refuses_a_count_that_is_no_plain_number() {
        for count in ["+10", "-1", "1.5", " 10", "1_000", "ten", "4294967296", "٣"] {
            let expected =
                format!("rate \"{count}/s\": the count {count:?} is not a whole number from 1 to 4294967295");
            assert_eq!(error(&format!("{count}/s")), expected);
        }
    }

    #[test]
    fn refuses_an_unknown_unit() {
        for unit in ["S", "sec", "d", "s ", "s/s"] {
            let expected = format!("rate \"10/{unit}\": unknown unit {unit:?}, expected s, m, min or h");
            assert_eq!(error(&format!("10/{unit}")), expected);
        }
    }

    #[test]
    fn refuses_more_than_a_million_a_second() {
        assert_eq!("1000000/s".parse::<Rate>().unwrap().interval(), Duration::from_micros(1));
        assert_eq!(error("1000001/s"), "rate 1000001/s: more than 1000000 requests a second");
        assert_eq!(error("60000001/m"), "rate 60000001/min: more than 1000000 requests a second");
        assert_eq!(error("3600000001/h"), "rate 3600000001/h: more than 1000000 requests a second");
    }

    proptest! {
        #[test]
        fn never_gives_less_than_promised_and_at_most_a_thousandth_more(
            count in 1_u32..=1_000_000,
            period in prop_oneof![Just(Period::Second), Just(Period::Minute), Just(Period::Hour)],
        ) {
            let rate = Rate::new(NonZeroU32::new(count).unwrap(), period).unwrap();
            let interval = rate.interval().as_nanos();
            let promised = u128::from(count);
            prop_assert!(promised * interval <= period.duration().as_nanos());
            prop_assert!(promised * (interval + interval.div_ceil(1_000)) >= period.duration().as_nanos());
        }

        #[test]
        fn reads_back_what_it_writes(count in 1_u32..=1_000_000, unit in "s|min|h") {
            let text = format!("{count}/{unit}");
            prop_assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }

        #[test]
        fn never_panics_on_any_text(text in "\\PC{0,40}") {
            drop(text.parse::<Rate>());
        }
    }
}
