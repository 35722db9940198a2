use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};

/// A time in whole seconds since the Unix epoch (RFC 7519 section 2, NumericDate). A fraction is cut off; a time before the
/// epoch is the epoch; one after the year 9999 is none: it would be a token for ever, and is likely meant in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) struct NumericDate(u64);

impl NumericDate {
    /// 9999-12-31T23:59:59Z.
    const MAX: u64 = 253_402_300_799;

    pub(in crate::session) const fn seconds(self) -> u64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = NumericDate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("seconds since the Unix epoch")
            }

            fn visit_u64<E: Error>(self, seconds: u64) -> Result<NumericDate, E> {
                if seconds <= NumericDate::MAX {
                    Ok(NumericDate(seconds))
                } else {
                    Err(E::invalid_value(Unexpected::Unsigned(seconds), &self))
                }
            }

            fn visit_i64<E: Error>(self, seconds: i64) -> Result<NumericDate, E> {
                self.visit_u64(u64::try_from(seconds).unwrap_or(0))
            }

            fn visit_f64<E: Error>(self, seconds: f64) -> Result<NumericDate, E> {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "the cast floors, takes what is negative for 0, and what is too large for u64::MAX"
                )]
                let whole = seconds as u64;
                self.visit_u64(whole)
            }
        }

        deserializer.deserialize_any(Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_whole_seconds() {
        let read = |json: &str| serde_json::from_str::<NumericDate>(json).ok().map(NumericDate::seconds);
        assert_eq!(read("1795176000"), Some(1_795_176_000));
        assert_eq!(read("1795176000.999"), Some(1_795_176_000));
        assert_eq!(read("1.7951760005e9"), Some(1_795_176_000));
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("-1"), Some(0));
        assert_eq!(read("-0.5"), Some(0));
        assert_eq!(read("-99999999999999999999999"), Some(0));
        assert_eq!(read("253402300799"), Some(253_402_300_799));
        for none in
            ["253402300800", "1795176000000", "99999999999999999999999", "1e308", "1e400", "\"1\"", "null"]
        {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
