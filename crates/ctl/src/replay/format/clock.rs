//! The times of a log.

use std::str::FromStr;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::Offset;
use policy::Timestamp;

use crate::request::RequestLine;

/// Reads times. The last one is kept: thousands of lines share a second.
#[derive(Clone, Debug)]
pub struct Clock {
    offset: Offset,
    last: Option<(Vec<u8>, Timestamp)>,
}

/// How far a clock without time zone is ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UtcOffset(Offset);

impl Default for UtcOffset {
    fn default() -> Self {
        Self(Offset::UTC)
    }
}

/// A text that is no offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected Z or hours and minutes, at most 14:00, such as +02:00 or -0330")]
pub struct UtcOffsetError;

impl FromStr for UtcOffset {
    type Err = UtcOffsetError;

    fn from_str(text: &str) -> Result<Self, UtcOffsetError> {
        zone(text.as_bytes()).map(Self).ok_or(UtcOffsetError)
    }
}

impl Clock {
    /// Times without a zone are `offset` ahead of UTC.
    #[must_use]
    pub fn new(offset: UtcOffset) -> Self {
        Self { offset: offset.0, last: None }
    }

    /// Reads a time as NCSA and HAProxy write it: `20/Nov/2026:14:35:06`, with milliseconds (`.123`) and zone (` +0000`) where
    /// it has them.
    pub fn ncsa(&mut self, text: &[u8]) -> Option<Timestamp> {
        self.or_last(text, |clock| clock.read_ncsa(text))
    }

    fn or_last(&mut self, text: &[u8], read: impl FnOnce(&Self) -> Option<Timestamp>) -> Option<Timestamp> {
        if let Some((last, time)) = &self.last
            && last == text
        {
            return Some(*time);
        }
        let time = read(self)?;
        let mut bytes = self.last.take().map(|(bytes, _)| bytes).unwrap_or_default();
        text.clone_into(&mut bytes);
        self.last = Some((bytes, time));
        Some(time)
    }

    fn read_ncsa(&self, text: &[u8]) -> Option<Timestamp> {
        let (day, rest) = number(text, 2, b'/')?;
        let (month, rest) = rest.split_at_checked(3)?;
        let month = MONTHS.iter().position(|name| name.as_bytes() == month)?;
        let month = i8::try_from(month).ok()?.checked_add(1)?;
        let (year, rest) = number(rest.strip_prefix(b"/")?, 4, b':')?;
        let (hour, rest) = number(rest, 2, b':')?;
        let (minute, rest) = number(rest, 2, b':')?;
        let (second, rest) = digits(rest, 2)?;
        let (milliseconds, rest) = match rest.strip_prefix(b".") {
            Some(rest) => digits(rest, 3)?,
            None => (0, rest),
        };
        let offset = if rest.is_empty() { self.offset } else { zone(rest.strip_prefix(b" ")?)? };
        let small = |number: i16| i8::try_from(number).ok();
        // A leap second is the one before it, as POSIX has it.
        let second = small(second).filter(|second| *second <= 60)?.min(59);
        let time = DateTime::new(year, month, small(day)?, small(hour)?, small(minute)?, second, 0).ok()?;
        let seconds = u64::try_from(offset.to_timestamp(time).ok()?.as_second()).ok()?;
        let milliseconds = Duration::from_millis(u64::try_from(milliseconds).ok()?);
        Some(Timestamp::from_seconds(seconds).plus(milliseconds))
    }

    /// Reads a time written by a format of strftime(3).
    pub fn strftime(&mut self, format: &str, text: &[u8]) -> Option<Timestamp> {
        self.or_last(text, |clock| {
            let broken = strtime::parse(format, text).ok()?;
            let time = match broken.to_timestamp() {
                Ok(time) => time,
                // Without a zone.
                Err(_) => clock.offset.to_timestamp(broken.to_datetime().ok()?).ok()?,
            };
            let seconds = u64::try_from(time.as_second()).ok()?;
            let nanoseconds = u64::try_from(time.subsec_nanosecond()).ok()?;
            Some(Timestamp::from_seconds(seconds).plus(Duration::from_nanos(nanoseconds)))
        })
    }

    /// Reads a number of `units` since the epoch, of which a second has so many; none beyond the year 9999.
    pub fn epoch(text: &[u8], units: u32) -> Option<Timestamp> {
        let number: u64 = str::from_utf8(text).ok()?.parse().ok()?;
        let seconds = number.checked_div(units.into())?;
        if seconds > RequestLine::LAST_SECOND {
            return None;
        }
        let rest = u32::try_from(number.checked_rem(units.into())?).ok()?;
        let nanoseconds = 1_000_000_000_u32.checked_div(units)?.checked_mul(rest)?;
        Some(Timestamp::from_seconds(seconds).plus(Duration::from_nanos(nanoseconds.into())))
    }
}

/// Names of months in logs, whatever the locale.
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The most that a clock is ahead of UTC or behind it, in minutes: that of the Line Islands. Beyond it an offset is a typing error,
/// `+20:00` for `+02:00`.
const MAX_OFFSET_MINUTES: i32 = 14 * 60;

