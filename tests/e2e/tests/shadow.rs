//! Shadow: nothing is enforced, and HAProxy's log says what would have been.

#![allow(clippy::unwrap_used, reason = "in the functions of a test too, a panic is the report")]

use std::net::Ipv4Addr;

use e2e::ask::CURL;
use e2e::{Ask, Chain, Setup};

/// Status, and action, reason and `would` as logged; the last without its code.
fn told(chain: &Chain, ask: Ask<'_>) -> (u16, String) {
    let answer = ask.send(chain).unwrap();
    let logged = chain.logged("shadow", &answer).unwrap();
    let field = |name: &str| logged.get(name).map_or("-", String::as_str);
    let would = field("would").rsplit_once(' ').map_or("-", |(would, _)| would);
    (answer.status, format!("{} {} would={would}", field("action"), field("reason")))
}

fn told_each(chain: &Chain, asks: &[Ask<'_>]) -> Vec<(u16, String)> {
    asks.iter().map(|ask| told(chain, *ask)).collect()
}

fn lines(lines: &[(u16, &str)]) -> Vec<(u16, String)> {
    lines.iter().map(|(status, line)| (*status, (*line).to_owned())).collect()
}

const A: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 1);
const B: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 2);
const C: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 3);

#[test]
fn a_policy_in_shadow_lets_everybody_pass() {
    let policy = "
shadow: true
networks: [{ name: scrapers, kind: abusive, cidrs: [198.51.100.0/24] }]
user_agents:
  classes: user-agents.yaml
  notice: 14d
  stages:
    library_default: [{ from: 2025-08-11, block: true }]
    cli: [{ from: 2025-08-11, rate: 1/h }, { from: 2025-08-20, block: true }]
limits: [{ name: ip, key: ip, rate: 1/h }]
";
    let chain = Chain::start(&Setup::written(policy).at("2025-08-12").patient()).unwrap();
    let curl = Ask::new(C, CURL);
    let asks = [
        Ask::library(A),
        Ask::browser(Ipv4Addr::new(198, 51, 100, 1)),
        Ask::browser(B),
        Ask::browser(B),
        curl,
        curl,
    ];
    let expected = [
        (200, "allow shadow would=deny ua.library_default"),
        (200, "allow shadow would=deny network.abusive"),
        (200, "allow default would=-"),
        (200, "allow shadow would=limit limit.ip"),
        (200, "allow default would=-"),
        (200, "allow shadow would=limit ua.cli"),
    ];
    assert_eq!(told_each(&chain, &asks), lines(&expected));
    let answer = curl.send(&chain).unwrap();
    for header in ["retry-after", "ratelimit", "ratelimit-policy", "deprecation", "sunset", "link"] {
        assert_eq!(answer.header(header), None, "{header} of what is not enforced");
    }
}

#[test]
fn a_class_and_a_stage_in_shadow_leave_the_others_in_force() {
    let policy = "
user_agents:
  classes: user-agents.yaml
  shadow: [none]
  stages:
    none: [{ from: 2025-08-11, block: true }]
    cli: [{ from: 2025-08-11, block: true }]
    library_default:
      - { from: 2025-08-11, rate: 1/h }
      - { from: 2025-08-18, block: true, shadow: true }
";
    let chain = Chain::start(&Setup::written(policy).at("2025-08-20").patient()).unwrap();
    let asks = [Ask::nobody(A), Ask::new(A, CURL), Ask::library(A), Ask::library(A)];
    let expected = [
        (200, "allow shadow would=deny ua.none"),
        (403, "deny ua.cli would=-"),
        (200, "allow shadow would=deny ua.library_default"),
        (429, "limit ua.library_default would=deny ua.library_default"),
    ];
    assert_eq!(told_each(&chain, &asks), lines(&expected));
}

#[test]
fn a_limit_and_a_network_in_shadow_are_counted_and_let_pass() {
    let policy = "
networks: [{ name: scrapers, kind: abusive, shadow: true, cidrs: [198.51.100.0/24] }]
limits:
  - { name: tight, key: ip, rate: 1/h, shadow: true }
  - { name: ip, key: ip, rate: 3/h }
";
    let chain = Chain::start(&Setup::written(policy).patient()).unwrap();
    let scraper = Ask::browser(Ipv4Addr::new(198, 51, 100, 1));
    let asks = [Ask::browser(A), Ask::browser(A), Ask::browser(A), Ask::browser(A), scraper];
    let expected = [
        (200, "allow default would=-"),
        (200, "allow shadow would=limit limit.tight"),
        (200, "allow shadow would=limit limit.tight"),
        (429, "limit limit.ip would=limit limit.tight"),
        (200, "allow shadow would=deny network.abusive"),
    ];
    assert_eq!(told_each(&chain, &asks), lines(&expected));
}
