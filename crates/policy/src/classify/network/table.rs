use std::net::IpAddr;

use ipnet::IpNet;

use super::extent::interval;
use super::ranges::{Prefix, Ranges};

/// Prefixes and whom each belongs to, by longest prefix.
///
/// IPv4 and IPv6 are kept apart; an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2) is the IPv4 address. A look-up is a
/// binary search over disjoint ranges, 18 comparisons for 100,000 prefixes.
#[derive(Debug, Default)]
pub(in crate::classify) struct PrefixTable {
    v4: Ranges<u32>,
    v6: Ranges<u128>,
}

impl PrefixTable {
    /// Builds the table. No two prefixes are equal; those that nest are fine.
    pub(in crate::classify) fn new(prefixes: impl IntoIterator<Item = (IpNet, u32)>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for (net, owner) in prefixes {
            let (first, last) = interval(net);
            let prefix = Prefix { first, last, owner };
            match net {
                IpNet::V4(_) => v4.push(prefix),
                IpNet::V6(_) => v6.push(prefix),
            }
        }
        Self { v4: Ranges::flatten(v4), v6: Ranges::flatten(v6) }
    }

    /// Whom the longest prefix that holds `ip` belongs to.
    pub(in crate::classify) fn find(&self, ip: IpAddr) -> Option<usize> {
        match ip.to_canonical() {
            IpAddr::V4(ip) => self.v4.find(ip.to_bits()),
            IpAddr::V6(ip) => self.v6.find(ip.to_bits()),
        }
    }

    /// Whether any prefix holds `ip`.
    pub(in crate::classify) fn contains(&self, ip: IpAddr) -> bool {
        self.find(ip).is_some()
    }
}