/// `Z`, `+0200` or `+02:00`.
fn zone(text: &[u8]) -> Option<Offset> {
    let (sign, rest) = match text {
        b"Z" => return Some(Offset::UTC),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = digits(rest, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(b":").unwrap_or(rest), 2)?;
    let minutes = i32::from(hours).checked_mul(60)?.checked_add(minutes.into()).filter(|_| minutes < 60)?;
    if minutes > MAX_OFFSET_MINUTES {
        return None;
    }
    rest.is_empty().then(|| Offset::from_seconds(minutes.checked_mul(60)?.checked_mul(sign)?).ok())?
}

/// A number of so many digits, and what follows it.
fn digits(text: &[u8], count: usize) -> Option<(i16, &[u8])> {
    let (number, rest) = text.split_at_checked(count)?;
    if !number.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number =
        number.iter().fold(0_i16, |sum, digit| sum.wrapping_mul(10).wrapping_add((digit & 0x0f).into()));
    Some((number, rest))
}

/// The same, and `end` behind it.
fn number(text: &[u8], count: usize, end: u8) -> Option<(i16, &[u8])> {
    let (number, rest) = digits(text, count)?;
    Some((number, rest.strip_prefix(&[end])?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc() -> Clock {
        Clock::new(UtcOffset::default())
    }

    fn time(text: &str) -> Option<Timestamp> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn reads_the_zone_of_a_time_and_takes_the_given_one_where_it_has_none() {
        assert_eq!(utc().ncsa(b"20/Nov/2026:14:35:06 +0100"), time("2026-11-20T13:35:06Z"));
        assert_eq!(utc().ncsa(b"20/Nov/2026:14:35:06.123"), time("2026-11-20T14:35:06.123Z"));
        let mut berlin = Clock::new("+02:00".parse().unwrap());
        assert_eq!(berlin.ncsa(b"01/Jul/2026:00:30:00"), time("2026-06-30T22:30:00Z"));
        assert_eq!(berlin.ncsa(b"01/Jul/2026:00:30:00 +0000"), time("2026-07-01T00:30:00Z"));
        assert_eq!(berlin.strftime("%F %T", b"2026-07-01 00:30:00"), time("2026-06-30T22:30:00Z"));
        assert_eq!(berlin.strftime("%FT%T%z", b"2026-07-01T00:30:00+0000"), time("2026-07-01T00:30:00Z"));
    }

    #[test]
    fn one_time_after_another_is_read_anew() {
        let mut clock = utc();
        assert_eq!(clock.ncsa(b"20/Nov/2026:14:35:06 +0000"), time("2026-11-20T14:35:06Z"));
        assert_eq!(clock.ncsa(b"20/Nov/2026:14:35:05 +0000"), time("2026-11-20T14:35:05Z"));
        assert_eq!(clock.ncsa(b"nonsense"), None);
        assert_eq!(clock.ncsa(b"20/Nov/2026:14:35:05 +0000"), time("2026-11-20T14:35:05Z"));
    }

    #[test]
    fn reads_numbers_since_the_epoch() {
        assert_eq!(Clock::epoch(b"1795185306", 1), time("2026-11-20T14:35:06Z"));
        assert_eq!(Clock::epoch(b"1795185306123", 1_000), time("2026-11-20T14:35:06.123Z"));
        assert_eq!(Clock::epoch(b"1795185306123456", 1_000_000), time("2026-11-20T14:35:06.123456Z"));
        assert_eq!(Clock::epoch(b"-1", 1), None);
        assert_eq!(Clock::epoch(b"1795185306123", 1), None, "milliseconds, which are no seconds");
    }

    #[test]
    fn a_leap_second_is_the_one_before_it() {
        assert_eq!(utc().ncsa(b"31/Dec/2016:23:59:60 +0000"), time("2016-12-31T23:59:59Z"));
    }

    #[test]
    fn an_offset_is_one_that_a_place_has() {
        for text in ["Z", "+14:00", "-1200", "+05:45"] {
            assert!(text.parse::<UtcOffset>().is_ok(), "{text}");
        }
        for text in ["+14:01", "+25:00", "-20:00", "+2", "02:00", ""] {
            let error = text.parse::<UtcOffset>().unwrap_err().to_string();
            assert!(error.contains("at most 14:00"), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "20/Nov/2026",
            "32/Nov/2026:14:35:06",
            "20/nov/2026:14:35:06",
            "20/Nov/1969:14:35:06",
            "20/Nov/2026:14:35:06 0000",
            "20/Nov/2026:14:35:06 +0160",
            "20/Nov/2026:14:35:06 +9900",
            "20/Nov/2026:14:35:06 +2500",
            "20/Nov/2026:10:00:61",
            "20/Nov/2026:10:00:75",
            "20/Nov/2026:10:00:99 +0000",
        ] {
            assert_eq!(utc().ncsa(text.as_bytes()), None, "{text}");
        }
    }
}
