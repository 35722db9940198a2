//! Section `provenance`: sources, rewrites and rules that never count.

use super::WarningKind::{
    ImageRuleNeverHolds, ImageRuleUnreachable, RewriteUnreachable, SourceWithoutGenerators,
};
use super::checker::{Checker, MAX_COMPARED};
use crate::document::ProvenanceDocument;
use crate::seal::{Provenance, SealStatus};

impl Checker<'_> {
    pub(super) fn check_images(&mut self) {
        let sections = self.document.provenance.as_ref().zip(self.policy.provenance());
        let Some((section, provenance)) = sections else { return };
        for (name, _) in section.sources.0.iter().filter(|(_, source)| source.generators.is_empty()) {
            let message =
                format!("no generator belongs to \"{}\", so that no URL is of this source", name.value);
            self.warn(SourceWithoutGenerators, name, format!("provenance.sources.{}", name.value), message)
                .hint("name its generators, or take it out");
        }
        let mut patterns = std::collections::HashMap::new();
        for (n, rewrite) in section.rewrites.iter().enumerate() {
            let pattern = &rewrite.pattern;
            if let Some(line) = patterns.insert(pattern.value.as_str(), pattern.referenced.line()) {
                let message = format!("the same pattern as on line {line}, which takes each path first");
                let key = format!("provenance.rewrites[{n}].pattern");
                self.warn(RewriteUnreachable, pattern, key, message).hint("take one of them out");
            }
        }
        self.check_rules(section, provenance);
    }

    fn check_rules(&mut self, section: &ProvenanceDocument, provenance: &Provenance) {
        let rules = &self.policy.image_rules;
        for (n, (document, rule)) in section.rules.iter().zip(rules.iter()).enumerate().take(MAX_COMPARED) {
            let key = format!("provenance.rules[{n}]");
            let name = &document.name;
            let obstacles = rule.obstacles(provenance);
            if !obstacles.is_empty() {
                let message = format!("\"{}\" never holds: {}", name.value, by_reason(&obstacles));
                self.warn(ImageRuleNeverHolds, name, key, message).hint(
                    "take it out, or loosen its conditions; a rule that waits for keys can stand in shadow",
                );
            } else if rules.is_unreachable(n, provenance) {
                let message = format!(
                    "\"{}\" decides nothing: the rules before it decide whenever it could",
                    name.value
                );
                self.warn(ImageRuleUnreachable, name, key, message).hint("write the narrower rule first");
            }
        }
    }
}

/// The statuses that have one reason together: `stale, valid: needs a key`.
fn by_reason(obstacles: &[(SealStatus, &'static str)]) -> String {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for (status, why) in obstacles {
        match reasons.iter_mut().find(|(reason, _)| reason == why) {
            Some((_, statuses)) => statuses.push(status.as_str()),
            None => reasons.push((why, vec![status.as_str()])),
        }
    }
    let shown = reasons.iter().map(|(why, statuses)| format!("{} {why}", statuses.join(" or ")));
    shown.collect::<Vec<_>>().join(", ")
}
