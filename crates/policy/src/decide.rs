//! What is known of a request against the rules of a policy, and the verdict that comes out.
//!
//! The rules apply in this order; the first that has something to say decides:
//!
//! 1. `robots.txt` is never refused and never counted: whoever reads it is being told the rules.
//! 2. A sitemap is for the tiers that section `sitemaps` names.
//! 3. A trusted network (tier A) passes.
//! 4. A verified crawler (B) and a session (C) meet no filter, and only the limits that name their tiers; a crawler has one
//!    of its own beside.
//! 5. A network known for abuse (F) is refused.
//! 6. The stage in force for the class of the user agent: refused, or counted against the stage's rate. An exemption lifts
//!    it, and it does not concern a CORS preflight, which says nothing of the script that will ask.
//! 7. The rules of section `provenance`, by what the URL of an image proves: free, refused, or counted against a rate.
//! 8. The limits of section `limits`.
//!
//! A rule in shadow does not decide: the verdict tells what it would have said, and the next rule is asked.

mod case;
mod open;

mod filter;

pub(crate) mod sitemap;

pub(crate) mod exemption;
mod notice;
pub(crate) mod stage;

pub(crate) mod image_rule;

mod scope;

pub(crate) mod limit;

mod admit;
mod memory;
mod trail;

mod listing;

pub use listing::Listed;
pub use memory::Memory;
pub use notice::Notice;
pub use sitemap::Sitemaps;
pub use trail::{Effect, Said, Step};

use std::ops::ControlFlow;

use limits::Table;

use crate::classify::Tier;
use crate::classify::crawler::Identity;
use crate::facts::Request;
use crate::session::SessionCache;
use crate::verdict::{Action, Rule, Verdict, Would};
use crate::{Headers, Policy, Timestamp};
use admit::{Admission, admit};
use case::Case;
use limit::Counted;
use open::{Decision, Open, Ruling};
use trail::Trail;

