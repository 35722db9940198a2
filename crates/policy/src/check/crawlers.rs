//! Crawlers that can never be verified, or that browsers could be taken for.

use super::WarningKind::{
    CrawlerInAbusiveNetwork, CrawlerNeverVerified, CrawlerUserAgentInBrowsers, CrawlerUserAgentRedundant,
};
use super::browsers::{Browser, browsers};
use super::checker::Checker;
use crate::classify::network::{Extent, NetworkKind, parse_prefix};
use crate::document::CrawlerDocument;

impl Checker<'_> {
    pub(super) fn check_crawlers(&mut self) {
        let crawlers = &self.document.crawlers;
        let browsers: Vec<Browser> = browsers().collect();
        let extents: Vec<Extent> =
            crawlers.iter().map(|crawler| Extent::of(self.prefixes_of(crawler))).collect();
        for (n, (crawler, extent)) in crawlers.iter().zip(&extents).enumerate() {
            self.check_refused(n, crawler);
            self.check_user_agents(n, crawler, &browsers);
            let mut earlier = crawlers.iter().zip(&extents).take(n);
            let taker = earlier.find(|(other, theirs)| takes_names(other, crawler) && theirs.covers(extent));
            if let Some((other, _)) = taker {
                let message = format!(
                    "\"{}\" is never verified: \"{}\", which stands before it, \
                     takes each of its user agents and has all its addresses",
                    crawler.id.value, other.id.value
                );
                self.warn(CrawlerNeverVerified, &crawler.id, format!("crawlers[{n}]"), message)
                    .hint("write the crawler with the longer user agent first");
            }
        }
    }

    fn prefixes_of(&self, crawler: &CrawlerDocument) -> Vec<ipnet::IpNet> {
        let cidrs = crawler.cidrs.iter().filter_map(|cidr| parse_prefix(&cidr.value).ok());
        let listed = self.ranges(crawler.file.as_ref()).into_iter().flat_map(|list| list.nets());
        cidrs.chain(listed).collect()
    }

    fn check_refused(&mut self, n: usize, crawler: &CrawlerDocument) {
        let refused = self.prefixes_of(crawler).into_iter().find_map(|net| {
            let network = self.policy.networks.find(net.network())?;
            (network.kind == NetworkKind::Abusive && !network.shadow).then_some((net, &network.name))
        });
        if let Some((net, network)) = refused {
            let message = format!(
                "\"{}\" is refused when it comes from {}: that is in \"{network}\", a network of kind abusive",
                crawler.id.value,
                net.network()
            );
            self.warn(CrawlerInAbusiveNetwork, &crawler.id, format!("crawlers[{n}]"), message)
                .hint("take the crawler's addresses out of the network, or give them one of kind client");
        }
    }

    fn check_user_agents(&mut self, n: usize, crawler: &CrawlerDocument, browsers: &[Browser]) {
        for (m, text) in crawler.user_agents.iter().enumerate() {
            let key = format!("crawlers[{n}].user_agents[{m}]");
            let shorter = crawler
                .user_agents
                .iter()
                .find(|other| other.value != text.value && text.value.contains(other.value.as_str()));
            if let Some(shorter) = shorter {
                let message = format!("\"{}\" has \"{}\" in it, which is enough", text.value, shorter.value);
                self.warn(CrawlerUserAgentRedundant, text, &key, message).hint("take one of them out");
            }
            if let Some(browser) = browsers.iter().find(|browser| browser.has(&text.value)) {
                let message = format!(
                    "browsers have \"{}\" in their user agent, and would be impostors of \"{}\": {}",
                    text.value,
                    crawler.id.value,
                    browser.user_agent()
                );
                self.warn(CrawlerUserAgentInBrowsers, text, &key, message)
                    .hint("write the crawler's own name, with its slash: examplebot/");
            }
        }
    }
}

/// Whether each user agent of `crawler` has one of `other` in it.
fn takes_names(other: &CrawlerDocument, crawler: &CrawlerDocument) -> bool {
    crawler
        .user_agents
        .iter()
        .all(|text| other.user_agents.iter().any(|shorter| text.value.contains(shorter.value.as_str())))
}
