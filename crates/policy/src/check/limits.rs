//! Limits that count nobody, or that a tighter one leaves nothing to refuse.

use super::WarningKind::{LimitNeverCounts, LimitNeverRefuses};
use super::checker::Checker;
use crate::classify::Tier;
use crate::classify::network::NetworkKind;
use crate::classify::user_agent::UaClass;
use crate::decide::limit::Limit;
use crate::document::LimitDocument;

impl Checker<'_> {
    pub(super) fn check_limits(&mut self) {
        let policy = self.policy;
        let sections = &self.document.limits;
        let limits: Vec<Option<&Limit>> =
            sections.iter().map(|section| policy.limits.named(&section.name.value)).collect();
        for (n, section) in sections.iter().enumerate() {
            let (Some(limit), key) = (limits.get(n).copied().flatten(), format!("limits[{n}]")) else {
                continue;
            };
            if let Some(why) = self.counts_nobody(limit) {
                let message = format!("\"{}\" counts no request: {why}", section.name.value);
                self.warn(LimitNeverCounts, &section.name, &key, message)
                    .hint("take it out, or name other tiers and classes");
                continue;
            }
            self.check_ladder(section, limit, &key);
            let mut others = limits.iter().zip(sections).enumerate();
            let bound = others.find(|(m, (other, _))| {
                // Of two that say the same, the later one is told.
                let says_more = |other: &Limit| {
                    limit.is_bound_by(other, *m < n) && (*m < n || !other.is_bound_by(limit, true))
                };
                *m != n && other.is_some_and(says_more)
            });
            if let Some((_, (_, other))) = bound {
                let message = format!(
                    "\"{}\" refuses nobody: \"{}\" (line {}) counts the same clients, as tightly or more so",
                    section.name.value,
                    other.name.value,
                    other.name.referenced.line()
                );
                self.warn(LimitNeverRefuses, &section.name, &key, message)
                    .hint("take it out, or make it the tighter one");
            }
        }
    }

    /// Why no request is counted, if that is certain.
    fn counts_nobody(&self, limit: &Limit) -> Option<&'static str> {
        if limit.is_free() {
            return Some("its costs make every path free");
        }
        let tiers = [Tier::B, Tier::C, Tier::D, Tier::E, Tier::F];
        let mut reached = tiers
            .into_iter()
            .filter(|tier| limit.counts_tier(*tier) && self.reaches_limits(*tier))
            .peekable();
        if reached.peek().is_none() {
            return Some(
                "none of its tiers reaches it; B needs section crawlers, C section sessions, \
                 and F is refused before unless its network is in shadow",
            );
        }
        let all = self.policy.user_agents.classes().map(|(class, _)| class);
        let mut classes = all.filter(|class| limit.counts_class(*class));
        let meets = |class: UaClass| reached.clone().any(|tier| self.can_be(tier, class));
        (!classes.any(meets))
            .then_some("no client of its classes is of its tiers; D names a contact, E does not")
    }

    /// Whether requests of this tier come as far as the limits.
    fn reaches_limits(&self, tier: Tier) -> bool {
        match tier {
            Tier::A => false,
            Tier::B => self.policy.crawlers.iter().next().is_some(),
            Tier::C => self.policy.sessions.is_some(),
            Tier::D | Tier::E => true,
            Tier::F => {
                let mut networks = self.policy.networks.iter();
                networks.any(|network| network.kind == NetworkKind::Abusive && network.shadow)
            }
        }
    }

    /// Whether a client of this class can be in this tier. A contact makes tier D, and a `bot` of everybody but MediaWiki and the
    /// classes that the policy adds; a cookie pass makes E, contact or not.
    fn can_be(&self, tier: Tier, class: UaClass) -> bool {
        let names_nobody =
            [UaClass::NONE, UaClass::LIBRARY_DEFAULT, UaClass::CLI, UaClass::BROWSER, UaClass::OTHER];
        match tier {
            Tier::D => !names_nobody.contains(&class),
            Tier::E => class != UaClass::BOT || !self.document.cookie_passes.is_empty(),
            Tier::A | Tier::B | Tier::C | Tier::F => true,
        }
    }

    /// A rung that has as much for all prefixes in it as the limit has for each refuses nobody.
    fn check_ladder(&mut self, section: &LimitDocument, limit: &Limit, key: &str) {
        let Some(bits) = limit.enforced_ipv6_prefix() else { return };
        for (n, rung) in section.ipv6_ladder.iter().enumerate() {
            let within = 1_u64.checked_shl(bits.saturating_sub(rung.prefix.value).into()).unwrap_or(u64::MAX);
            if u64::from(rung.times.value) >= within {
                let message = format!(
                    "refuses nobody: a /{} is {within} times a /{bits}, each with a limit of its own",
                    rung.prefix.value
                );
                let key = format!("{key}.ipv6_ladder[{n}].times");
                self.warn(LimitNeverRefuses, &rung.times, key, message)
                    .hint(format!("write less than {within}"));
            }
        }
    }
}
