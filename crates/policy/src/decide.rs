//! Facts and classification against the rules of a policy, and the verdict that comes out.
//!
//! The rules apply in this order; the first that has something to say decides:
//!
//! 1. `robots.txt` is never refused and never counted: whoever reads it is being told the rules.
//! 2. A trusted network passes.
//! 3. A network known for abuse is refused.
//! 4. The stage in force for the class of the user agent: refused, or counted against the stage's rate.
//! 5. The limits of section `limits`.

pub(crate) mod limit;
pub(crate) mod stage;

use std::num::NonZeroU64;

use limits::Table;

use crate::classify::Tier;
use crate::classify::user_agent::UaClass;
use crate::facts::Request;
use crate::seal::{ImageProvenance, SealStatus};
use crate::verdict::{Action, LimitState, Rule, Verdict, Would};
use crate::{Policy, Timestamp};
use limit::Limit;
use stage::StageAction;

/// The path that is never refused (RFC 9309 section 2.3).
const ROBOTS_TXT: &[u8] = b"/robots.txt";

/// What the rules say, before shadow mode.
pub(crate) struct Decision<'a> {
    action: Action,
    rule: &'a Rule,
    retry_after: Option<NonZeroU64>,
    limit: Option<LimitState<'a>>,
}

impl<'a> Decision<'a> {
    const fn plain(action: Action, rule: &'a Rule) -> Self {
        Self { action, rule, retry_after: None, limit: None }
    }
}

impl Policy {
    /// Decides on a request at the time `now`, and charges it to the limits if it passes.
    ///
    /// A query value or a path that is not in its normal form is copied; nothing else allocates.
    #[must_use]
    pub fn decide<'a>(&'a self, request: &Request<'a>, table: &Table, now: Timestamp) -> Verdict<'a> {
        let network = request.ip.and_then(|ip| self.networks.find(ip));
        let agent = self.user_agents.classify(request.headers.user_agent(), request.headers.api_user_agent());
        let provenance = match &self.provenance {
            Some(provenance) => provenance.verify(request.host, request.path, request.query, now),
            None => ImageProvenance::only(SealStatus::None),
        };
        let tier = Tier::of(network, agent.contact.is_some());
        let decision = self.apply(request, tier, agent.class, table, now);
        let verdict = Verdict {
            action: decision.action,
            rule: decision.rule,
            retry_after: decision.retry_after,
            tier,
            ua_class: self.user_agents.name(agent.class),
            contact: agent.contact,
            network,
            provenance,
            limit: decision.limit,
            operator: (decision.action != Action::Allow).then_some(&self.operator),
            would: None,
        };
        if self.shadow { self.in_shadow(verdict) } else { verdict }
    }

    fn apply<'a>(
        &'a self,
        request: &Request<'_>,
        tier: Tier,
        class: UaClass,
        table: &Table,
        now: Timestamp,
    ) -> Decision<'a> {
        if asks_for_robots_txt(request) {
            return Decision::plain(Action::Allow, &self.rules.robots);
        }
        match tier {
            Tier::A => return Decision::plain(Action::Allow, &self.rules.trusted),
            Tier::F => return Decision::plain(Action::Deny, &self.rules.abusive),
            Tier::B | Tier::C | Tier::D | Tier::E => {}
        }
        let stage_limit = match self.stages.in_force(class, now).map(|stage| &stage.action) {
            Some(StageAction::Block(rule)) => return Decision::plain(Action::Deny, rule),
            Some(StageAction::Rate(limit)) => Some(limit),
            None => None,
        };
        self.admit(stage_limit.into_iter().chain(&self.limits.limits), request, table, now)
    }

    /// Charges a request to all limits that apply, or to none if one of them refuses it.
    fn admit<'a>(
        &'a self,
        limits: impl Iterator<Item = &'a Limit> + Clone,
        request: &Request<'_>,
        table: &Table,
        now: Timestamp,
    ) -> Decision<'a> {
        let several = limits.clone().nth(1).is_some();
        if several
            && let Some(refused) = limits.clone().map(|limit| limit.peek(request, table, now)).find(refuses)
        {
            return refused.into_decision(&self.rules.default);
        }
        // Between looking and charging another thread may have used up a limit: then those before it were charged in vain,
        // which costs the client one request and nobody else anything.
        let mut tightest: Option<limit::Counted<'a>> = None;
        for limit in limits {
            let counted = limit.check(request, table, now);
            let decides = refuses(&counted);
            if decides || tightest.as_ref().is_none_or(|tightest| counted.is_tighter_than(tightest)) {
                tightest = Some(counted);
            }
            if decides {
                break;
            }
        }
        match tightest {
            Some(counted) => counted.into_decision(&self.rules.default),
            None => Decision::plain(Action::Allow, &self.rules.default),
        }
    }

    /// Lets a refused request pass and says what would have been. What passes anyway stays as it is.
    fn in_shadow<'a>(&'a self, verdict: Verdict<'a>) -> Verdict<'a> {
        match verdict.action {
            Action::Allow => verdict,
            Action::Limit | Action::Deny => Verdict {
                action: Action::Allow,
                rule: &self.rules.shadow,
                retry_after: None,
                operator: None,
                would: Some(Would { action: verdict.action, rule: verdict.rule }),
                ..verdict
            },
        }
    }
}

/// Whether robots.txt is asked for, and nothing else by its name: another method or a query is no crawler's.
fn asks_for_robots_txt(request: &Request<'_>) -> bool {
    request.path == ROBOTS_TXT && request.query.is_none() && matches!(request.method, b"GET" | b"HEAD")
}

fn refuses(counted: &limit::Counted<'_>) -> bool {
    !counted.outcome.is_allowed()
}

/// The rules that every policy has.
#[derive(Debug)]
pub(crate) struct BuiltInRules {
    default: Rule,
    robots: Rule,
    trusted: Rule,
    abusive: Rule,
    shadow: Rule,
}

impl Default for BuiltInRules {
    fn default() -> Self {
        Self {
            default: Rule::new("default", None),
            robots: Rule::new("path.robots", None),
            trusted: Rule::new("network.trusted", None),
            abusive: Rule::new("network.abusive", None),
            shadow: Rule::new("shadow", None),
        }
    }
}
