use std::time::Duration;

/// What a limit says about a request. Times are exact to the nanosecond and count from the `now` of the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum Outcome {
    /// The request is within the quota and was charged.
    Allowed {
        /// Whole requests that would still be admitted at once. 0 while the key is held.
        remaining: u32,
        /// Time until the bucket is full again; the rest of the hold while the key is held.
        reset: Duration,
    },

    /// The quota is used up, or the key is [held](crate#holds). The request was charged nothing.
    Refused {
        /// Whole requests of cost 1 that would still be admitted at once; less than this request's cost, and 0
        /// while the key is held.
        remaining: u32,
        /// Time until a request of this cost is admitted, if no other is charged before; the rest of the hold while
        /// the key is held, whatever else is asked until then. Never zero.
        retry_after: Duration,
        /// Time until the bucket is full again; equal to `retry_after` while the key is held.
        reset: Duration,
    },

    /// The request costs more than the bucket holds: no wait makes it pass, so none is named. Nothing was charged.
    ///
    /// This is a fault of the policy, which is better refused where costs and quotas are compiled.
    ExceedsBurst {
        /// Whole requests of cost 1 that would be admitted at once. 0 while the key is held.
        remaining: u32,
        /// Time until the bucket is full again; the rest of the hold while the key is held.
        reset: Duration,
    },
}

impl Outcome {
    /// Whether the request may pass.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed { .. })
    }

    /// Whole requests of cost 1 that would be admitted at once. 0 while the key is held.
    #[must_use]
    pub const fn remaining(&self) -> u32 {
        match *self {
            Self::Allowed { remaining, .. }
            | Self::Refused { remaining, .. }
            | Self::ExceedsBurst { remaining, .. } => remaining,
        }
    }

    /// Time until the bucket is full again, zero if it is; the rest of the hold while the key is held.
    #[must_use]
    pub const fn reset(&self) -> Duration {
        match *self {
            Self::Allowed { reset, .. } | Self::Refused { reset, .. } | Self::ExceedsBurst { reset, .. } => {
                reset
            }
        }
    }

    /// Time until the request is admitted; `None` if it was, and if it never will be.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match *self {
            Self::Refused { retry_after, .. } => Some(retry_after),
            Self::Allowed { .. } | Self::ExceedsBurst { .. } => None,
        }
    }

    /// The wait as `Retry-After` takes it (RFC 9110, 10.2.3): whole seconds, rounded up, at least 1.
    #[must_use]
    pub fn retry_after_secs(&self) -> Option<u64> {
        self.retry_after().map(|wait| secs_rounded_up(wait).max(1))
    }

    /// The reset in whole seconds, rounded up; 0 if the bucket is full.
    #[must_use]
    pub fn reset_secs(&self) -> u64 {
        secs_rounded_up(self.reset())
    }
}

fn secs_rounded_up(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(retry_after: Duration) -> Outcome {
        Outcome::Refused { remaining: 0, retry_after, reset: retry_after }
    }

    #[test]
    fn rounds_the_wait_up_to_whole_seconds_and_at_least_one() {
        for (nanos, secs) in [(0, 1), (1, 1), (1_000_000_000, 1), (1_000_000_001, 2), (59_999_999_999, 60)] {
            assert_eq!(refused(Duration::from_nanos(nanos)).retry_after_secs(), Some(secs), "{nanos} ns");
        }
        assert_eq!(refused(Duration::MAX).retry_after_secs(), Some(u64::MAX));
    }

    #[test]
    fn names_no_wait_where_none_helps() {
        let allowed = Outcome::Allowed { remaining: 3, reset: Duration::from_millis(1) };
        let never = Outcome::ExceedsBurst { remaining: 3, reset: Duration::ZERO };
        assert_eq!((allowed.retry_after_secs(), allowed.reset_secs()), (None, 1));
        assert_eq!((never.retry_after_secs(), never.reset_secs()), (None, 0));
        assert!(allowed.is_allowed() && !never.is_allowed());
    }
}
