use super::WarningKind::SitemapsForEverybody;
use super::checker::Checker;
use crate::classify::Tier;
use crate::classify::network::NetworkKind::{Abusive, Internal, Trusted};

impl Checker<'_> {
    /// A gate that lets in every tier that there is.
    pub(super) fn check_sitemaps(&mut self) {
        let sections = self.document.sitemaps.as_ref().zip(self.policy.sitemaps());
        let Some((section, sitemaps)) = sections else { return };
        let there_is = [
            (Tier::A, self.has_network(&[Trusted, Internal])),
            (Tier::B, self.policy.crawlers.iter().next().is_some()),
            (Tier::C, self.policy.sessions.is_some()),
            (Tier::D, true),
            (Tier::E, true),
            (Tier::F, self.has_network(&[Abusive])),
        ];
        let lets_all_in = there_is.into_iter().all(|(tier, exists)| !exists || sitemaps.lets_in(tier));
        if let Some(tiers) = section.tiers.as_ref().filter(|_| lets_all_in) {
            let message = "every tier that this policy has is let in: nobody is refused";
            self.warn(SitemapsForEverybody, tiers, "sitemaps.tiers", message)
                .hint("leave out those who are to be refused, or the whole section");
        }
    }
}
