//! What is decided on a request, and why.

mod code;
mod fields;
mod json;
mod limit;

use std::fmt;
use std::num::NonZeroU64;

pub use code::Code;
pub use fields::Value;
pub(crate) use limit::whole_seconds;
pub use limit::{LimitKey, LimitState, RateLimit, RateLimitPolicy};

use serde_saphyr::Spanned;

use crate::Timestamp;
use crate::classify::Client;
use crate::decide::Notice;

/// What a proxy does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Pass it on.
    Allow,
    /// Answer 429 (RFC 6585 section 4): come back later.
    Limit,
    /// Answer 403 (RFC 9110 section 15.5.4).
    Deny,
}

impl Action {
    /// The name that variables and logs show.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Limit => "limit",
            Self::Deny => "deny",
        }
    }

    /// The status of the answer; 200 stands for whatever the origin says.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Allow => 200,
            Self::Limit => 429,
            Self::Deny => 403,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A rule of a policy, as logs, answers and metrics name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Dotted name, such as `ua.library_default`.
    pub reason: Box<str>,
    /// Printed in answers, so that a complaint leads to the rule and its stage.
    pub code: Code,
    /// From when on it holds, if it is a stage.
    pub from: Option<Timestamp>,
    /// Where it stands in the policy file; none for those that every policy has.
    pub place: Option<Place>,
    /// The place of its reason among [`Policy::reasons`](crate::Policy::reasons).
    pub number: usize,
}

/// Where a rule stands in the policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Path of its key, such as `limits[2]`.
    pub key: Box<str>,
    /// Its line, from 1.
    pub line: u64,
}

impl Place {
    pub(crate) fn of<T>(key: &str, value: &Spanned<T>) -> Self {
        Self { key: key.into(), line: value.referenced.line() }
    }
}

impl Rule {
    /// A rule that every policy has.
    pub(crate) fn built_in(reason: &str) -> Self {
        Self { reason: reason.into(), code: Code::new(reason, None), from: None, place: None, number: 0 }
    }

    /// A rule that stands at `key`, on the line of `value`; `from` is the time from which on it holds, if it is a stage.
    pub(crate) fn new<T>(reason: &str, from: Option<Timestamp>, key: &str, value: &Spanned<T>) -> Self {
        let place = Place::of(key, value);
        Self { reason: reason.into(), code: Code::new(reason, from), from, place: Some(place), number: 0 }
    }
}

/// What is decided on a request, and why. Borrows from the policy and from the request.
#[derive(Clone, Debug)]
pub struct Verdict<'a> {
    /// What to do.
    pub action: Action,
    /// The rule that decided.
    pub rule: &'a Rule,
    /// Whole seconds until the request would be admitted; only with [`Action::Limit`].
    pub retry_after: Option<NonZeroU64>,
    /// Who asks.
    pub client: Client<'a>,
    /// Class of the user agent.
    pub ua_class: &'a str,
    /// The limit that counted the request.
    pub limit: Option<LimitState<'a>>,
    /// When the next stage of the client's class begins; none where no stage concerns it.
    pub next_change: Option<Timestamp>,
    /// What the client is to be told of the next stage of its class; only where it passes.
    pub notice: Option<&'a Notice>,
    /// What would have applied were it not for the shadow mode of a rule or of the whole policy.
    pub would: Option<Would<'a>>,
}

/// What shadow mode has kept from happening.
#[derive(Clone, Copy, Debug)]
pub struct Would<'a> {
    /// What would have been done.
    pub action: Action,
    /// The rule that would have decided.
    pub rule: &'a Rule,
}

/// `deny ua.none 7aa2d97`: the last is the rule's code.
impl fmt::Display for Would<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.action, self.rule.reason, self.rule.code)
    }
}
