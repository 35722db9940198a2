//! A policy that is put in the place of another while requests come.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in the functions of a test too, a panic is the report"
)]

use std::fs;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use e2e::{Ask, Chain, Setup};

const PREFIXES: u32 = 100_000;
const PATIENCE: Duration = Duration::from_secs(60);

/// The policy with a network that is known for abuse, of many prefixes, the client's among them.
fn with_network(policy: &str) -> (String, String) {
    let octet = |n: u32, shift: u32| n >> shift & 255;
    let others = (0..PREFIXES).map(|n| format!("10.{}.{}.{}/32\n", octet(n, 16), octet(n, 8), octet(n, 0)));
    let ranges = others.chain(["198.51.100.0/24\n".to_owned()]).collect();
    (format!("{policy}networks: [{{ name: scrapers, kind: abusive, file: ranges.txt }}]\n"), ranges)
}

#[test]
fn a_policy_of_100000_prefixes_is_taken_up_and_each_request_meanwhile_has_its_verdict() {
    let chain = Chain::start(&Setup::written("user_agents: {}\n").patient().without_varnish()).unwrap();
    let folder = chain.folder();
    let policy = fs::read_to_string(folder.join("policy.yaml")).unwrap();
    let (policy, ranges) = with_network(&policy);
    fs::write(folder.join("ranges.txt"), ranges).unwrap();
    fs::write(folder.join("policy.new"), policy).unwrap();
    let ask = Ask::browser(Ipv4Addr::new(198, 51, 100, 1));
    assert_eq!(ask.send(&chain).unwrap().status, 200);
    fs::rename(folder.join("policy.new"), folder.join("policy.yaml")).unwrap();
    let deadline = Instant::now() + PATIENCE;
    let mut last = 200;
    while last == 200 {
        assert!(Instant::now() < deadline, "the policy was not taken up");
        for answer in ask.repeat(&chain, 200).unwrap() {
            assert_eq!(answer.header("x-provenance-fallback"), None);
            // Never back to the policy before.
            assert!(answer.status == last || answer.status == 403, "{} after {last}", answer.status);
            last = answer.status;
        }
    }
}
