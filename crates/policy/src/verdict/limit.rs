use std::fmt;
use std::time::Duration;

use limits::{IpPrefix, Quota};

use crate::session::SubjectHash;

/// The state of the limit that counted a request.
#[derive(Clone, Copy, Debug)]
pub struct LimitState<'a> {
    /// Name of the limit.
    pub name: &'a str,
    /// Whom the request counted against.
    pub key: LimitKey<'a>,
    /// What the limit grants.
    pub quota: Quota,
    /// Whole requests that would be admitted at once.
    pub remaining: u32,
    /// Time until the whole quota is there again.
    pub reset: Duration,
}

/// Whom a request counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitKey<'a> {
    /// A prefix of addresses.
    Ip(IpPrefix),
    /// All requests whose address is not known: they share one quota, since unknown is never read as allowed.
    UnknownIp,
    /// All requests that name this contact.
    Contact(&'a str),
    /// All requests of the sessions of this account.
    Subject(SubjectHash),
    /// All requests of this known client.
    Client(&'a str),
    /// All requests with one value of a cookie, of which digits of a keyed hash are told: the value may be a secret.
    Cookie(u32),
}

impl fmt::Display for LimitKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(prefix) => write!(f, "{prefix}"),
            Self::UnknownIp => f.write_str("unknown"),
            Self::Contact(value) | Self::Client(value) => f.write_str(value),
            Self::Subject(subject) => write!(f, "subject:{subject}"),
            Self::Cookie(digits) => write!(f, "cookie:{digits:08x}"),
        }
    }
}

/// The value of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers): `"ip";q=100;w=2`.
///
/// `q` is the burst and `w` the whole seconds in which it comes back: a client that spreads `q` requests over `w` is never refused.
#[derive(Clone, Copy, Debug)]
pub struct RateLimitPolicy<'v>(&'v LimitState<'v>);

/// The value of `RateLimit` (same draft): `"ip";r=7;t=1`.
#[derive(Clone, Copy, Debug)]
pub struct RateLimit<'v>(&'v LimitState<'v>);

impl LimitState<'_> {
    /// The value of `RateLimit-Policy`.
    #[must_use]
    pub fn policy_header(&self) -> RateLimitPolicy<'_> {
        RateLimitPolicy(self)
    }

    /// The value of `RateLimit`.
    #[must_use]
    pub fn header(&self) -> RateLimit<'_> {
        RateLimit(self)
    }
}

impl fmt::Display for RateLimitPolicy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(limit) = self;
        write!(f, "\"{}\";q={};w={}", limit.name, limit.quota.burst(), whole_seconds(limit.quota.horizon()))
    }
}

impl fmt::Display for RateLimit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(limit) = self;
        write!(f, "\"{}\";r={};t={}", limit.name, limit.remaining, whole_seconds(limit.reset))
    }
}

/// Rounded up, so that nobody comes back too early.
pub(crate) fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}
