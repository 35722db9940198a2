//! Networks that take addresses from each other, prefixes that decide nothing, and prefixes that hold too much.

use std::collections::HashMap;

use ipnet::{IpNet, Ipv6Net};
use serde_saphyr::Spanned;

use super::WarningKind::{NetworkOverlap, PrefixCovered, PrefixRedundant, PrefixWide};
use super::checker::Checker;
use super::prefixes::{Found, Named, nesting};
use crate::classify::network::{NetworkKind, Shortest, parse_prefix};
use crate::document::NetworkDocument;

/// The first of the prefixes that one network takes from another, the prefix that it lies in, and how many there are.
struct Overlap {
    inner: Named,
    outer: Named,
    count: usize,
}

impl<'c> Checker<'c> {
    pub(super) fn check_networks(&mut self) {
        self.check_widths();
        let mut overlaps = HashMap::new();
        nesting(self.prefixes(), |found| match found {
            Found::Within(inner, outer) if inner.network == outer.network => {
                self.warn_of_repetition(inner, outer);
            }
            Found::Within(inner, outer) => note_overlap(&mut overlaps, inner, outer),
            Found::Covered(named) => self.warn_of_cover(named),
        });
        let mut overlaps: Vec<Overlap> = overlaps.into_values().collect();
        overlaps.sort_by_key(|overlap| (overlap.inner.network, overlap.outer.network));
        for overlap in overlaps {
            self.warn_of_overlap(&overlap);
        }
    }

    fn prefixes(&self) -> Vec<Named> {
        let mut prefixes = Vec::new();
        for (network, section) in self.document.networks.iter().enumerate() {
            let cidrs = section.cidrs.iter().enumerate();
            prefixes.extend(cidrs.filter_map(|(index, cidr)| {
                let net = parse_prefix(&cidr.value).ok()?;
                Some(Named { net, network, in_file: false, index })
            }));
            let listed =
                self.ranges(section.file.as_ref()).into_iter().flat_map(|list| list.nets()).enumerate();
            prefixes.extend(listed.map(|(index, net)| Named { net, network, in_file: true, index }));
        }
        prefixes
    }

    fn network(&self, named: Named) -> Option<&'c NetworkDocument> {
        self.document.networks.get(named.network)
    }

    /// The place of a prefix that stands in the policy itself. What a file lists is others' to tidy up.
    fn cidr(&self, named: Named) -> Option<&'c Spanned<String>> {
        self.network(named).filter(|_| !named.in_file)?.cidrs.get(named.index)
    }

    fn warn_of_repetition(&mut self, inner: Named, outer: Named) {
        let Some(cidr) = self.cidr(inner) else { return };
        let message = match inner.net == outer.net {
            true => format!("{} is given twice in this network", inner.net),
            false => format!("{} lies within {} of the same network", inner.net, outer.net),
        };
        self.warn(PrefixRedundant, cidr, key_of(inner), message).hint("take it out");
    }

    fn warn_of_cover(&mut self, named: Named) {
        let Some(cidr) = self.cidr(named) else { return };
        let message = format!("{} decides nothing: longer prefixes hold all its addresses", named.net);
        self.warn(PrefixCovered, cidr, key_of(named), message).hint("the longest prefix counts; take it out");
    }

    fn warn_of_overlap(&mut self, Overlap { inner, outer, count }: &Overlap) {
        let Some((taker, loser)) = self.network(*inner).zip(self.network(*outer)) else { return };
        let Some(consequence) = consequence(loser, taker) else { return };
        let others = match count {
            1 => String::new(),
            more => format!(", and so for {} more", more - 1),
        };
        let message = format!(
            "{} lies within {} of \"{}\" ({}): its addresses {consequence}{others}",
            inner.net,
            outer.net,
            loser.name.value,
            self.place_of(*outer)
        );
        let hint =
            "the longest prefix counts; if it is meant, write the wider prefix without these addresses";
        match (self.cidr(*inner), self.ranges(taker.file.as_ref())) {
            (Some(cidr), _) => self.warn(NetworkOverlap, cidr, key_of(*inner), message),
            (None, Some(list)) => {
                let (at, entry) = list.place(inner.index);
                self.warn_at(NetworkOverlap, at, entry, message)
            }
            (None, None) => {
                self.warn(NetworkOverlap, &taker.name, format!("networks[{}]", inner.network), message)
            }
        }
        .hint(hint);
    }

    /// Where a prefix stands, for a sentence.
    fn place_of(&self, named: Named) -> String {
        if let Some(cidr) = self.cidr(named) {
            return format!("line {}", cidr.referenced.line());
        }
        let list = self.network(named).and_then(|section| self.ranges(section.file.as_ref()));
        let place = list.map(|list| list.place(named.index));
        place.map_or_else(String::new, |(at, key)| format!("{at} {key}").trim_end().to_owned())
    }

    fn check_widths(&mut self) {
        let document = self.document;
        for (n, section) in document.networks.iter().enumerate() {
            for (m, cidr) in section.cidrs.iter().enumerate() {
                self.check_width(cidr, format!("networks[{n}].cidrs[{m}]"));
            }
            let Some(list) = self.ranges(section.file.as_ref()) else { continue };
            if let Some((index, net)) = list.nets().enumerate().find(|(_, net)| is_wide(*net)) {
                let (at, key) = list.place(index);
                self.warn_at(PrefixWide, at, key, too_wide(net)).hint(HINT);
            }
        }
        for (n, value) in document.trusted_proxies.iter().enumerate() {
            self.check_width(value, format!("trusted_proxies[{n}]"));
        }
    }

    fn check_width(&mut self, cidr: &Spanned<String>, key: String) {
        if let Some(net) = parse_prefix(&cidr.value).ok().filter(|net| is_wide(*net)) {
            self.warn(PrefixWide, cidr, key, too_wide(net)).hint(HINT);
        }
    }
}

