use ipnet::IpNet;

use crate::classify::network::interval;

/// A prefix, the network that names it, and where: the index in `cidrs`, or in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    pub(super) net: IpNet,
    pub(super) network: usize,
    pub(super) in_file: bool,
    pub(super) index: usize,
}

/// How a prefix lies to the others.
#[derive(Debug)]
pub(super) enum Found {
    /// The first lies within the second, the narrowest that holds it.
    Within(Named, Named),
    /// Longer prefixes of other networks hold each of its addresses.
    Covered(Named),
}

/// A prefix whose end has not been reached, and how many of its addresses longer ones of other networks have taken.
struct Open {
    named: Named,
    taken: u128,
}

/// Tells of each prefix how it lies to the others, in time n log n. Two prefixes never overlap in part: either one holds the other or
/// they have nothing in common.
pub(super) fn nesting(mut prefixes: Vec<Named>, mut tell: impl FnMut(Found)) {
    // Of two that are equal, the one of a file first: the other is what a person can take out.
    prefixes.sort_unstable_by_key(|named| {
        let (first, last) = interval(named.net);
        (is_v6(named.net), first, std::cmp::Reverse(last), !named.in_file, named.index)
    });
    let mut open = Vec::<Open>::new();
    for named in prefixes {
        while let Some(closed) = open.pop_if(|outer| !holds(outer.named.net, named.net)) {
            covered(&closed).into_iter().for_each(&mut tell);
        }
        if let Some(outer) = open.last_mut() {
            tell(Found::Within(named, outer.named));
            if outer.named.net == named.net {
                continue;
            }
            if outer.named.network != named.network {
                outer.taken = outer.taken.saturating_add(size(named.net));
            }
        }
        open.push(Open { named, taken: 0 });
    }
    open.iter().filter_map(covered).for_each(tell);
}

fn covered(closed: &Open) -> Option<Found> {
    (closed.taken >= size(closed.named.net)).then_some(Found::Covered(closed.named))
}

fn holds(outer: IpNet, inner: IpNet) -> bool {
    is_v6(outer) == is_v6(inner) && interval(outer).1 >= interval(inner).1
}

fn is_v6(net: IpNet) -> bool {
    matches!(net, IpNet::V6(_))
}

/// Saturates: all of IPv6 is one more than a `u128` can say.
fn size(net: IpNet) -> u128 {
    let (first, last) = interval(net);
    last.saturating_sub(first).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of prefixes each of which is a network of its own.
    fn told(prefixes: &[&str]) -> Vec<String> {
        told_of(prefixes, |index| index)
    }

    fn told_of(prefixes: &[&str], network: impl Fn(usize) -> usize) -> Vec<String> {
        let named = |(index, net): (usize, &&str)| Named {
            net: net.parse().unwrap(),
            network: network(index),
            in_file: false,
            index,
        };
        let mut found = Vec::new();
        nesting(prefixes.iter().enumerate().map(named).collect(), |one| found.push(one));
        found
            .into_iter()
            .map(|found| match found {
                Found::Within(inner, outer) => format!("{} in {}", inner.net, outer.net),
                Found::Covered(named) => format!("{} covered", named.net),
            })
            .collect()
    }

    #[test]
    fn the_narrowest_that_holds_a_prefix_is_told() {
        assert_eq!(
            told(&["10.1.2.0/24", "10.0.0.0/8", "10.1.0.0/16", "11.0.0.0/8", "::a00:0/104"]),
            ["10.1.0.0/16 in 10.0.0.0/8", "10.1.2.0/24 in 10.1.0.0/16"]
        );
    }

    #[test]
    fn a_prefix_is_covered_if_longer_ones_have_all_its_addresses() {
        assert_eq!(
            told(&["::/0", "::/1", "8000::/1", "192.0.2.0/24", "192.0.2.0/25", "192.0.2.128/26"]),
            [
                "192.0.2.0/25 in 192.0.2.0/24",
                "192.0.2.128/26 in 192.0.2.0/24",
                "::/1 in ::/0",
                "8000::/1 in ::/0",
                "::/0 covered"
            ]
        );
    }

    #[test]
    fn a_network_takes_nothing_from_itself() {
        let halves = ["192.0.2.0/24", "192.0.2.0/25", "192.0.2.128/25"];
        assert!(!told_of(&halves, |_| 0).iter().any(|found| found.ends_with("covered")));
        assert!(told(&halves).iter().any(|found| found.ends_with("covered")));
    }

    #[test]
    fn one_that_is_given_twice_takes_nothing_from_itself() {
        assert_eq!(told(&["192.0.2.0/24", "192.0.2.0/24"]), ["192.0.2.0/24 in 192.0.2.0/24"]);
    }

    proptest::proptest! {
        /// Sixteen addresses, cut in all ways.
        #[test]
        fn what_is_told_is_what_a_look_at_every_address_finds(
            cuts in proptest::collection::vec((0_u8..16, 28_u8..33), 1..12),
        ) {
            let mut nets: Vec<IpNet> =
                cuts.iter().map(|(last, bits)| IpNet::new([192, 0, 2, *last].into(), *bits).unwrap().trunc()).collect();
            nets.sort();
            nets.dedup();
            let addresses = (0..16).map(|last| std::net::IpAddr::from([192, 0, 2, last]));
            let narrowest = |address| {
                let holding = nets.iter().filter(|net| net.contains(&address));
                holding.max_by_key(|net| net.prefix_len())
            };
            let mut expected = Vec::new();
            for net in &nets {
                let outer = nets.iter().filter(|outer| outer != &net && outer.contains(net));
                expected.extend(outer.max_by_key(|net| net.prefix_len()).map(|outer| format!("{net} in {outer}")));
                let mut within = addresses.clone().filter(|address| net.contains(address));
                let is_covered = within.all(|address| narrowest(address) != Some(net));
                expected.extend(is_covered.then(|| format!("{net} covered")));
            }
            let texts: Vec<String> = nets.iter().map(IpNet::to_string).collect();
            let mut found = told(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            found.sort();
            expected.sort();
            proptest::prop_assert_eq!(found, expected);
        }
    }
}
