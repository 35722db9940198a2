use std::time::{Duration, SystemTime};

/// A point in time: nanoseconds since the Unix epoch, from 1970 to the year 2554. All arithmetic saturates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixNanos(u64);

impl UnixNanos {
    /// The last point in time that can be told, in the year 2554.
    pub const MAX: Self = Self(u64::MAX);

    /// A time from nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// A time from whole seconds since the Unix epoch; [`UnixNanos::MAX`] if they are too many.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000_000))
    }

    /// Nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// This much later, or [`UnixNanos::MAX`].
    #[must_use]
    pub fn saturating_add(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(saturating_nanos(wait)))
    }
}

/// A system time before 1970 becomes 0, one after 2554 becomes [`UnixNanos::MAX`].
impl From<SystemTime> for UnixNanos {
    fn from(time: SystemTime) -> Self {
        time.duration_since(SystemTime::UNIX_EPOCH).map_or(Self(0), |since| Self(saturating_nanos(since)))
    }
}

pub(crate) fn saturating_nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saturates_at_both_ends() {
        let before_epoch = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(UnixNanos::from(before_epoch), UnixNanos::from_nanos(0));
        assert_eq!(UnixNanos::from_secs(u64::MAX), UnixNanos::MAX);
        assert_eq!(UnixNanos::from_secs(1).saturating_add(Duration::MAX), UnixNanos::MAX);
    }

    #[test]
    fn takes_a_system_time_to_the_nanosecond() {
        let time = SystemTime::UNIX_EPOCH + Duration::new(1_755_000_000, 7);
        assert_eq!(UnixNanos::from(time).as_nanos(), 1_755_000_000_000_000_007);
    }
}
