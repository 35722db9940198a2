//! The schedule of sources/002, which ships in `policy/policy.yaml`, at every boundary.

use std::time::Duration;

use policy::verdict::Action;

use crate::edge::{Ask, Edge, at, browser};

/// What a client of a class gets: a rate for each address, a block, or no more than the limit for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gets {
    Everything,
    Rate(usize),
    Block,
}

use Gets::{Block, Everything, Rate};

/// The user agent of a class, and what applies to it before the first boundary and from each one on.
const ROWS: [(&str, Option<&str>, [Gets; 5]); 4] = [
    // class, user agent,                              before      Aug 11   Aug 18   Aug 25   Sept 1
    ("none", None, [Everything, Rate(1), Block, Block, Block]),
    ("library_default", Some("python-requests/2.31.0"), [Everything, Rate(5), Rate(1), Block, Block]),
    ("cli", Some("curl/8.5.0"), [Everything, Rate(5), Rate(1), Rate(1), Rate(1)]),
    (
        "mediawiki",
        Some("MediaWiki/1.43.0 ForeignAPIRepo/2.1"),
        [Everything, Rate(10), Rate(5), Rate(1), Block],
    ),
];
const BOUNDARIES: [&str; 4] =
    ["2025-08-11T00:00:00Z", "2025-08-18T00:00:00Z", "2025-08-25T00:00:00Z", "2025-09-01T00:00:00Z"];

/// A nanosecond before each boundary, at it, and when only the last is left behind.
#[test]
fn every_class_changes_at_every_boundary_and_not_before() {
    let edge = Edge::shipped("policy.yaml");
    for (row, (class, user_agent, gets)) in ROWS.into_iter().enumerate() {
        for (n, boundary) in BOUNDARIES.into_iter().enumerate() {
            let boundary = at(boundary);
            let before = boundary.minus(Duration::from_nanos(1));
            for (time, expected, client) in [(before, gets[n], 2 * n), (boundary, gets[n + 1], 2 * n + 1)] {
                let ip = format!("198.51.{row}.{client}");
                let ask = Ask { user_agent, at: time, ..browser(&ip) };
                assert_eq!(edge.decide(ask).ua_class, class);
                assert_eq!(observed(&edge, ask), expected, "{class} at {time}");
            }
        }
    }
}

/// What an address that has not asked in this second gets.
fn observed(edge: &Edge, ask: Ask<'_>) -> Gets {
    // The first request was charged when the class was asked for.
    let passed = 1 + edge.passed(ask, 199);
    match edge.decide(ask).action {
        Action::Deny => Block,
        _ if passed == 100 => Everything,
        _ => Rate(passed),
    }
}

#[test]
fn a_rate_holds_over_time_and_not_only_at_once() {
    let edge = Edge::shipped("policy.yaml");
    for (class, user_agent, rate) in
        [("library_default", "python-requests/2.31.0", 5), ("mediawiki", "MediaWiki/1.43.0", 10)]
    {
        let start = at("2025-08-11T12:00:00Z");
        let ask = Ask { user_agent: Some(user_agent), ..browser("198.51.100.200") };
        let each = |n: u64| Ask { at: start.plus(Duration::from_millis(10 * n)), ..ask };
        let passed = (0..6000).filter(|n| edge.decide(each(*n)).action == Action::Allow).count();
        // The burst at the start, and what a minute less a hundredth of a second earns.
        assert_eq!(passed, rate + rate * 60 - 1, "{class}");
    }
}
