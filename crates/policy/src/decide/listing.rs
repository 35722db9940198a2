use std::time::Duration;

use super::exemption::Exemption;
use super::image_rule::{ImageAction, ImageRule};
use super::limit::Limit;
use super::stage::{Stage, StageAction};
use super::trail::Effect;
use crate::classify::user_agent::UaClass;
use crate::verdict::Rule;
use crate::{Policy, Timestamp};

/// A rule of a policy and what it does, for whoever looks at the policy instead of at a request.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// What it does to the requests that it concerns.
    pub effect: Effect,
    /// Whether it is only tried.
    pub shadow: bool,
}

impl Policy {
    /// All rules that a verdict can name, in the order in which they are asked. A limit with a ladder of prefixes is one rule.
    pub fn rules(&self) -> impl Iterator<Item = Listed<'_>> {
        let rules = &self.rules;
        let always = |rule, effect| Listed { rule, effect, shadow: false };
        let sitemaps = self.sitemaps.iter();
        let own = self.limits.of_crawlers().map(Listed::of_limit);
        let in_order = [always(&rules.robots, Effect::Pass)].into_iter().chain(sitemaps.map(|sitemaps| {
            Listed { rule: sitemaps.rule(), effect: Effect::Block, shadow: sitemaps.is_shadow() }
        }));
        in_order
            .chain([
                always(&rules.trusted, Effect::Pass),
                always(&rules.crawler, Effect::PassFilters),
                always(&rules.session, Effect::PassFilters),
            ])
            .chain(own)
            .chain([always(&rules.abusive, Effect::Block), always(&rules.preflight, Effect::Exempt(None))])
            .chain(self.exemptions.iter().map(Listed::of_exemption))
            .chain(self.stages.classes().flatten().map(Listed::of_stage))
            .chain(self.image_rules.iter().map(Listed::of_image_rule))
            .chain(self.limits.limits.iter().filter(|limit| !limit.is_rung()).map(Listed::of_limit))
            .chain([always(&rules.shadow, Effect::Pass), always(&rules.default, Effect::Pass)])
    }

    /// The classes that have stages, each with its stages by their dates.
    pub fn schedule(&self) -> impl Iterator<Item = (&str, Vec<Listed<'_>>)> {
        let classes = self.user_agents.classes().zip(self.stages.classes());
        let staged = classes.filter(|(_, stages)| !stages.is_empty());
        staged.map(|((_, name), stages)| (name, stages.iter().map(Listed::of_stage).collect()))
    }

    /// The stage that is in force for a class, and the next that will be.
    #[must_use]
    pub fn stages_at(&self, class: UaClass, now: Timestamp) -> (Option<Listed<'_>>, Option<Listed<'_>>) {
        let at = self.stages.at(class, now);
        (at.stage.map(Listed::of_stage), at.next.map(Listed::of_stage))
    }

    /// How long before a stage begins its clients are told.
    #[must_use]
    pub fn notice(&self) -> Duration {
        self.stages.notice()
    }

    /// Whether nothing is enforced.
    #[must_use]
    pub fn is_shadow(&self) -> bool {
        self.shadow
    }
}

impl<'a> Listed<'a> {
    fn of_stage(stage: &'a Stage) -> Self {
        match &stage.action {
            StageAction::Block(rule) => Self { rule, effect: Effect::Block, shadow: stage.shadow },
            StageAction::Rate(limit) => Self::of_limit(limit),
        }
    }

    fn of_limit(limit: &'a Limit) -> Self {
        Self { rule: &limit.rule, effect: Effect::Rate(limit.quota()), shadow: limit.shadow }
    }

    fn of_exemption(exemption: &'a Exemption) -> Self {
        let until = exemption.ending.as_ref().map(|ending| ending.until);
        Self { rule: &exemption.rule, effect: Effect::Exempt(until), shadow: false }
    }

    fn of_image_rule(rule: &'a ImageRule) -> Self {
        let effect = match &rule.action {
            ImageAction::Free => Effect::Free,
            ImageAction::Block => Effect::Block,
            ImageAction::Rate(limit) => Effect::Rate(limit.quota()),
        };
        Self { rule: &rule.rule, effect, shadow: rule.shadow }
    }
}
