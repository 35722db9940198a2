//! The fields of a verdict.

use crate::edge::{Ask, Edge, browser, fields};

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
        ("tier", "E"),
        ("labels", "cloud=cumulus"),
        ("ua_class", "none"),
        ("browser_score", "0"),
    ];
    assert_eq!(fields(&verdict), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}
