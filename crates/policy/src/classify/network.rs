//! Networks: what is known of an address.

mod compile;
mod extent;
mod prefix;
mod range_file;
mod ranges;
mod table;
mod trusted_proxies;

use std::net::IpAddr;

pub use crate::document::NetworkKind;
pub(crate) use extent::{Extent, interval};
pub(crate) use prefix::{Shortest, parse_prefix};
pub use range_file::RangeFile;
pub(crate) use range_file::{RangeFiles, RangeList};
pub(super) use table::PrefixTable;
pub(crate) use trusted_proxies::TrustedProxies;

/// The networks of a policy, by longest prefix.
#[derive(Debug, Default)]
pub struct Networks {
    networks: Vec<Network>,
    table: PrefixTable,
    files: Vec<RangeFile>,
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
        self.table.find(ip).and_then(|index| self.networks.get(index))
    }

    /// All networks, in the order of the policy.
    pub fn iter(&self) -> impl Iterator<Item = &Network> {
        self.networks.iter()
    }

    /// The names of all networks.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.networks.iter().map(|network| &*network.name)
    }

    /// The files that prefixes were read from, in the order of the section.
    #[must_use]
    pub fn files(&self) -> &[RangeFile] {
        &self.files
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
