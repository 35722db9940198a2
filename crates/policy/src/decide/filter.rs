//! The filters: sitemaps for all tiers, the others for those who have no more to show than a user agent.

use std::ops::ControlFlow;

use super::case::Case;
use super::image_rule::ImageAction;
use super::notice::Notice;
use super::open::{Open, Ruling};
use super::stage::{InForce, Stage, StageAction};
use super::trail::{Said, Step, Trail};
use crate::classify::Tier;
use crate::verdict::Rule;
use crate::{Policy, Timestamp};

/// The stages that concern a request, after exemptions.
#[derive(Default)]
struct Staged<'a> {
    stage: Option<&'a Stage>,
    tried: Option<&'a Stage>,
    notice: Option<&'a Notice>,
    next_change: Option<Timestamp>,
    /// The rule that lifts a stage.
    lifted_by: Option<&'a Rule>,
}

impl Policy {
    /// The sitemap gate.
    pub(super) fn ask_sitemaps<'a, T: Trail<'a>>(
        &'a self,
        case: &Case<'_, 'a>,
        open: &mut Open<'a, '_, T>,
    ) -> Ruling<'a> {
        match &self.sitemaps {
            Some(sitemaps) if !sitemaps.lets_in(case.client.tier) && sitemaps.is_sitemap(case.path()) => {
                open.refuse(sitemaps.rule(), sitemaps.is_shadow())
            }
            _ => ControlFlow::Continue(()),
        }
    }

    /// Network, stages, image rules, for tiers D, E and F.
    pub(super) fn ask_filters<'a, T: Trail<'a>>(
        &'a self,
        case: &Case<'_, 'a>,
        now: Timestamp,
        open: &mut Open<'a, '_, T>,
    ) -> Ruling<'a> {
        if case.client.tier == Tier::F {
            let shadow = case.client.network.is_some_and(|network| network.shadow);
            open.refuse(&self.rules.abusive, shadow)?;
        }
        let Staged { stage, tried, notice, next_change, lifted_by } = self.staged(case, now, open.trail);
        (open.notice, open.next_change, open.passed_by) = (notice, next_change, lifted_by);
        for stage in [tried, stage].into_iter().flatten() {
            match &stage.action {
                StageAction::Rate(limit) => open.own_limits.push(limit),
                StageAction::Block(rule) => open.refuse(rule, stage.shadow)?,
            }
        }
        self.ask_image_rules(case, open)
    }

    /// The stages that apply to a client: none to a preflight, none to whom an exemption holds for.
    fn staged<'a>(&'a self, case: &Case<'_, '_>, now: Timestamp, trail: &mut impl Trail<'a>) -> Staged<'a> {
        if case.is_preflight() {
            let rule = &self.rules.preflight;
            trail.note(|| Step { rule, said: Said::Exempt(None), shadow: false });
            return Staged { lifted_by: Some(rule), ..Staged::default() };
        }
        let InForce { stage, tried, next } = self.stages.at(case.client.ua_class, now);
        if stage.is_none() && tried.is_none() && next.is_none() {
            return Staged::default();
        }
        match self.exemptions.find(case, now) {
            None => {
                let near = next.filter(|next| self.stages.is_near(next.from, now));
                let notice = near.map(|next| &next.notice);
                Staged { stage, tried, notice, next_change: next.map(|next| next.from), lifted_by: None }
            }
            Some(exemption) => {
                let ending = exemption.ending.as_ref();
                let until = ending.map(|ending| ending.until);
                trail.note(|| Step { rule: &exemption.rule, said: Said::Exempt(until), shadow: false });
                let near = ending.filter(|ending| {
                    self.stages.is_near(ending.until, now) && self.is_staged(case, ending.until)
                });
                let lifted_by = stage.is_some().then_some(&exemption.rule);
                Staged { notice: near.map(|ending| &ending.notice), lifted_by, ..Staged::default() }
            }
        }
    }

    /// Whether a stage will apply to a client at `time`, all exemptions considered.
    fn is_staged(&self, case: &Case<'_, '_>, time: Timestamp) -> bool {
        self.stages.at(case.client.ua_class, time).stage.is_some()
            && self.exemptions.find(case, time).is_none()
    }

    /// The rules by what the URL of an image proves. The first that fits decides; those in shadow before it only tell.
    fn ask_image_rules<'a, T: Trail<'a>>(
        &'a self,
        case: &Case<'_, 'a>,
        open: &mut Open<'a, '_, T>,
    ) -> Ruling<'a> {
        for rule in self.image_rules.fitting(case) {
            match &rule.action {
                ImageAction::Block => open.refuse(&rule.rule, rule.shadow)?,
                ImageAction::Rate(limit) => open.own_limits.push(limit),
                ImageAction::Free if rule.shadow => {
                    open.trail.note(|| Step { rule: &rule.rule, said: Said::Free, shadow: true });
                }
                // What a stage counts stays counted: the image is free, its client is not.
                ImageAction::Free => {
                    open.note(&rule.rule, Said::Free);
                    open.is_free = true;
                    open.passed_by.get_or_insert(&rule.rule);
                }
            }
            if !rule.shadow {
                break;
            }
        }
        ControlFlow::Continue(())
    }
}
