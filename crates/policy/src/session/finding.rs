use std::time::Duration;

use super::{SessionStatus, SubjectHash};
use crate::Timestamp;

/// What is true of a token whatever the time; what the cache keeps of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) standing: Standing,
    pub(super) lifetime: Lifetime,
    pub(super) subject: Option<SubjectHash>,
    /// Place in the policy's list of classes.
    pub(super) class: Option<u8>,
}

/// What a signature and the parties that a token names come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Told without a verification: no token, or none that a key of the policy could have signed.
    Unverified(SessionStatus),
    /// Verified in vain.
    BadSignature,
    WrongIssuer,
    WrongAudience,
    Good,
}

/// From when until when a token is in force, in seconds since the Unix epoch, leeway included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lifetime {
    not_before: u64,
    /// The first second in which it is not (RFC 7519 section 4.1.4).
    expires: u64,
}

impl Lifetime {
    pub(super) fn new(not_before: u64, expires: u64, leeway: Duration) -> Self {
        let leeway = leeway.as_secs();
        Self { not_before: not_before.saturating_sub(leeway), expires: expires.saturating_add(leeway) }
    }
}

impl Finding {
    /// A token whose signature was verified in vain.
    pub(super) const BAD_SIGNATURE: Self = Self::by_nobody(Standing::BadSignature);

    /// A token that is told to be worth nothing before its signature is looked at.
    pub(super) const fn unverified(status: SessionStatus) -> Self {
        Self::by_nobody(Standing::Unverified(status))
    }

    /// A token that nobody vouches for: what it says counts for nothing.
    const fn by_nobody(standing: Standing) -> Self {
        let lifetime = Lifetime { not_before: 0, expires: u64::MAX };
        Self { standing, lifetime, subject: None, class: None }
    }

    /// Whether somebody vouches for what the token says.
    pub(super) fn is_genuine(&self) -> bool {
        !matches!(self.standing, Standing::Unverified(_) | Standing::BadSignature)
    }

    /// What the token is worth at this time.
    pub(super) fn status(&self, now: Timestamp) -> SessionStatus {
        match self.standing {
            Standing::Unverified(status) => status,
            Standing::BadSignature => SessionStatus::BadSignature,
            _ if self.is_over(now) => SessionStatus::Expired,
            _ if now.seconds() < self.lifetime.not_before => SessionStatus::NotYet,
            Standing::WrongIssuer => SessionStatus::WrongIssuer,
            Standing::WrongAudience => SessionStatus::WrongAudience,
            Standing::Good => SessionStatus::Valid,
        }
    }

    /// Whether the token makes a session, now or later.
    pub(super) fn has_a_future(&self, now: Timestamp) -> bool {
        self.standing == Standing::Good && !self.is_over(now)
    }

    fn is_over(&self, now: Timestamp) -> bool {
        now.seconds() >= self.lifetime.expires
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(standing: Standing, leeway: u64) -> Finding {
        let lifetime = Lifetime::new(100, 200, Duration::from_secs(leeway));
        Finding { standing, lifetime, subject: None, class: None }
    }

    #[test]
    fn is_in_force_from_not_before_until_the_second_before_it_expires() {
        let status =
            |seconds, leeway| finding(Standing::Good, leeway).status(Timestamp::from_seconds(seconds));
        assert_eq!(status(99, 0), SessionStatus::NotYet);
        assert_eq!((status(100, 0), status(199, 0)), (SessionStatus::Valid, SessionStatus::Valid));
        assert_eq!(status(200, 0), SessionStatus::Expired);
        assert_eq!((status(94, 5), status(95, 5)), (SessionStatus::NotYet, SessionStatus::Valid));
        assert_eq!((status(204, 5), status(205, 5)), (SessionStatus::Valid, SessionStatus::Expired));
    }

    #[test]
    fn time_comes_before_the_parties_and_after_the_signature() {
        let over = Timestamp::from_seconds(200);
        assert_eq!(finding(Standing::WrongIssuer, 0).status(over), SessionStatus::Expired);
        assert_eq!(finding(Standing::BadSignature, 0).status(over), SessionStatus::BadSignature);
    }

    #[test]
    fn only_a_good_token_that_is_not_over_has_a_future() {
        let early = Timestamp::from_seconds(0);
        assert!(finding(Standing::Good, 0).has_a_future(early));
        assert!(!finding(Standing::Good, 0).has_a_future(Timestamp::from_seconds(200)));
        assert!(!finding(Standing::WrongAudience, 0).has_a_future(early));
    }
}
