//! What is decided on a request, and why.

mod code;
mod fields;
mod limit;

use std::fmt;
use std::num::NonZeroU64;

pub use code::Code;
pub use fields::Value;
pub(crate) use limit::whole_seconds;
pub use limit::{LimitKey, LimitState, RateLimit, RateLimitPolicy};

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
    /// The place of its reason among [`Policy::reasons`](crate::Policy::reasons).
    pub number: usize,
}

impl Rule {
    /// A rule of this name; `stage` is the time from which on its stage applies, if it has stages.
    pub(crate) fn new(reason: &str, stage: Option<Timestamp>) -> Self {
        Self { reason: reason.into(), code: Code::new(reason, stage), number: 0 }
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