impl Policy {
    /// Headers of a request to be filled ([`Headers::record`]): what this policy asks of them beside the usual ones is noted.
    #[must_use]
    pub fn headers(&self) -> Headers<'_> {
        Headers::watching(self.exemptions.watched())
    }

    /// Decides on a request at the time `now`, and charges it to the limits if it passes. [`classify`](Self::classify) says what
    /// allocates.
    #[must_use]
    pub fn decide<'a>(&'a self, request: &Request<'a>, memory: Memory<'_>, now: Timestamp) -> Verdict<'a> {
        self.judge(request, memory.sessions, Some(memory.limits), now, &mut ())
    }

    /// What [`decide`](Self::decide) says of everything but rate limits, for a proxy that leaves those to the one in front of it.
    #[must_use]
    pub fn decide_without_limits<'a>(
        &'a self,
        request: &Request<'a>,
        sessions: &SessionCache,
        now: Timestamp,
    ) -> Verdict<'a> {
        self.judge(request, sessions, None, now, &mut ())
    }

    /// What [`decide`](Self::decide) says, and what each rule said that it asked, in their order. Charges the limits as it does;
    /// without `limits`, as [`decide_without_limits`](Self::decide_without_limits).
    #[must_use]
    pub fn explain<'a>(
        &'a self,
        request: &Request<'a>,
        sessions: &SessionCache,
        limits: Option<&Table>,
        now: Timestamp,
    ) -> (Verdict<'a>, Vec<Step<'a>>) {
        let mut steps = Vec::new();
        let verdict = self.judge(request, sessions, limits, now, &mut steps);
        (verdict, steps)
    }

    fn judge<'a>(
        &'a self,
        request: &Request<'a>,
        sessions: &SessionCache,
        limits: Option<&Table>,
        now: Timestamp,
        trail: &mut impl Trail<'a>,
    ) -> Verdict<'a> {
        let client = self.classify(request, sessions, now);
        let case = Case::new(*request, &client, self.provenance.as_ref());
        let decision = self.apply(&case, limits, now, trail);
        let verdict = Verdict {
            action: decision.action,
            rule: decision.rule,
            retry_after: decision.retry_after,
            ua_class: self.user_agents.name(client.ua_class),
            client,
            limit: decision.limit,
            next_change: decision.next_change,
            notice: decision.notice,
            would: decision.would,
        };
        if self.shadow { self.in_shadow(verdict) } else { verdict }
    }

    fn apply<'a>(
        &'a self,
        case: &Case<'_, 'a>,
        table: Option<&Table>,
        now: Timestamp,
        trail: &mut impl Trail<'a>,
    ) -> Decision<'a> {
        let mut open = Open::new(trail);
        match self.ask_before_limits(case, now, &mut open) {
            ControlFlow::Break(decision) => decision,
            ControlFlow::Continue(()) => {
                let for_all = if open.is_free { &[][..] } else { &self.limits.limits };
                let limits = open.own_limits.iter().chain(for_all);
                let admission =
                    table.map(|table| admit(limits, case, table, now, open.trail)).unwrap_or_default();
                self.counted(admission, &open)
            }
        }
    }

    /// The rules before the limits.
    fn ask_before_limits<'a, T: Trail<'a>>(
        &'a self,
        case: &Case<'_, 'a>,
        now: Timestamp,
        open: &mut Open<'a, '_, T>,
    ) -> Ruling<'a> {
        if case.asks_for_robots_txt() {
            return open.pass(&self.rules.robots);
        }
        self.ask_sitemaps(case, open)?;
        match case.client.tier {
            Tier::A => open.pass(&self.rules.trusted),
            Tier::B => {
                if let Identity::Verified(crawler) = case.client.crawler {
                    open.pass_filters(&self.rules.crawler);
                    self.limits
                        .of_crawler(&crawler.id)
                        .into_iter()
                        .for_each(|limit| open.own_limits.push(limit));
                }
                ControlFlow::Continue(())
            }
            Tier::C => {
                open.pass_filters(&self.rules.session);
                ControlFlow::Continue(())
            }
            Tier::D | Tier::E | Tier::F => self.ask_filters(case, now, open),
        }
    }

    /// The decision that follows from what the limits say.
    fn counted<'a, T: Trail<'a>>(&'a self, admission: Admission<'a>, open: &Open<'a, '_, T>) -> Decision<'a> {
        let tried = admission.would.as_ref();
        let would = open.would(tried.map(|tried| &tried.limit.rule));
        if let Some((refused, retry_after)) = &admission.refused {
            return Decision {
                retry_after: Some(*retry_after),
                limit: Some(refused.state()),
                would,
                next_change: open.next_change,
                ..Decision::plain(Action::Limit, &refused.limit.rule)
            };
        }
        let rule = match &would {
            Some(_) => &self.rules.shadow,
            None => open.passed_by.unwrap_or(&self.rules.default),
        };
        let limit = tried.or(admission.tightest.as_ref()).map(Counted::state);
        let (notice, next_change) = (open.notice, open.next_change);
        Decision { limit, would, notice, next_change, ..Decision::plain(Action::Allow, rule) }
    }

    /// Lets a refused request pass and says what would have been. What passes anyway stays as it is, but for a notice of
    /// what will not come.
    fn in_shadow<'a>(&'a self, verdict: Verdict<'a>) -> Verdict<'a> {
        match verdict.action {
            Action::Allow => Verdict { notice: None, ..verdict },
            Action::Limit | Action::Deny => Verdict {
                action: Action::Allow,
                rule: &self.rules.shadow,
                retry_after: None,
                would: Some(Would { action: verdict.action, rule: verdict.rule }),
                ..verdict
            },
        }
    }
}

/// The rules that every policy has.
#[derive(Debug)]
pub(crate) struct BuiltInRules {
    default: Rule,
    robots: Rule,
    trusted: Rule,
    crawler: Rule,
    session: Rule,
    abusive: Rule,
    preflight: Rule,
    shadow: Rule,
}

impl BuiltInRules {
    pub(crate) fn all_mut(&mut self) -> [&mut Rule; 8] {
        let Self { default, robots, trusted, crawler, session, abusive, preflight, shadow } = self;
        [default, robots, trusted, crawler, session, abusive, preflight, shadow]
    }
}

impl Default for BuiltInRules {
    fn default() -> Self {
        let rule = Rule::built_in;
        Self {
            default: rule("default"),
            robots: rule("path.robots"),
            trusted: rule("network.trusted"),
            crawler: rule("crawler.verified"),
            session: rule("session.valid"),
            abusive: rule("network.abusive"),
            preflight: rule("cors.preflight"),
            shadow: rule("shadow"),
        }
    }
}
