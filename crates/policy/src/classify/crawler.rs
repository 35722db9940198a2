//! Known crawlers: whoever says in the user agent that it is one, and sends from its addresses.
//!
//! Either alone proves nothing. Anybody can write `Googlebot`; and a range that a crawler sends from may serve other users of its
//! operator, whose requests are no crawler's.

mod compile;

#[cfg(test)]
mod tests;

use std::net::IpAddr;

use limits::Quota;

use super::network::{PrefixTable, RangeFile};
use super::user_agent::MAX_EXAMINED_BYTES;
use super::user_agent::substrings::Substrings;
use crate::verdict::Place;

/// Most crawlers of a policy: each has a bit.
pub const MAX_CRAWLERS: usize = 64;

/// The known crawlers of a policy.
#[derive(Debug)]
pub struct Crawlers {
    /// In the order of the policy; the position is the label of the user agents.
    crawlers: Vec<Crawler>,
    user_agents: Substrings,
    files: Vec<RangeFile>,
}

/// A known crawler.
#[derive(Debug)]
pub struct Crawler {
    /// Its name in labels.
    pub id: Box<str>,
    /// What all requests of the verified crawler together may be; `None` for no limit of their own.
    pub quota: Option<Quota>,
    /// Where it stands in the policy.
    pub(crate) place: Place,
    /// Ranges of different crawlers may overlap, so each has its own.
    prefixes: PrefixTable,
}

/// What a request is, by what its user agent says and where it comes from.
#[derive(Clone, Copy, Debug)]
pub enum Identity<'c> {
    /// The crawler that it says it is.
    Verified(&'c Crawler),
    /// Says that it is this crawler, and comes from elsewhere.
    Impostor(&'c Crawler),
    /// Says nothing of the kind, or comes from an address that is not known.
    Nobody,
}

impl Crawlers {
    /// Who sends a request with this user agent from this address.
    ///
    /// Where the user agent names several crawlers, it is verified if it comes from any of them, and else an impostor of the
    /// first in the policy. Without an address nobody is verified, and nobody accused. Of the user agent the first
    /// [`MAX_EXAMINED_BYTES`] are read, in one pass; nothing is allocated.
    #[must_use]
    pub fn identify(&self, user_agent: Option<&[u8]>, ip: Option<IpAddr>) -> Identity<'_> {
        let (Some(user_agent), Some(ip), false) = (user_agent, ip, self.crawlers.is_empty()) else {
            return Identity::Nobody;
        };
        let labels = self.user_agents.labels(user_agent.get(..MAX_EXAMINED_BYTES).unwrap_or(user_agent));
        if labels.is_empty() {
            return Identity::Nobody;
        }
        let claimed = (0..).zip(&self.crawlers).filter(|(label, _)| labels.contains(*label));
        let mut claimed = claimed.map(|(_, crawler)| crawler);
        match claimed.clone().find(|crawler| crawler.prefixes.contains(ip)) {
            Some(crawler) => Identity::Verified(crawler),
            None => claimed.next().map_or(Identity::Nobody, Identity::Impostor),
        }
    }

    /// The crawlers, in the order of the policy.
    pub fn iter(&self) -> impl Iterator<Item = &Crawler> {
        self.crawlers.iter()
    }

    /// The files that ranges were read from, in the order of the section.
    #[must_use]
    pub fn files(&self) -> &[RangeFile] {
        &self.files
    }
}
