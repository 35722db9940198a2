//! Networks: what is known of an address.

mod compile;
mod ranges;

use std::net::IpAddr;

pub use crate::document::NetworkKind;
use ranges::Ranges;

/// The networks of a policy, by longest prefix.
///
/// IPv4 and IPv6 are kept apart; an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2) is the IPv4 address. A look-up is a
/// binary search over disjoint ranges, 17 comparisons for 100,000 prefixes.
#[derive(Debug, Default)]
pub struct Networks {
    networks: Vec<Network>,
    v4: Ranges<u32>,
    v6: Ranges<u128>,
}

/// A named network.
#[derive(Debug, PartialEq, Eq)]
pub struct Network {
    /// The name that labels print.
    pub name: Box<str>,
    /// What the network is.
    pub kind: NetworkKind,
    /// Whether an abusive network is let pass all the same, and the verdict only says what would have been.
    pub shadow: bool,
}

impl Networks {
    /// The network with the longest prefix that holds `ip`.
    #[must_use]
    pub fn find(&self, ip: IpAddr) -> Option<&Network> {
        let index = match ip.to_canonical() {
            IpAddr::V4(ip) => self.v4.find(ip.to_bits()),
            IpAddr::V6(ip) => self.v6.find(ip.to_bits()),
        };
        index.and_then(|index| self.networks.get(index))
    }

    /// The names of all networks.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.networks.iter().map(|network| &*network.name)
    }
}

impl Network {
    /// The first label of `X-Provenance`.
    #[must_use]
    pub fn label(&self) -> (&'static str, &str) {
        match self.kind {
            NetworkKind::Trusted => ("net", "trusted"),
            NetworkKind::Internal => ("net", "internal"),
            NetworkKind::Cloud => ("cloud", &self.name),
            NetworkKind::Abusive => ("abuse", &self.name),
            NetworkKind::Client => ("client", &self.name),
        }
    }
}

#[cfg(test)]
mod tests;
