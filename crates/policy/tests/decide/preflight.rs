//! CORS preflights.

use policy::verdict::Action;

use crate::edge::{Ask, Edge, browser, library};

const ASKS_LEAVE: [(&str, &str); 2] =
    [("Origin", "https://tool.example.net"), ("Access-Control-Request-Method", "GET")];

fn preflight(ip: &str) -> Ask<'_> {
    Ask { method: "OPTIONS", headers: &ASKS_LEAVE, ..library(ip) }
}

#[test]
fn a_preflight_passes_where_the_request_itself_would_be_refused() {
    let edge = Edge::new();
    assert_eq!(edge.decide(library("198.51.100.1")).action, Action::Deny);
    let verdict = edge.decide(preflight("198.51.100.1"));
    assert_eq!((verdict.action, &*verdict.rule.reason), (Action::Allow, "cors.preflight"));
}

#[test]
fn what_only_looks_like_a_preflight_is_none() {
    let edge = Edge::new();
    for ask in [
        Ask { method: "GET", ..preflight("198.51.100.2") },
        Ask { headers: &ASKS_LEAVE[..1], ..preflight("198.51.100.2") },
        Ask { headers: &ASKS_LEAVE[1..], ..preflight("198.51.100.2") },
        Ask { method: "options", ..preflight("198.51.100.2") },
        Ask {
            headers: &[("Origin", ""), ("Access-Control-Request-Method", " ")],
            ..preflight("198.51.100.2")
        },
    ] {
        assert_eq!(edge.decide(ask).action, Action::Deny);
    }
}

#[test]
fn a_client_at_its_limit_may_still_ask_for_leave_but_not_without_end() {
    let edge = Edge::new();
    assert_eq!(edge.passed(browser("198.51.100.3"), 20), 10);
    let ask = Ask { user_agent: browser("").user_agent, ..preflight("198.51.100.3") };
    assert_eq!(edge.passed(ask, 20), 10, "preflights have the same quota again, no more");
}

#[test]
fn an_abusive_network_is_refused_its_preflights_too() {
    assert_eq!(Edge::new().decide(preflight("203.0.113.5")).action, Action::Deny);
}
