//! What a policy decides, with the clock in the test's hand.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a helper of a test expects holds, or the test has failed"
)]

use std::path::Path;
use std::time::Duration;

use limits::{Seed, Table};
use policy::verdict::Action;
use policy::{Headers, Policy, Request, Timestamp, Verdict};

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const LIBRARY: &str = "python-requests/2.31.0";

struct Edge {
    policy: Policy,
    table: Table,
}

/// A request that is not made yet.
#[derive(Clone, Copy)]
struct Ask<'a> {
    ip: &'a str,
    user_agent: Option<&'a str>,
    path: &'a str,
    at: Timestamp,
}

impl Edge {
    fn new() -> Self {
        Self::of("policy.yaml")
    }

    fn of(file: &str) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good").join(file);
        let policy = Policy::load(&file).unwrap_or_else(|why| panic!("{why}"));
        Self { policy, table: Table::new(1000, &Seed::from([7; 16])).unwrap() }
    }

    fn decide<'a>(&'a self, ask: Ask<'a>) -> Verdict<'a> {
        let mut headers = Headers::default();
        if let Some(user_agent) = ask.user_agent {
            headers.record(b"User-Agent", user_agent.as_bytes());
        }
        let ip = (!ask.ip.is_empty()).then(|| ask.ip.parse().unwrap());
        let request = Request {
            ip,
            method: b"GET",
            host: b"upload.example.org",
            path: ask.path.as_bytes(),
            query: None,
            headers,
        };
        self.policy.decide(&request, &self.table, ask.at)
    }

    /// How many of `count` requests at once pass.
    fn passed(&self, ask: Ask<'_>, count: usize) -> usize {
        (0..count).filter(|_| self.decide(ask).action == Action::Allow).count()
    }
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn browser(ip: &str) -> Ask<'_> {
    Ask { ip, user_agent: Some(BROWSER), path: "/a.jpg", at: at("2026-01-01") }
}

fn fields(verdict: &Verdict<'_>) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    verdict
        .each_field::<()>(|name, value| {
            fields.push((name.to_owned(), value.to_string()));
            Ok(())
        })
        .unwrap();
    fields
}

fn field(verdict: &Verdict<'_>, name: &str) -> Option<String> {
    fields(verdict).into_iter().find(|(field, _)| field == name).map(|(_, value)| value)
}

#[test]
fn labels_say_which_network_by_the_longest_prefix() {
    let edge = Edge::new();
    for (ip, label, tier) in [
        ("192.0.2.1", "net=trusted", "A"),
        ("192.0.2.128", "net=unknown", "E"),
        ("2001:db8:1:ffff::1", "net=trusted", "A"),
        ("2001:db8:2::1", "net=unknown", "E"),
        ("10.255.0.1", "net=internal", "A"),
        ("192.168.7.9", "net=internal", "A"),
        ("192.168.7.8", "net=unknown", "E"),
        ("fd00::1", "net=internal", "A"),
        ("198.51.100.7", "cloud=cumulus", "E"),
        ("198.51.100.8", "client=feed", "E"),
        ("203.0.113.200", "abuse=scrapers", "F"),
        ("::ffff:192.0.2.1", "net=trusted", "A"),
        ("", "net=unknown", "E"),
    ] {
        let verdict = edge.decide(browser(ip));
        assert_eq!(verdict.labels().to_string(), label, "{ip}");
        assert_eq!(verdict.tier.as_str(), tier, "{ip}");
    }
}

#[test]
fn a_trusted_network_passes_whatever_it_sends() {
    let edge = Edge::new();
    for user_agent in [None, Some(LIBRARY), Some(BROWSER)] {
        let ask = Ask { user_agent, ..browser("192.0.2.1") };
        assert_eq!(edge.passed(ask, 100), 100);
        assert_eq!(&*edge.decide(ask).rule.reason, "network.trusted");
    }
}

