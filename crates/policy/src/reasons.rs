//! The reasons that a policy can give, and its classes, numbered, so that a counter by them is an element of an array.

use crate::Policy;
use crate::verdict::Rule;

impl Policy {
    /// The reason of each rule, by [`Rule::number`], each once: all that a verdict of this policy can give.
    #[must_use]
    pub fn reasons(&self) -> &[Box<str>] {
        &self.reasons
    }

    /// The names of the classes of user agents, by [`UaClass::index`](crate::classify::user_agent::UaClass::index).
    pub fn classes(&self) -> impl Iterator<Item = &str> {
        self.user_agents.classes().map(|(_, name)| name)
    }

    /// Numbers the rules in the order in which they are asked. Rules with one reason, such as the stages of a class, share a number.
    pub(crate) fn number_rules(&mut self) {
        let mut reasons: Vec<Box<str>> = Vec::new();
        let rules = (self.rules.all_mut().into_iter())
            .chain(self.sitemaps.as_mut().map(crate::decide::Sitemaps::rule_mut))
            .chain(self.stages.rules_mut())
            .chain(self.exemptions.rules_mut())
            .chain(self.image_rules.rules_mut())
            .chain(self.limits.rules_mut());
        for rule in rules {
            rule.number = position(&mut reasons, rule);
        }
        self.reasons = reasons.into();
    }
}

fn position(reasons: &mut Vec<Box<str>>, rule: &Rule) -> usize {
    reasons.iter().position(|known| *known == rule.reason).unwrap_or_else(|| {
        reasons.push(rule.reason.clone());
        reasons.len().saturating_sub(1)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_reason_has_its_own_number_and_every_rule_that_of_its_reason() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/policy.yaml");
        let mut policy = Policy::load(&shipped).unwrap();
        let reasons = policy.reasons().to_vec();
        for expected in ["default", "path.robots", "ua.library_default", "sitemap.restricted", "limit.ip"] {
            assert_eq!(reasons.iter().filter(|reason| &***reason == expected).count(), 1, "{expected}");
        }
        for rule in policy.limits.rules_mut().chain(policy.stages.rules_mut()) {
            assert_eq!(reasons[rule.number], rule.reason);
        }
    }
}
