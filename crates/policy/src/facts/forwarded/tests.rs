use proptest::prelude::*;

use super::*;

fn forwarded<'a>(lines: &[&'a str]) -> ForwardedFor<'a> {
    let mut forwarded = ForwardedFor::default();
    lines.iter().for_each(|line| forwarded.push(line.as_bytes()));
    forwarded
}

/// Ours are 10.0.0.0/8 and the addresses of the documentation's 2001:db8:1::/48.
fn is_ours(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.octets()[0] == 10,
        IpAddr::V6(ip) => ip.segments()[..3] == [0x2001, 0xdb8, 1],
    }
}

fn found(peer: &str, lines: &[&str]) -> Option<String> {
    let client = client_address(peer.parse().unwrap(), &forwarded(lines), is_ours);
    client.map(|ip| ip.to_string())
}

#[test]
fn a_peer_that_is_no_proxy_of_ours_is_the_client_whatever_it_says() {
    for lines in [&["10.0.0.1"][..], &["203.0.113.7, 10.0.0.1"], &["unknown"], &[]] {
        assert_eq!(found("198.51.100.2", lines).as_deref(), Some("198.51.100.2"), "{lines:?}");
    }
}

#[test]
fn the_first_from_the_right_that_is_no_proxy_of_ours_is_the_client() {
    for (lines, client) in [
        (&["203.0.113.7"][..], "203.0.113.7"),
        (&["10.9.9.9, 203.0.113.7, 10.0.0.2"], "203.0.113.7"),
        (&["203.0.113.1,203.0.113.7 ,\t10.0.0.2"], "203.0.113.7"),
        (&["10.9.9.9", "203.0.113.7", "10.0.0.2"], "203.0.113.7"),
        (&["10.9.9.9, 203.0.113.7", "10.0.0.2, 10.0.0.3"], "203.0.113.7"),
        (&["unknown, 203.0.113.7"], "203.0.113.7"),
        (&["2001:db8:2::7, 2001:db8:1::9"], "2001:db8:2::7"),
    ] {
        assert_eq!(found("10.0.0.1", lines).as_deref(), Some(client), "{lines:?}");
    }
}

#[test]
fn a_proxy_that_does_not_say_for_whom_it_speaks_makes_nobody_known() {
    // As is every client of a HAProxy whose `option forwardfor` is missing: none of them is the proxy.
    assert_eq!(found("10.0.0.1", &[]), None);
    assert_eq!(found("10.0.0.1", &[""]), None);
}

#[test]
fn a_proxy_that_speaks_for_one_of_ours_alone_makes_that_one_the_client() {
    assert_eq!(found("10.0.0.1", &["10.0.0.7, 10.0.0.2"]).as_deref(), Some("10.0.0.7"));
    assert_eq!(found("10.0.0.1", &["10.0.0.7", "10.0.0.2"]).as_deref(), Some("10.0.0.7"));
}

#[test]
fn an_ipv4_mapped_address_is_the_ipv4_address() {
    assert_eq!(found("::ffff:10.0.0.1", &["203.0.113.7"]).as_deref(), Some("203.0.113.7"));
    assert_eq!(found("::ffff:198.51.100.2", &[]).as_deref(), Some("198.51.100.2"));
    assert_eq!(found("10.0.0.1", &["::ffff:203.0.113.7, ::ffff:10.0.0.2"]).as_deref(), Some("203.0.113.7"));
    assert_eq!(found("10.0.0.1", &["[::ffff:203.0.113.7]:80"]).as_deref(), Some("203.0.113.7"));
}

#[test]
fn a_port_is_no_part_of_the_address() {
    for (entry, client) in [
        ("203.0.113.7:0", "203.0.113.7"),
        ("203.0.113.7:65535", "203.0.113.7"),
        ("[2001:db8:2::7]", "2001:db8:2::7"),
        ("[2001:db8:2::7]:443", "2001:db8:2::7"),
    ] {
        assert_eq!(found("10.0.0.1", &[entry]).as_deref(), Some(client), "{entry}");
    }
}

#[test]
fn nobody_is_known_behind_an_entry_that_is_no_address() {
    for entry in [
        "",
        " ",
        "unknown",
        "_hidden",
        "localhost",
        "unix:",
        "\"203.0.113.7\"",
        "203.0.113.7 203.0.113.8",
        "203.0.113.7:",
        "203.0.113.7:65536",
        "203.0.113.7:+80",
        "203.0.113.7:80:80",
        "203.0.113.07",
        "203.0.113",
        "0xCB007107",
        "203.0.113.7/32",
        "[203.0.113.7]",
        "[203.0.113.7]:80",
        "[2001:db8:2::7",
        "2001:db8:2::7]",
        "[2001:db8:2::7]80",
        "[2001:db8:2::7]:",
        "[2001:db8:2::7]:http",
        "fe80::1%eth0",
        "[fe80::1%1]:80",
        "for=203.0.113.7",
        "203.0.113.7\u{a0}",
    ] {
        assert_eq!(found("10.0.0.1", &[entry]), None, "{entry}");
        let between = format!("203.0.113.7, {entry}, 10.0.0.2");
        assert_eq!(found("10.0.0.1", &[&between]), None, "{between}");
        let left = format!("{entry}, 203.0.113.7, 10.0.0.2");
        assert_eq!(found("10.0.0.1", &[&left]).as_deref(), Some("203.0.113.7"), "{left}");
    }
    assert_eq!(
        client_address(
            "10.0.0.1".parse().unwrap(),
            &ForwardedFor { lines: [b"\xff"; 4], kept: 1, cut: false },
            is_ours
        ),
        None
    );
}

