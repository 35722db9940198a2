use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A point in time since the Unix epoch, UTC, to the nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(Duration);

impl Timestamp {
    /// The time `seconds` after the Unix epoch.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// Whole seconds since the Unix epoch.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0.as_secs()
    }

    /// This time and `duration`; saturates.
    #[must_use]
    pub const fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }

    /// This time less `duration`; not before the epoch.
    #[must_use]
    pub const fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration))
    }
}

/// The reading of a clock; one that stands before the epoch reads as the epoch.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self(time.duration_since(UNIX_EPOCH).unwrap_or_default())
    }
}

/// Saturates in the year 2554.
impl From<Timestamp> for limits::UnixNanos {
    fn from(time: Timestamp) -> Self {
        Self::from_nanos(u64::try_from(time.0.as_nanos()).unwrap_or(u64::MAX))
    }
}

/// RFC 3339 in UTC; beyond the year 9999, which that cannot spell, Unix seconds.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time =
            i64::try_from(self.seconds()).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
        let nanoseconds = jiff::SignedDuration::from_nanos(self.0.subsec_nanos().into());
        match time.and_then(|time| time.checked_add(nanoseconds).ok()) {
            Some(time) => write!(f, "{time}"),
            None => write!(f, "{}", self.seconds()),
        }
    }
}

/// A text that is no point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a date such as 2025-08-18 or an RFC 3339 time such as 2025-08-18T00:00:00Z")]
pub struct TimestampError;

/// A date (its first instant in UTC), an RFC 3339 time, or Unix seconds.
impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            return text.parse().map(Self::from_seconds).map_err(|_| TimestampError);
        }
        let time = match text.parse::<jiff::Timestamp>() {
            Ok(time) => time,
            Err(_) => first_instant(text).ok_or(TimestampError)?,
        };
        Duration::try_from(time.as_duration()).map(Self).map_err(|_| TimestampError)
    }
}

fn first_instant(date: &str) -> Option<jiff::Timestamp> {
    /// Length of `YYYY-MM-DD`; without this bound a time without offset would pass as a date.
    const DATE: usize = 10;
    if date.len() != DATE {
        return None;
    }
    let date: Date = date.parse().ok()?;
    date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_date_as_its_first_instant_in_utc() {
        assert_eq!("2025-08-18".parse(), Ok(Timestamp::from_seconds(1_755_475_200)));
    }

    #[test]
    fn reads_rfc_3339_with_an_offset() {
        let expected = Ok(Timestamp::from_seconds(1_755_475_200));
        assert_eq!("2025-08-18T00:00:00Z".parse(), expected);
        assert_eq!("2025-08-18T02:00:00+02:00".parse(), expected);
    }

    #[test]
    fn reads_unix_seconds() {
        assert_eq!("1755475200".parse(), Ok(Timestamp::from_seconds(1_755_475_200)));
    }

    #[test]
    fn refuses_what_leaves_the_offset_or_the_day_open() {
        for text in ["", "2025-08", "2025-08-18T00:00:00", "18.08.2025", "tomorrow", "-1", "2025-02-30"] {
            assert_eq!(text.parse::<Timestamp>(), Err(TimestampError), "{text}");
        }
    }

    #[test]
    fn prints_what_it_reads() {
        let time: Timestamp = "2025-08-18T12:34:56Z".parse().unwrap();
        assert_eq!(time.to_string(), "2025-08-18T12:34:56Z");
    }

    #[test]
    fn saturates_instead_of_wrapping() {
        let last = Timestamp::from_seconds(u64::MAX).plus(Duration::from_nanos(999_999_999));
        assert_eq!(last.plus(Duration::from_secs(1)), last);
        assert_eq!(limits::UnixNanos::from(last), limits::UnixNanos::from_nanos(u64::MAX));
    }
}
