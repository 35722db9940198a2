use std::num::NonZeroU64;
use std::ops::ControlFlow;

use super::limit::Limit;
use super::notice::Notice;
use super::trail::{Said, Step, Trail};
use crate::Timestamp;
use crate::verdict::{Action, LimitState, Rule, Would};

/// Most limits of one request beside those of section `limits`: two stages, a crawler's own, and rates of image rules.
pub(crate) const MAX_OWN_LIMITS: usize = 16;

/// What the rules say, before the shadow mode of the whole policy.
pub(super) struct Decision<'a> {
    pub(super) action: Action,
    pub(super) rule: &'a Rule,
    pub(super) retry_after: Option<NonZeroU64>,
    pub(super) limit: Option<LimitState<'a>>,
    pub(super) would: Option<Would<'a>>,
    pub(super) notice: Option<&'a Notice>,
    pub(super) next_change: Option<Timestamp>,
}

impl<'a> Decision<'a> {
    pub(super) const fn plain(action: Action, rule: &'a Rule) -> Self {
        Self { action, rule, retry_after: None, limit: None, would: None, notice: None, next_change: None }
    }
}

/// Whether a rule has decided, or the next one is asked.
pub(super) type Ruling<'a> = ControlFlow<Decision<'a>>;

/// What the rules that were asked so far have left to be said.
pub(super) struct Open<'a, 't, T> {
    /// Takes note of what they said.
    pub(super) trail: &'t mut T,
    /// What a rule in shadow would have done; the first that would have done something.
    would: Option<Would<'a>>,
    /// The rule that lets pass whom another one would have stopped or counted.
    pub(super) passed_by: Option<&'a Rule>,
    pub(super) notice: Option<&'a Notice>,
    pub(super) next_change: Option<Timestamp>,
    /// Whether the limits of section `limits` are not asked.
    pub(super) is_free: bool,
    /// The limits that rules have named.
    pub(super) own_limits: OwnLimits<'a>,
}

impl<'a, 't, T: Trail<'a>> Open<'a, 't, T> {
    /// No rule was asked yet.
    pub(super) fn new(trail: &'t mut T) -> Self {
        Self {
            trail,
            would: None,
            passed_by: None,
            notice: None,
            next_change: None,
            is_free: false,
            own_limits: OwnLimits::default(),
        }
    }

    /// Takes note of what a rule says that is not in shadow.
    pub(super) fn note(&mut self, rule: &'a Rule, said: Said<'a>) {
        self.trail.note(|| Step { rule, said, shadow: false });
    }

    /// A rule refuses, or in shadow would have.
    pub(super) fn refuse(&mut self, rule: &'a Rule, shadow: bool) -> Ruling<'a> {
        self.trail.note(|| Step { rule, said: Said::Refused, shadow });
        if shadow {
            self.would.get_or_insert(Would { action: Action::Deny, rule });
            return ControlFlow::Continue(());
        }
        self.decide(Decision::plain(Action::Deny, rule))
    }

    /// A rule lets pass.
    pub(super) fn pass(&mut self, rule: &'a Rule) -> Ruling<'a> {
        self.note(rule, Said::Passes);
        let rule = self.passed_by.unwrap_or(rule);
        self.decide(Decision { notice: self.notice, ..Decision::plain(Action::Allow, rule) })
    }

    /// A rule lets pass all but the limits that name the tier.
    pub(super) fn pass_filters(&mut self, rule: &'a Rule) {
        self.note(rule, Said::PassesFilters);
        self.passed_by = Some(rule);
    }

    fn decide(&self, decision: Decision<'a>) -> Ruling<'a> {
        ControlFlow::Break(Decision { would: self.would, next_change: self.next_change, ..decision })
    }

    /// What a rule in shadow would have done; `limited` by one of the limits in shadow, where no rule before them would have.
    pub(super) fn would(&self, limited: Option<&'a Rule>) -> Option<Would<'a>> {
        self.would.or(limited.map(|rule| Would { action: Action::Limit, rule }))
    }
}

/// The limits that rules have named beside those of section `limits`, in their order.
#[derive(Clone, Copy, Default)]
pub(super) struct OwnLimits<'a> {
    limits: [Option<&'a Limit>; MAX_OWN_LIMITS],
    counted: usize,
}

impl<'a> OwnLimits<'a> {
    /// One more.
    pub(super) fn push(&mut self, limit: &'a Limit) {
        // The compiler of policies has seen to it that there is room.
        if let Some(place) = self.limits.get_mut(self.counted) {
            *place = Some(limit);
            self.counted = self.counted.saturating_add(1);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'a Limit> + Clone + use<'a> {
        self.limits.into_iter().take(self.counted).flatten()
    }
}
