use ipnet::IpNet;

/// The addresses of some prefixes, each counted once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extent {
    v4: Vec<Interval>,
    v6: Vec<Interval>,
}

/// First and last address.
type Interval = (u128, u128);

impl Extent {
    pub(crate) fn of(prefixes: impl IntoIterator<Item = IpNet>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for net in prefixes {
            match net {
                IpNet::V4(_) => v4.push(interval(net)),
                IpNet::V6(_) => v6.push(interval(net)),
            }
        }
        Self { v4: merged(v4), v6: merged(v6) }
    }

    /// How many IPv4 and how many IPv6 addresses.
    pub(crate) fn addresses(&self) -> (u128, u128) {
        (count(&self.v4), count(&self.v6))
    }

    /// Whether all addresses of `other` are among these.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        all_within(&other.v4, &self.v4) && all_within(&other.v6, &self.v6)
    }
}

/// First and last address of a prefix.
pub(crate) fn interval(net: IpNet) -> Interval {
    match net {
        IpNet::V4(net) => (net.network().to_bits().into(), net.broadcast().to_bits().into()),
        IpNet::V6(net) => (net.network().to_bits(), net.broadcast().to_bits()),
    }
}

/// The same addresses in ascending intervals that neither overlap nor touch.
fn merged(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.sort_unstable();
    let mut merged: Vec<Interval> = Vec::new();
    for (first, last) in intervals {
        match merged.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            _ => merged.push((first, last)),
        }
    }
    merged
}

/// Saturates: all of IPv6 is one more than a `u128` can say.
fn count(intervals: &[Interval]) -> u128 {
    let sizes = intervals.iter().map(|(first, last)| last.saturating_sub(*first).saturating_add(1));
    sizes.fold(0, u128::saturating_add)
}

fn all_within(inner: &[Interval], outer: &[Interval]) -> bool {
    inner.iter().all(|(first, last)| {
        let before = outer.partition_point(|(start, _)| start <= first);
        before.checked_sub(1).and_then(|at| outer.get(at)).is_some_and(|(_, end)| last <= end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(prefixes: &[&str]) -> Extent {
        Extent::of(prefixes.iter().map(|net| net.parse().unwrap()))
    }

    #[test]
    fn an_address_that_two_prefixes_hold_counts_once() {
        let nested =
            extent(&["192.0.2.0/24", "192.0.2.64/26", "198.51.100.0/32", "2001:db8::/64", "2001:db8::/64"]);
        assert_eq!(nested.addresses(), (257, 1 << 64));
        assert_eq!(extent(&["::/0", "0.0.0.0/0"]).addresses(), (1 << 32, u128::MAX));
        assert_eq!(extent(&[]).addresses(), (0, 0));
    }

    #[test]
    fn one_covers_another_if_it_has_all_its_addresses() {
        let halves = extent(&["192.0.2.0/25", "192.0.2.128/25"]);
        assert!(halves.covers(&extent(&["192.0.2.0/24"])), "neighbours count as one");
        assert!(halves.covers(&halves) && halves.covers(&extent(&[])));
        for other in ["192.0.2.0/23", "192.0.3.0/32", "192.0.1.255/32", "::c000:200/128"] {
            assert!(!halves.covers(&extent(&[other])), "{other}");
        }
    }
}