#[test]
fn an_abusive_network_is_refused_even_with_a_contact() {
    let edge = Edge::new();
    let verdict =
        edge.decide(Ask { user_agent: Some("GoodBot/1.0 (bot@example.com)"), ..browser("203.0.113.5") });
    assert_eq!(
        (verdict.action, &*verdict.rule.reason, verdict.tier.as_str()),
        (Action::Deny, "network.abusive", "F")
    );
}

#[test]
fn robots_txt_is_never_refused_and_never_counted() {
    let edge = Edge::new();
    for (ip, user_agent) in [("203.0.113.5", Some(BROWSER)), ("198.51.100.7", None), ("", Some(LIBRARY))] {
        let ask = Ask { user_agent, path: "/robots.txt", ..browser(ip) };
        assert_eq!(edge.passed(ask, 50), 50);
        assert_eq!(&*edge.decide(ask).rule.reason, "path.robots");
    }
    assert_eq!(edge.table.entries(), 0);
    let request = |method, path, query| Request { method, path, query, ..Request::default() };
    for not_robots in [
        request(&b"GET"[..], &b"/robots.txt/"[..], None),
        request(b"GET", b"//robots.txt", None),
        request(b"GET", b"/robots.txt", Some(&b"x=1"[..])),
        request(b"POST", b"/robots.txt", None),
        request(b"", b"/robots.txt", None),
    ] {
        let verdict = edge.policy.decide(&not_robots, &edge.table, at("2026-01-01"));
        assert_eq!(verdict.action, Action::Deny, "{not_robots:?}");
    }
}

#[test]
fn each_stage_begins_with_the_first_instant_of_its_day() {
    let edge = Edge::new();
    let library = |ip, time| Ask { user_agent: Some(LIBRARY), at: at(time), ..browser(ip) };
    // Before the first stage only the limit for everybody counts.
    assert_eq!(edge.passed(library("198.51.100.20", "2025-08-10T23:59:59Z"), 20), 10);
    assert_eq!(edge.passed(library("198.51.100.21", "2025-08-11T00:00:00Z"), 20), 5);
    assert_eq!(edge.passed(library("198.51.100.22", "2025-08-17T23:59:59Z"), 20), 5);
    assert_eq!(edge.passed(library("198.51.100.23", "2025-08-18T00:00:00Z"), 20), 1);
    assert_eq!(edge.passed(library("198.51.100.24", "2025-08-24T23:59:59Z"), 20), 1);
    let blocked = edge.decide(library("198.51.100.25", "2025-08-25T00:00:00Z"));
    assert_eq!((blocked.action, &*blocked.rule.reason), (Action::Deny, "ua.library_default"));
    assert!(blocked.limit.is_none() && blocked.retry_after.is_none());
}

#[test]
fn the_next_stage_gives_nobody_a_fresh_quota() {
    let edge = Edge::new();
    let library = |time| Ask { user_agent: Some(LIBRARY), at: at(time), ..browser("198.51.100.30") };
    assert_eq!(edge.passed(library("2025-08-17T23:59:59.999Z"), 20), 5);
    assert_eq!(edge.passed(library("2025-08-18T00:00:00Z"), 20), 0);
}

#[test]
fn the_code_names_the_rule_and_its_stage() {
    let edge = Edge::new();
    let code = |time| {
        let ask = Ask { user_agent: None, at: at(time), ..browser("198.51.100.40") };
        edge.passed(ask, 5);
        edge.decide(ask).rule.code
    };
    let (limited, blocked) = (code("2025-08-11"), code("2025-08-18"));
    assert_ne!(limited, blocked);
    assert_eq!(blocked, code("2026-08-18"));
    assert_eq!(blocked.as_str().len(), 7);
}

