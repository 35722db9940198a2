mod json;

use std::num::NonZeroU64;

use limits::Quota;

use crate::Timestamp;
use crate::verdict::{LimitState, Rule};

/// What a rule said of a request that it concerns.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// What it said.
    pub said: Said<'a>,
    /// Whether it is in shadow: it only tells, and the next rule is asked.
    pub shadow: bool,
}

/// What a rule says of a request.
#[derive(Clone, Copy, Debug)]
pub enum Said<'a> {
    /// Passes, and no other rule is asked.
    Passes,
    /// Passes the filters; limits that name its tier count it.
    PassesFilters,
    /// Refused.
    Refused,
    /// The stages of its class do not concern it; until then, if that ends.
    Exempt(Option<Timestamp>),
    /// No limit of section `limits` counts it.
    Free,
    /// Counted, or refused since too many came before it.
    Counted {
        /// The limit after it has counted.
        limit: LimitState<'a>,
        /// What the request costs.
        cost: u32,
        /// If it is refused: whole seconds until it would not be.
        retry_after: Option<NonZeroU64>,
    },
}

impl Said<'_> {
    /// The word for it, in JSON and in texts.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Passes => "passes",
            Self::PassesFilters => "passes the filters",
            Self::Refused => "refused",
            Self::Exempt(_) => "exempt from stages",
            Self::Free => "free of limits",
            Self::Counted { retry_after: None, .. } => "counted",
            Self::Counted { retry_after: Some(_), .. } => "limited",
        }
    }
}

/// What a rule does to the requests that it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Lets them pass.
    Pass,
    /// Lets them pass the filters, not the limits that name their tier.
    PassFilters,
    /// Refuses them.
    Block,
    /// Counts them.
    Rate(Quota),
    /// Lifts the stages of their class, until then, if that ends.
    Exempt(Option<Timestamp>),
    /// Lets no limit of section `limits` count them.
    Free,
}

/// Takes note of what rules say.
pub(super) trait Trail<'a> {
    /// Takes note of a step, if it is made at all.
    fn note(&mut self, step: impl FnOnce() -> Step<'a>);
}

/// Takes no note: nothing is left of it in the path of a request.
impl<'a> Trail<'a> for () {
    fn note(&mut self, _: impl FnOnce() -> Step<'a>) {}
}

impl<'a> Trail<'a> for Vec<Step<'a>> {
    fn note(&mut self, step: impl FnOnce() -> Step<'a>) {
        self.push(step());
    }
}
