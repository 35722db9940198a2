//! Stages of classes, with the clock in the test's hand.

use policy::verdict::Action;

use crate::edge::{Ask, Edge, LIBRARY, at, browser};

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
