//! The schedule that ships: rates and blocks by date, for each IPv4 address and each IPv6 /64.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in the functions of a test too, a panic is the report"
)]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Instant;

use e2e::ask::{CURL, LIBRARY};
use e2e::{Answer, Ask, Chain, Setup};

/// What a class of user agents gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gets {
    Everything,
    Rate(usize),
    Block,
}

use Gets::{Block, Everything, Rate};

/// The days of the test: before the schedule, and a day after each of its dates.
const DAYS: [&str; 5] = ["2025-08-10", "2025-08-12", "2025-08-19", "2025-08-26", "2025-09-02"];
const ROWS: [(&str, Option<&str>, [Gets; DAYS.len()]); 4] = [
    ("none", None, [Everything, Rate(1), Block, Block, Block]),
    ("library_default", Some(LIBRARY), [Everything, Rate(5), Rate(1), Block, Block]),
    ("cli", Some(CURL), [Everything, Rate(5), Rate(1), Rate(1), Rate(1)]),
    (
        "mediawiki",
        Some("MediaWiki/1.43.0 ForeignAPIRepo/2.1"),
        [Everything, Rate(10), Rate(5), Rate(1), Block],
    ),
];

#[test]
fn every_class_gets_on_each_day_what_the_schedule_says_by_ipv4_and_by_ipv6() {
    let mut chain = Chain::start(&Setup::shipped("policy.yaml").patient()).unwrap();
    for (day, date) in (0..).zip(DAYS) {
        chain.start_agent(&["--clock", date]).unwrap();
        for (row, (class, user_agent, gets)) in (0..).zip(ROWS) {
            for family in [ipv4, ipv6] {
                let ask = |attempt| {
                    let from = family(row, attempt);
                    user_agent.map_or_else(|| Ask::nobody(from), |name| Ask::new(from, name))
                };
                assert_gets(&chain, gets[day], ask, &format!("{class} on {date}"));
            }
        }
    }
}

fn ipv4(row: u8, attempt: u8) -> IpAddr {
    Ipv4Addr::new(203, 0, 113, 16 * row + attempt).into()
}

fn ipv6(row: u8, attempt: u8) -> IpAddr {
    Ipv6Addr::new(0x2001, 0xdb8, 0, u16::from(16 * row + attempt), 0, 0, 0, 7).into()
}

fn assert_gets<'a>(chain: &Chain, gets: Gets, ask: impl Fn(u8) -> Ask<'a>, what: &str) {
    match gets {
        Everything => {
            let answers = ask(0).repeat(chain, 20).unwrap();
            assert_eq!(count(&answers, 200), 20, "{what}");
        }
        Block => {
            let answers = ask(0).repeat(chain, 3).unwrap();
            assert_eq!(count(&answers, 403), 3, "{what}");
        }
        Rate(rate) => assert_rate(chain, rate, ask, what),
    }
}

/// A machine that stands still for seconds lets all requests pass, and rightly so: then it is asked from another address.
fn assert_rate<'a>(chain: &Chain, rate: usize, ask: impl Fn(u8) -> Ask<'a>, what: &str) {
    let is_exceeded = (0..5).any(|attempt| {
        let (requests, begun) = (4 * rate + 4, Instant::now());
        let answers = ask(attempt).repeat(chain, requests).unwrap();
        let earned = begun.elapsed().as_secs_f64() * rate as f64;
        let (passed, refused) = (count(&answers, 200), count(&answers, 429));
        assert_eq!(passed + refused, requests, "{what}");
        assert!(passed >= rate, "{what}: only {passed} of a burst of {rate}");
        assert!(
            passed as f64 <= rate as f64 + earned + 1.0,
            "{what}: {passed} passed of {rate} and {earned}"
        );
        refused > 0
    });
    assert!(is_exceeded, "{what}: no request was refused");
}

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// A burst of two and next to nothing afterwards, so that counts are exact.
const LADDER: &str = "
limits:
  - name: ip
    key: ip
    rate: 1/h
    burst: 2
    ipv6_ladder: [{ prefix: 56, times: 2 }, { prefix: 48, times: 4 }]
";

/// How many of three requests pass, each from another address of a /64, and whose quota refused the last.
fn passed(chain: &Chain, subnet: u16, site: u16) -> (usize, Option<String>) {
    let mut answers = Vec::new();
    for host in 1..=3 {
        let from = Ipv6Addr::new(0x2001, 0xdb8, site, subnet, 0xabcd, 0, 0, host);
        answers.push(Ask::browser(from).send(chain).unwrap());
    }
    let key = chain.logged("the last of three", &answers[2]).unwrap().get("key").cloned();
    (count(&answers, 200), key)
}

#[test]
fn addresses_of_one_ipv6_subnet_share_a_quota_and_subnets_share_those_of_the_ladder() {
    let chain = Chain::start(&Setup::written(LADDER).patient()).unwrap();
    let refused_by = |key: &str| Some(key.to_owned());
    assert_eq!(passed(&chain, 0x0101, 1), (2, refused_by("2001:db8:1:101::/64")));
    assert_eq!(passed(&chain, 0x0102, 1), (2, refused_by("2001:db8:1:102::/64")), "the next /64 has its own");
    assert_eq!(passed(&chain, 0x0103, 1), (0, refused_by("2001:db8:1:100::/56")));
    assert_eq!(passed(&chain, 0x0201, 1), (2, refused_by("2001:db8:1:201::/64")), "the next /56 has its own");
    assert_eq!(passed(&chain, 0x0202, 1), (2, refused_by("2001:db8:1:202::/64")));
    assert_eq!(passed(&chain, 0x0301, 1), (0, refused_by("2001:db8:1::/48")));
    assert_eq!(passed(&chain, 0x0101, 2), (2, refused_by("2001:db8:2:101::/64")), "and so has the next /48");
}

#[test]
fn ipv4_addresses_share_nothing_and_are_on_no_ladder() {
    let chain = Chain::start(&Setup::written(LADDER).patient()).unwrap();
    for last in 1..=20 {
        let answers = Ask::browser(Ipv4Addr::new(203, 0, 113, last)).repeat(&chain, 3).unwrap();
        assert_eq!(count(&answers, 200), 2, "{last}");
    }
}
