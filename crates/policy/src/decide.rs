//! Facts and classification against the rules of a policy, and the verdict that comes out.
//!
//! The rules apply in this order; the first that has something to say decides:
//!
//! 1. `robots.txt` is never refused and never counted: whoever reads it is being told the rules.
//! 2. A trusted network passes.
//! 3. A network known for abuse is refused.
//! 4. The stage in force for the class of the user agent: refused, or counted against the stage's rate. An exemption lifts
//!    it, and it does not concern a CORS preflight, which says nothing of the script that will ask.
//! 5. The limits of section `limits`.
//!
//! A rule in shadow does not decide: the verdict tells what it would have said, and the next rule is asked.

mod admit;
mod client;
pub(crate) mod exemption;
pub(crate) mod limit;
mod notice;
mod scope;
pub(crate) mod stage;

pub use notice::Notice;

use std::num::NonZeroU64;

use limits::Table;

use crate::classify::Tier;
use crate::classify::user_agent::Classified;
use crate::facts::Request;
use crate::seal::{ImageProvenance, SealStatus};
use crate::verdict::{Action, LimitState, Rule, Verdict, Would};
use crate::{Headers, Policy, Timestamp};
use admit::admit;
use client::Client;
use stage::{InForce, Stage, StageAction};

/// What the rules say, before the shadow mode of the whole policy.
struct Decision<'a> {
    action: Action,
    rule: &'a Rule,
    retry_after: Option<NonZeroU64>,
    limit: Option<LimitState<'a>>,
    would: Option<Would<'a>>,
    notice: Option<&'a Notice>,
    next_change: Option<Timestamp>,
}

impl<'a> Decision<'a> {
    const fn plain(action: Action, rule: &'a Rule) -> Self {
        Self { action, rule, retry_after: None, limit: None, would: None, notice: None, next_change: None }
    }
}

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
    /// Headers of a request to be filled ([`Headers::record`]): what this policy asks of them beside the usual ones is noted.
    #[must_use]
    pub fn headers(&self) -> Headers<'_> {
        Headers::watching(self.exemptions.watched())
    }

    /// Decides on a request at the time `now`, and charges it to the limits if it passes.
    ///
    /// A query value or a path that is not in its normal form is copied; nothing else allocates.
    #[must_use]
    pub fn decide<'a>(&'a self, request: &Request<'a>, table: &Table, now: Timestamp) -> Verdict<'a> {
        let network = request.ip.and_then(|ip| self.networks.find(ip));
        let headers = &request.headers;
        let agent = self.user_agents.classify(headers.user_agent(), headers.api_user_agent());
        let provenance = match &self.provenance {
            Some(provenance) => provenance.verify(request.host, request.path, request.query, now),
            None => ImageProvenance::only(SealStatus::None),
        };
        let Classified { class, contact } = agent;
        let client = Client::new(*request, network, class, contact);
        let decision = self.apply(&client, table, now);
        let verdict = Verdict {
            action: decision.action,
            rule: decision.rule,
            retry_after: decision.retry_after,
            tier: client.tier,
            ua_class: self.user_agents.name(class),
            contact,
            network,
            provenance,
            limit: decision.limit,
            next_change: decision.next_change,
            notice: decision.notice,
            would: decision.would,
        };
        if self.shadow { self.in_shadow(verdict) } else { verdict }
    }

    fn apply<'a>(&'a self, client: &Client<'a>, table: &Table, now: Timestamp) -> Decision<'a> {
        if client.asks_for_robots_txt() {
            return Decision::plain(Action::Allow, &self.rules.robots);
        }
        let mut would = None;
        match client.tier {
            Tier::A => return Decision::plain(Action::Allow, &self.rules.trusted),
            Tier::F if client.network.is_some_and(|network| network.shadow) => {
                would = Some(Would { action: Action::Deny, rule: &self.rules.abusive });
            }
            Tier::F => return Decision::plain(Action::Deny, &self.rules.abusive),
            Tier::B | Tier::C | Tier::D | Tier::E => {}
        }
        let staged = self.staged(client, now);
        let mut stage_limits = [None, None];
        for (stage, limit) in [staged.tried, staged.stage].into_iter().zip(&mut stage_limits) {
            let Some(stage) = stage else { continue };
            match &stage.action {
                StageAction::Rate(rate) => *limit = Some(rate),
                StageAction::Block(rule) if stage.shadow => {
                    would = would.or(Some(Would { action: Action::Deny, rule }));
                }
                StageAction::Block(rule) => return Decision { would, ..Decision::plain(Action::Deny, rule) },
            }
        }
        let limits = stage_limits.into_iter().flatten().chain(&self.limits.limits);
        self.counted(admit(limits, client, table, now), staged, would)
    }

    /// The stages that apply to a client: none to a preflight, none to whom an exemption holds for.
    fn staged(&self, client: &Client<'_>, now: Timestamp) -> Staged<'_> {
        if client.is_preflight() {
            return Staged { lifted_by: Some(&self.rules.preflight), ..Staged::default() };
        }
        let InForce { stage, tried, next } = self.stages.at(client.class, now);
        if stage.is_none() && tried.is_none() && next.is_none() {
            return Staged::default();
        }
        match self.exemptions.find(client, now) {
            None => {
                let near = next.filter(|next| self.stages.is_near(next.from, now));
                let notice = near.map(|next| &next.notice);
                Staged { stage, tried, notice, next_change: next.map(|next| next.from), lifted_by: None }
            }
            Some(exemption) => {
                let ending = exemption.ending.as_ref();
                let near = ending.filter(|ending| self.stages.is_near(ending.until, now));
                let near = near.filter(|ending| self.is_staged(client, ending.until));
                let lifted_by = stage.is_some().then_some(&exemption.rule);
                Staged { notice: near.map(|ending| &ending.notice), lifted_by, ..Staged::default() }
            }
        }
    }

    /// Whether a stage will apply to a client at `time`, all exemptions considered.
    fn is_staged(&self, client: &Client<'_>, time: Timestamp) -> bool {
        self.stages.at(client.class, time).stage.is_some() && self.exemptions.find(client, time).is_none()
    }

    /// The decision that follows from what the limits say.
    fn counted<'a>(
        &'a self,
        admission: admit::Admission<'a>,
        staged: Staged<'a>,
        would: Option<Would<'a>>,
    ) -> Decision<'a> {
        let tried = admission.would.as_ref();
        let would = would.or(tried.map(|tried| Would { action: Action::Limit, rule: &tried.limit.rule }));
        if let Some((refused, retry_after)) = &admission.refused {
            return Decision {
                retry_after: Some(*retry_after),
                limit: Some(refused.state()),
                would,
                next_change: staged.next_change,
                ..Decision::plain(Action::Limit, &refused.limit.rule)
            };
        }
        let rule = match &would {
            Some(_) => &self.rules.shadow,
            None => staged.lifted_by.unwrap_or(&self.rules.default),
        };
        let limit = tried.or(admission.tightest.as_ref()).map(limit::Counted::state);
        let Staged { notice, next_change, .. } = staged;
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
    abusive: Rule,
    preflight: Rule,
    shadow: Rule,
}

impl Default for BuiltInRules {
    fn default() -> Self {
        Self {
            default: Rule::new("default", None),
            robots: Rule::new("path.robots", None),
            trusted: Rule::new("network.trusted", None),
            abusive: Rule::new("network.abusive", None),
            preflight: Rule::new("cors.preflight", None),
            shadow: Rule::new("shadow", None),
        }
    }
}
