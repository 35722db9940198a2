use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;

use super::ranges::{Prefix, Ranges};

/// A prefix of `length` bits around `address`.
fn prefix(address: u32, length: u32, owner: u32) -> Prefix {
    let host = u32::MAX.checked_shr(length).unwrap_or(0);
    Prefix { first: (address & !host).into(), last: (address | host).into(), owner }
}

fn v4(text: &str) -> u32 {
    match text.parse().unwrap() {
        IpAddr::V4(ip) => Ipv4Addr::to_bits(ip),
        IpAddr::V6(_) => panic!("not IPv4: {text}"),
    }
}

#[test]
fn the_longest_prefix_counts() {
    let ranges = Ranges::<u32>::flatten(vec![
        prefix(v4("10.0.0.0"), 8, 0),
        prefix(v4("10.1.0.0"), 16, 1),
        prefix(v4("10.1.2.0"), 24, 2),
    ]);
    assert_eq!(ranges.find(v4("10.0.255.255")), Some(0));
    assert_eq!(ranges.find(v4("10.1.1.255")), Some(1));
    assert_eq!(ranges.find(v4("10.1.2.0")), Some(2));
    assert_eq!(ranges.find(v4("10.1.2.255")), Some(2));
    assert_eq!(ranges.find(v4("10.1.3.0")), Some(1));
    assert_eq!(ranges.find(v4("10.2.0.0")), Some(0));
    assert_eq!(ranges.find(v4("11.0.0.0")), None);
    assert_eq!(ranges.find(v4("9.255.255.255")), None);
}

#[test]
fn the_first_and_the_last_address_can_be_owned() {
    let ranges = Ranges::<u32>::flatten(vec![prefix(0, 8, 0), prefix(u32::MAX, 8, 1)]);
    assert_eq!(ranges.find(0), Some(0));
    assert_eq!(ranges.find(u32::MAX), Some(1));
    assert_eq!(ranges.find(v4("127.0.0.1")), None);
}

#[test]
fn nothing_is_found_where_there_is_nothing() {
    assert_eq!(Ranges::<u32>::default().find(1), None);
}

proptest! {
    #[test]
    fn finds_what_a_search_through_all_prefixes_finds(
        prefixes in prop::collection::btree_map((any::<u32>(), 0_u32..=32), any::<u16>(), 0..40),
        addresses in prop::collection::vec(any::<u32>(), 40),
    ) {
        // Of two that normalise to the same prefix one would be refused by the compiler: keep the first.
        let mut unique = std::collections::BTreeMap::new();
        for ((address, length), owner) in prefixes {
            let prefix = prefix(address, length, owner.into());
            unique.entry((prefix.first, prefix.last)).or_insert(prefix);
        }
        let prefixes: Vec<Prefix> = unique.into_values().collect();
        let ranges = Ranges::<u32>::flatten(prefixes.clone());
        let edges = prefixes.iter().flat_map(|p| [p.first, p.last, p.first.saturating_sub(1), p.last + 1]);
        let edges = edges.filter_map(|edge| u32::try_from(edge).ok());
        for address in addresses.iter().copied().chain(edges) {
            let expected = prefixes
                .iter()
                .filter(|p| (p.first..=p.last).contains(&u128::from(address)))
                .min_by_key(|p| p.last - p.first)
                .map(|p| usize::try_from(p.owner).unwrap());
            prop_assert_eq!(ranges.find(address), expected, "{}", Ipv4Addr::from_bits(address));
        }
    }
}
