use ipnet::IpNet;

/// The addresses of some prefixes, each counted once.
#[derive(Clone, Debug, Default)]
pub(in crate::classify) struct Extent {
    v4: Vec<Interval>,
    v6: Vec<Interval>,
}

/// First and last address.
type Interval = (u128, u128);

impl Extent {
    pub(in crate::classify) fn of(prefixes: impl IntoIterator<Item = IpNet>) -> Self {
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
    pub(in crate::classify) fn addresses(&self) -> (u128, u128) {
        (count(&self.v4), count(&self.v6))
    }
}

/// First and last address of a prefix.
pub(in crate::classify) fn interval(net: IpNet) -> Interval {
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
}
