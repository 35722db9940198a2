//! Ipblocks → networks. An address belongs to one network, by the longest prefix; in requestctl it may be in several ipblocks.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use super::name::Names;
use super::object::{Object, Placed};

/// Most prefixes of all ipblocks together: as many as a policy takes.
const MAX_PREFIXES: usize = 1_000_000;
/// Longest name of a network.
const MAX_NAME: usize = 64;

/// What a network of a policy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NetworkKind {
    /// Refused.
    Abusive,
    /// Would be refused.
    AbusiveInShadow,
    Client,
    Cloud,
}

impl NetworkKind {
    /// As a policy writes it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Abusive | Self::AbusiveInShadow => "abusive",
            Self::Client => "client",
            Self::Cloud => "cloud",
        }
    }

    /// What the scope of an ipblock is by the conventions of requestctl.
    pub(super) fn of_scope(scope: &str) -> Option<Self> {
        match scope {
            // The scope alone refuses nobody; an action does.
            "abuse" => Some(Self::AbusiveInShadow),
            "cloud" => Some(Self::Cloud),
            "known-clients" => Some(Self::Client),
            _ => None,
        }
    }
}

/// A network of the policy.
#[derive(Clone, Debug)]
pub(super) struct Network {
    /// The ipblock, with its scope.
    pub(super) ipblock: String,
    pub(super) name: String,
    pub(super) kind: NetworkKind,
    pub(super) prefixes: Vec<IpNet>,
    /// What of the ipblock is not in it.
    pub(super) losses: Vec<String>,
    /// Networks that some of its addresses belong to in its place.
    pub(super) pierced_by: BTreeSet<String>,
}

/// The networks of `ipblocks`, each with its kind.
pub(super) fn networks(ipblocks: &[(&Object, NetworkKind)]) -> Vec<Network> {
    let mut names = Names::new([], MAX_NAME, '.');
    let mut networks: Vec<Network> =
        ipblocks.iter().map(|(object, kind)| network(object, *kind, &mut names)).collect();
    let mut order: Vec<usize> = (0..networks.len()).collect();
    order.sort_by_key(|&n| networks.get(n).map(|network| (network.kind, n)));
    let mut owners: HashMap<IpNet, usize> = HashMap::new();
    let mut refused: HashSet<IpNet> = HashSet::new();
    for n in order {
        let Some(network) = networks.get_mut(n) else { continue };
        let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
        network.prefixes.retain(|&net| {
            let owner = owners.get(&net).copied().or_else(|| {
                let inside =
                    supernets(net).find(|wider| refused.contains(wider) && owners.get(wider) != Some(&n))?;
                owners.get(&inside).copied()
            });
            if let Some(owner) = owner {
                let count = taken.entry(owner).or_default();
                *count = count.saturating_add(1);
            } else if owners.len() < MAX_PREFIXES {
                owners.insert(net, n);
                if network.kind == NetworkKind::Abusive {
                    refused.insert(net);
                }
            }
            owner.is_none() && owners.contains_key(&net)
        });
        for (owner, count) in taken {
            let of = ipblocks.get(owner).map(|(object, _)| object.name.clone()).unwrap_or_default();
            if let Some(network) = networks.get_mut(n) {
                network.losses.push(format!(
                    "{count} of its prefixes are in ipblock {of} as well, and belong to that network"
                ));
                network.pierced_by.insert(of);
            }
        }
    }
    find_nested(&mut networks, &owners);
    networks.retain(|network| !network.prefixes.is_empty());
    networks
}

fn network(object: &Object, kind: NetworkKind, names: &mut Names) -> Network {
    let mut losses = Vec::new();
    let mut prefixes = Vec::new();
    let mut seen = HashSet::new();
    for cidr in object.list("cidrs").iter().take(MAX_PREFIXES) {
        match prefix(cidr, kind) {
            Ok(net) if seen.insert(net) => prefixes.push(net),
            Ok(_) => {}
            Err(why) => losses.push(why),
        }
    }
    let wanted = [object.short_name().to_owned(), object.name.replace('/', ".")];
    Network {
        ipblock: object.name.clone(),
        name: names.first_free(&wanted),
        kind,
        prefixes,
        losses,
        pierced_by: BTreeSet::new(),
    }
}