#[test]
fn a_limit_tells_when_to_come_back_and_keeps_its_word() {
    let edge = Edge::new();
    let ask = browser("198.51.100.50");
    assert_eq!(edge.passed(ask, 11), 10);
    let refused = edge.decide(ask);
    assert_eq!((refused.action, &*refused.rule.reason), (Action::Limit, "limit.ip"));
    assert_eq!(field(&refused, "retry_after").as_deref(), Some("1"));
    assert_eq!(field(&refused, "ratelimit_policy").as_deref(), Some("\"ip\";q=10;w=1"));
    assert_eq!(field(&refused, "ratelimit").as_deref(), Some("\"ip\";r=0;t=1"));
    assert_eq!(field(&refused, "limit_key").as_deref(), Some("198.51.100.50/32"));
    let later = Ask { at: ask.at.plus(Duration::from_secs(1)), ..ask };
    assert_eq!(edge.decide(later).action, Action::Allow);
}

#[test]
fn an_ipv6_client_counts_by_its_subnet() {
    let edge = Edge::new();
    let each: Vec<String> = (0..20).map(|n| format!("2001:db8:9:9:{n:x}::1")).collect();
    let passed = each.iter().filter(|ip| edge.decide(browser(ip)).action == Action::Allow).count();
    assert_eq!(passed, 10);
    assert_eq!(edge.decide(browser("2001:db8:9:a::1")).action, Action::Allow);
}

#[test]
fn clients_without_an_address_share_one_limit() {
    let edge = Edge::new();
    assert_eq!(edge.passed(browser(""), 20), 10);
    assert_eq!(field(&edge.decide(browser("")), "limit_key").as_deref(), Some("unknown"));
    let passed = edge.decide(browser("198.51.100.90"));
    assert!(passed.limit.is_some() && field(&passed, "limit_key").is_none(), "what passes costs no variable");
}

#[test]
fn a_stage_and_the_limit_for_everybody_both_count_and_the_refused_are_charged_nothing() {
    let edge = Edge::new();
    let library = Ask { user_agent: Some(LIBRARY), at: at("2025-08-11"), ..browser("198.51.100.60") };
    assert_eq!(edge.passed(library, 20), 5);
    // The stage refused 15 requests: of the other limit no more than the 5 that passed are gone.
    assert_eq!(edge.passed(Ask { at: library.at, ..browser("198.51.100.60") }, 20), 5);
}

#[test]
fn a_request_of_which_nothing_is_known_is_refused() {
    let edge = Edge::new();
    let verdict = edge.policy.decide(&Request::default(), &edge.table, at("2026-01-01"));
    assert_eq!((verdict.action, &*verdict.rule.reason, verdict.ua_class), (Action::Deny, "ua.none", "none"));
}

#[test]
fn shadow_lets_pass_and_says_what_would_have_been() {
    let edge = Edge::of("shadow.yaml");
    let verdict = edge.decide(Ask { user_agent: None, ..browser("198.51.100.70") });
    assert_eq!((verdict.action, &*verdict.rule.reason), (Action::Allow, "shadow"));
    let stage = Edge::new().decide(Ask { user_agent: None, ..browser("198.51.100.70") }).rule.code;
    assert_eq!(field(&verdict, "would"), Some(format!("deny ua.none {stage}")));
    let verdict = edge.decide(browser("198.51.100.70"));
    assert_eq!((&*verdict.rule.reason, field(&verdict, "would")), ("default", None));
}

#[test]
fn the_fields_that_decide_come_first_and_those_without_value_are_left_out() {
    let edge = Edge::new();
    let verdict = edge.decide(Ask { user_agent: None, ..browser("198.51.100.80") });
    let code = verdict.rule.code.to_string();
    let expected = [
        ("action", "deny"),
        ("status", "403"),
        ("reason", "ua.none"),
        ("code", &code),
        ("operator_email", "noc@example.org"),
        ("operator_url", "https://example.org/policy"),
        ("tier", "E"),
        ("labels", "cloud=cumulus"),
        ("ua_class", "none"),
    ];
    assert_eq!(fields(&verdict), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}