/// The key of a prefix that stands in the policy itself.
fn key_of(named: Named) -> String {
    format!("networks[{}].cidrs[{}]", named.network, named.index)
}

const HINT: &str = "write the addresses that are meant: many others are in there";

fn too_wide(net: IpNet) -> String {
    format!("{net} is wider than any registry hands out (IPv4 /8, IPv6 /19)")
}

/// Whether a prefix holds more than anybody has; that of all unique local addresses (RFC 4193 section 3.1) is everybody's.
fn is_wide(net: IpNet) -> bool {
    /// `fc00::/7`, its first 16 bits and its length.
    const UNIQUE_LOCAL: (u16, u8) = (0xfc00, 7);
    let is_local = |net: Ipv6Net| {
        net.prefix_len() >= UNIQUE_LOCAL.1
            && net.network().segments().first().is_some_and(|first| first & 0xfe00 == UNIQUE_LOCAL.0)
    };
    Shortest::CLIENT.check(net).is_err() && !matches!(net, IpNet::V6(net) if is_local(net))
}

fn note_overlap(overlaps: &mut HashMap<(usize, usize), Overlap>, inner: Named, outer: Named) {
    let overlap =
        overlaps.entry((inner.network, outer.network)).or_insert(Overlap { inner, outer, count: 0 });
    overlap.count = overlap.count.saturating_add(1);
    if (inner.in_file, inner.index) < (overlap.inner.in_file, overlap.inner.index) {
        (overlap.inner, overlap.outer) = (inner, outer);
    }
}

/// What becomes of the addresses that `taker` takes from `loser` by a longer prefix, where that is against what `loser` says.
///
/// A narrower prefix is how an exception is written. None from a `cloud`, which says nothing of its own; and from a `client` only
/// that which a `cloud` takes, a list that knows nothing of clients.
fn consequence(loser: &NetworkDocument, taker: &NetworkDocument) -> Option<&'static str> {
    use NetworkKind::{Abusive, Client, Cloud, Internal, Trusted};
    let in_shadow = |network: &NetworkDocument| network.shadow.as_ref().is_some_and(|shadow| shadow.value);
    match (loser.kind, taker.kind) {
        (Trusted | Internal, Abusive) => Some("are refused, although the wider one passes everything"),
        (Trusted | Internal, Cloud | Client) => Some("do not pass, although the wider one passes everything"),
        (Abusive, _) if in_shadow(loser) => None,
        (Abusive, Trusted | Internal) => Some("pass everything, although the wider one is refused"),
        (Abusive, Cloud | Client) => Some("are not refused, although the wider one is"),
        (Abusive, Abusive) if in_shadow(taker) => {
            Some("are not refused, although the wider one is: it is in shadow")
        }
        (Client, Cloud) => Some("do not count as the client's"),
        (Trusted | Internal, Trusted | Internal)
        | (Abusive, Abusive)
        | (Client, Trusted | Internal | Abusive | Client)
        | (Cloud, _) => None,
    }
}