/// Reads a prefix as a policy does: host bits are zero, and what is mapped from IPv4 is IPv4.
fn prefix(cidr: &Placed<String>, kind: NetworkKind) -> Result<IpNet, String> {
    let told = |why: &str| format!("line {}: \"{}\" {why}", cidr.line, cidr.value.escape_debug());
    let net = match (cidr.value.parse::<IpNet>(), cidr.value.parse::<IpAddr>()) {
        (Ok(net), _) => net,
        (Err(_), Ok(ip)) => IpNet::from(ip),
        (Err(_), Err(_)) => return Err(told("is not a prefix")),
    };
    if net.trunc() != net {
        return Err(told("has bits set behind its prefix length"));
    }
    let net = match net {
        IpNet::V6(v6) => {
            let mapped = v6.network().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(96));
            mapped.and_then(|(ip, length)| Ipv4Net::new(ip, length).ok()).map_or(net, IpNet::V4)
        }
        IpNet::V4(_) => net,
    };
    // What policy::classify::network asks of the ranges of one client.
    let shortest = if matches!(net, IpNet::V4(_)) { 8 } else { 19 };
    match kind == NetworkKind::Client && net.prefix_len() < shortest {
        true => Err(told("is too wide for one client")),
        false => Ok(net),
    }
}

/// The prefixes that hold `net`, the longest first, without itself.
fn supernets(net: IpNet) -> impl Iterator<Item = IpNet> {
    std::iter::successors(net.supernet(), IpNet::supernet)
}

/// Notes the networks that are pierced by longer prefixes of others.
fn find_nested(networks: &mut [Network], owners: &HashMap<IpNet, usize>) {
    let mut pierced: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (n, network) in networks.iter().enumerate() {
        for net in &network.prefixes {
            let around = supernets(*net).filter_map(|wider| owners.get(&wider).copied());
            pierced.extend(around.filter(|&outer| outer != n).map(|outer| (outer, n)));
        }
    }
    for (outer, inner) in pierced {
        let of = networks.get(inner).map(|network| network.ipblock.clone()).unwrap_or_default();
        if let Some(network) = networks.get_mut(outer) {
            network.pierced_by.insert(of);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::document::parse_all;
    use crate::import::object::Kind;

    fn of(yaml: &str, kinds: &[NetworkKind]) -> Vec<Network> {
        let objects = parse_all(Kind::Ipblock, "f", yaml).unwrap();
        networks(&objects.iter().zip(kinds.iter().copied()).collect::<Vec<_>>())
    }

    #[test]
    fn a_prefix_of_two_ipblocks_or_inside_of_a_refused_one_belongs_to_the_refused_one() {
        let yaml = "cloud/a:\n  cidrs: [192.0.2.0/24, 198.51.100.128/25, 203.0.113.0/24]\n\
                    abuse/b:\n  cidrs: [192.0.2.0/24, 198.51.100.0/24]\n";
        let read = of(yaml, &[NetworkKind::Cloud, NetworkKind::Abusive]);
        assert_eq!(read[0].prefixes, ["203.0.113.0/24".parse::<IpNet>().unwrap()]);
        assert_eq!(
            read[0].losses,
            ["2 of its prefixes are in ipblock abuse/b as well, and belong to that network"]
        );
        assert_eq!(read[1].prefixes.len(), 2);
    }

    #[test]
    fn a_longer_prefix_of_another_network_pierces() {
        let yaml = "cloud/a:\n  cidrs: [2001:db8::/32]\nclient/b:\n  cidrs: [2001:db8:1::/48]\n";
        let read = of(yaml, &[NetworkKind::Cloud, NetworkKind::Client]);
        assert_eq!(read[0].pierced_by.iter().collect::<Vec<_>>(), ["client/b"]);
        assert!(read[1].pierced_by.is_empty());
    }

    #[test]
    fn what_a_policy_would_not_take_is_told_by_line_and_left_out() {
        let yaml = "known-clients/a:\n  cidrs:\n  - 192.0.2.7/24\n  - nonsense\n  - 0.0.0.0/0\n  - ::ffff:192.0.2.0/120\n  - 192.0.2.0/24\n";
        let read = of(yaml, &[NetworkKind::Client]);
        assert_eq!(read[0].prefixes, ["192.0.2.0/24".parse::<IpNet>().unwrap()]);
        assert_eq!(
            read[0].losses,
            [
                "line 3: \"192.0.2.7/24\" has bits set behind its prefix length",
                "line 4: \"nonsense\" is not a prefix",
                "line 5: \"0.0.0.0/0\" is too wide for one client",
            ]
        );
    }

    #[test]
    fn two_scopes_may_have_the_same_name_and_an_empty_ipblock_is_no_network() {
        let yaml = "cloud/a: {cidrs: [192.0.2.0/24]}\nisp/a: {cidrs: [198.51.100.0/24]}\ncloud/none: {}\n";
        let read = of(yaml, &[NetworkKind::Cloud; 3]);
        assert_eq!(read.iter().map(|network| &*network.name).collect::<Vec<_>>(), ["a", "isp.a"]);
    }
}
