//! Networks, and robots.txt.

use policy::Request;
use policy::verdict::Action;

use crate::edge::{Ask, BROWSER, Edge, LIBRARY, at, browser};

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
        assert_eq!(verdict.client.labels().to_string(), label, "{ip}");
        assert_eq!(verdict.client.tier.as_str(), tier, "{ip}");
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
        (verdict.action, &*verdict.rule.reason, verdict.client.tier.as_str()),
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
        let verdict = edge.policy.decide(&not_robots, edge.memory(), at("2026-01-01"));
        assert_eq!(verdict.action, Action::Deny, "{not_robots:?}");
    }
}

#[test]
fn a_request_of_which_nothing_is_known_is_refused() {
    let edge = Edge::new();
    let verdict = edge.policy.decide(&Request::default(), edge.memory(), at("2026-01-01"));
    assert_eq!((verdict.action, &*verdict.rule.reason, verdict.ua_class), (Action::Deny, "ua.none", "none"));
}
