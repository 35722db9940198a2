//! What the agent says of its verdicts when it stops.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in the functions of a test too, a panic is the report"
)]

use std::net::Ipv4Addr;

use e2e::{Ask, Chain, Setup};

const POLICY: &str = "
networks: [{ name: scrapers, kind: abusive, shadow: true, cidrs: [198.51.100.0/24] }]
user_agents:
  classes: user-agents.yaml
  stages: { library_default: [{ from: 2025-08-11, block: true }] }
limits:
  - { name: tight, key: ip, rate: 2/h, shadow: true }
  - { name: ip, key: ip, rate: 3/h }
";

/// The number behind `name=` in a line of the log.
fn number(line: &str, name: &str) -> u64 {
    let value = line.split(' ').find_map(|field| field.strip_prefix(&format!("{name}=")));
    value.unwrap_or_else(|| panic!("no {name} in {line}")).parse().unwrap()
}

#[test]
fn the_counts_at_the_end_are_those_of_what_was_sent() {
    let mut chain = Chain::start(&Setup::written(POLICY).patient()).unwrap();
    let send = |ask: Ask<'_>, count| ask.repeat(&chain, count).unwrap();
    send(Ask::library(Ipv4Addr::new(203, 0, 113, 1)), 7);
    send(Ask::browser(Ipv4Addr::new(203, 0, 113, 2)), 5);
    send(Ask::browser(Ipv4Addr::new(198, 51, 100, 1)), 2);

    let log = chain.stop_agent().unwrap();
    let line = log.lines().find(|line| line.contains(" decided ")).unwrap_or_else(|| panic!("{log}"));
    let counted = ["denied", "limited", "allowed", "would_deny", "would_limit", "undecided"];
    // Three of five are within the limit, of which the third exceeds the one in shadow; so do the two that are refused.
    assert_eq!(counted.map(|name| number(line, name)), [7, 2, 5, 2, 3, 0], "{line}");
    assert!(log.trim_end().ends_with("stopped"), "{log}");
}