#[test]
fn looks_at_no_more_than_32_entries() {
    let proxies = |n: usize| format!("203.0.113.7{}", ", 10.0.0.2".repeat(n));
    assert_eq!(found("10.0.0.1", &[&proxies(MAX_ENTRIES - 1)]).as_deref(), Some("203.0.113.7"));
    assert_eq!(found("10.0.0.1", &[&proxies(MAX_ENTRIES)]), None);
    assert_eq!(
        found("10.0.0.1", &["10.0.0.2, ".repeat(MAX_ENTRIES - 1).trim_end_matches(", ")]).as_deref(),
        Some("10.0.0.2")
    );
}

#[test]
fn the_last_lines_are_kept_and_those_before_them_not_made_up() {
    let ours = "10.0.0.2";
    assert_eq!(found("10.0.0.1", &["203.0.113.7", ours, ours, ours]).as_deref(), Some("203.0.113.7"));
    assert_eq!(
        found("10.0.0.1", &["10.9.9.9", "203.0.113.7", ours, ours, ours]).as_deref(),
        Some("203.0.113.7")
    );
    assert_eq!(found("10.0.0.1", &["203.0.113.7", ours, ours, ours, ours]), None);
    let many: Vec<&str> = ["10.9.9.9"; 100].into_iter().chain(["203.0.113.7"]).collect();
    assert_eq!(found("10.0.0.1", &many).as_deref(), Some("203.0.113.7"));
}

#[test]
fn debug_output_keeps_what_a_client_sent_to_itself() {
    let printed = format!("{:?}", forwarded(&["203.0.113.7", "10.0.0.2"]));
    assert_eq!(printed, "ForwardedFor { lines: 2, bytes: 19, cut: false }");
}

prop_compose! {
    fn entry()(
        ours in "10\\.0\\.0\\.[1-9]|2001:db8:1::[1-9]|10\\.0\\.0\\.1:80|\\[2001:db8:1::1\\]:80",
        others in "203\\.0\\.113\\.[1-9]|2001:db8:2::[1-9]|::ffff:203\\.0\\.113\\.7",
        neither in "[ -~]{0,12}",
        which in 0..6,
    ) -> String {
        match which {
            0 => others,
            1 => neither,
            _ => ours,
        }
    }
}

proptest! {
    /// A client reaches its first proxy with lines of its own; the proxies then add to them, on the same line or on another.
    #[test]
    fn nothing_that_a_client_sends_changes_who_it_is(
        sent in prop::collection::vec("[ -~]{0,40}", 0..8),
        proxies in prop::collection::vec((1_u8..=9, any::<bool>()), 0..4),
        own_line: bool,
    ) {
        let mut lines = sent;
        let hops = [("203.0.113.7".to_owned(), own_line)].into_iter();
        for (hop, own_line) in hops.chain(proxies.iter().map(|(n, own_line)| (format!("10.0.0.{n}"), *own_line))) {
            match lines.last_mut().filter(|_| !own_line) {
                Some(last) => *last = format!("{last}, {hop}"),
                None => lines.push(hop),
            }
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let client = client_address("10.0.0.9".parse().unwrap(), &forwarded(&lines), is_ours);
        prop_assert_eq!(client, Some("203.0.113.7".parse().unwrap()));
    }

    /// Several lines are one list in their order (RFC 9110 section 5.3).
    #[test]
    fn lines_say_what_one_line_of_them_all_says(lists in prop::collection::vec(prop::collection::vec(entry(), 1..5), 1..=MAX_LINES)) {
        let lines: Vec<String> = lists.iter().map(|list| list.join(", ")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        prop_assert_eq!(found("10.0.0.9", &lines), found("10.0.0.9", &[&lines.join(",")]));
    }

    /// What is found was written there, and nobody left of the first that is not ours is found.
    #[test]
    fn finds_what_a_walk_over_all_entries_finds(entries in prop::collection::vec(entry(), 1..40)) {
        let line = entries.join(", ");
        let mut expected = None;
        let split: Vec<&[u8]> = line.as_bytes().split(|byte| *byte == b',').collect();
        for (n, entry) in split.iter().rev().enumerate() {
            expected = if n < MAX_ENTRIES { parse_entry(entry) } else { None };
            if expected.is_none_or(|ip| !is_ours(ip)) {
                break;
            }
        }
        prop_assert_eq!(found("10.0.0.9", &[&line]), expected.map(|ip| ip.to_string()));
    }
}
