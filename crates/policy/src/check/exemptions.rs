//! Exemptions that have ended, that nobody will look at again, or that lift nothing.

use super::WarningKind::{
    ExemptionEndsSoon, ExemptionExpired, ExemptionUnreachable, ExemptionWithoutEffect, ExemptionWithoutTask,
    ExemptionWithoutUntil,
};
use super::checker::{Checker, MAX_COMPARED};
use crate::Timestamp;
use crate::classify::network::NetworkKind;
use crate::decide::exemption::Exemption;
use crate::document::ExemptionDocument;

impl Checker<'_> {
    pub(super) fn check_exemptions(&mut self) {
        let exemptions: Vec<&Exemption> = self.policy.exemptions.iter().collect();
        for (n, (section, exemption)) in self.document.exemptions.iter().zip(&exemptions).enumerate() {
            let (key, name) = (format!("exemptions[{n}]"), &section.name);
            if self.check_end(section, exemption, &key) {
                continue;
            }
            if section.task.is_none() {
                let message = format!("\"{}\" does not say why: nobody will know when it can go", name.value);
                self.warn(ExemptionWithoutTask, name, &key, message)
                    .hint("name where the reason is kept: task: OPS-1234");
            }
            if let Some(why) = self.lifts_nothing(section, exemption) {
                let message = format!("\"{}\" lifts nothing: {why}", name.value);
                self.warn(ExemptionWithoutEffect, name, &key, message).hint("take it out");
                continue;
            }
            let earlier = exemptions.iter().take(n.min(MAX_COMPARED)).zip(&self.document.exemptions);
            if let Some((_, other)) = earlier.into_iter().find(|(other, _)| other.covers(exemption)) {
                let message = format!(
                    "\"{}\" is never asked: \"{}\" (line {}) holds whenever it does",
                    name.value,
                    other.name.value,
                    other.name.referenced.line()
                );
                self.warn(ExemptionUnreachable, name, &key, message).hint("take it out, or write it first");
            }
        }
    }

    /// Whether the exemption has ended.
    fn check_end(&mut self, section: &ExemptionDocument, exemption: &Exemption, key: &str) -> bool {
        let name = &section.name.value;
        let Some((end, until)) = exemption.ending.as_ref().zip(section.until.as_ref()) else {
            let message = format!("\"{name}\" never ends");
            self.warn(ExemptionWithoutUntil, &section.name, key, message)
                .hint("give it an end, and extend it when it is still needed: until: 2027-03-01");
            return false;
        };
        let key = format!("{key}.until");
        let ended = end.until <= self.now;
        if ended {
            let message = format!("\"{name}\" ended at {}", end.until);
            self.warn(ExemptionExpired, until, key, message).hint("take it out, or give it a later end");
        } else if self.is_soon(end.until) {
            let message = format!("\"{name}\" ends at {}", end.until);
            self.warn(ExemptionEndsSoon, until, key, message)
                .hint("ask whether it is still needed, and extend it then");
        }
        ended
    }

    /// Why no stage is lifted, if that is certain.
    fn lifts_nothing(&self, section: &ExemptionDocument, exemption: &Exemption) -> Option<String> {
        let passes = |name: &&str| {
            let network = self.policy.networks.iter().find(|network| *network.name == **name);
            network
                .is_some_and(|network| matches!(network.kind, NetworkKind::Trusted | NetworkKind::Internal))
        };
        let mut networks = section.networks.iter().map(|name| name.value.as_str()).peekable();
        if networks.peek().is_some() && networks.all(|name| passes(&name)) {
            return Some("whoever is in its networks passes everything anyway".to_owned());
        }
        let classes = self.policy.user_agents.classes().filter(|(class, _)| exemption.concerns(*class));
        let begins =
            classes.filter_map(|(class, _)| self.policy.stages.of(class).first()).map(|stage| stage.from);
        match (begins.min(), exemption.ending.as_ref().map(|ending| ending.until)) {
            (None, _) => Some("no class that it concerns has a stage".to_owned()),
            (Some(first), Some(until)) if until <= first => Some(ends_before(until, first)),
            _ => None,
        }
    }
}

fn ends_before(until: Timestamp, first: Timestamp) -> String {
    format!("it ends at {until}, and the first stage that it concerns begins at {first}")
}
