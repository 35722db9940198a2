//! Shadow: of the whole policy, and of one rule.

use policy::verdict::Action;

use crate::edge::{Ask, Edge, at, browser, field, library};

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

/// The verdict's action and reason, and what would have been, without the code.
fn told(edge: &Edge, ask: Ask<'_>) -> (Action, String, Option<String>) {
    let verdict = edge.decide(ask);
    let would = verdict.would.map(|would| format!("{} {}", would.action, would.rule.reason));
    (verdict.action, verdict.rule.reason.to_string(), would)
}

#[test]
fn a_stage_in_shadow_leaves_the_one_before_it_in_force() {
    let edge = Edge::written(
        "
user_agents:
  classes: CLASSES
  stages:
    library_default:
      - { from: 2025-08-11, rate: 2/s }
      - { from: 2025-08-18, block: true, shadow: true }
      - { from: 2025-08-25, block: true }
",
    );
    let ask = |time| Ask { at: at(time), ..library("198.51.100.1") };
    let would = Some("deny ua.library_default".to_owned());
    for _ in 0..2 {
        assert_eq!(told(&edge, ask("2025-08-20")), (Action::Allow, "shadow".into(), would.clone()));
    }
    assert_eq!(
        told(&edge, ask("2025-08-20")),
        (Action::Limit, "ua.library_default".into(), would),
        "the rate is enforced, and the block that is tried is told beside it"
    );
    assert_eq!(told(&edge, ask("2025-08-25")), (Action::Deny, "ua.library_default".into(), None));
}

#[test]
fn a_class_in_shadow_is_refused_by_none_of_its_stages() {
    let edge = Edge::written(
        "
user_agents:
  classes: CLASSES
  shadow: [library_default]
  stages:
    library_default: [{ from: 2025-08-11, rate: 1/s }, { from: 2025-08-18, block: true }]
    cli: [{ from: 2025-08-11, block: true }]
",
    );
    let ask = |time| Ask { at: at(time), ..library("198.51.100.1") };
    assert_eq!(told(&edge, ask("2025-08-12")), (Action::Allow, "default".into(), None));
    let limited = Some("limit ua.library_default".to_owned());
    assert_eq!(told(&edge, ask("2025-08-12")), (Action::Allow, "shadow".into(), limited));
    let denied = Some("deny ua.library_default".to_owned());
    assert_eq!(told(&edge, ask("2025-08-19")), (Action::Allow, "shadow".into(), denied));
    let curl = Ask { user_agent: Some("curl/8.5.0"), ..browser("198.51.100.2") };
    assert_eq!(told(&edge, curl), (Action::Deny, "ua.cli".into(), None));
}

#[test]
fn a_limit_in_shadow_counts_as_if_it_were_enforced_and_takes_from_no_other() {
    let edge = Edge::written(
        "
limits:
  - { name: tight, key: ip, rate: 2/s, shadow: true }
  - { name: ip, key: ip, rate: 5/s }
",
    );
    let ask = browser("198.51.100.1");
    let would = Some("limit limit.tight".to_owned());
    for n in 0..5 {
        let expected = match n {
            0 | 1 => ("default".to_owned(), None),
            _ => ("shadow".to_owned(), would.clone()),
        };
        assert_eq!(told(&edge, ask), (Action::Allow, expected.0, expected.1), "{n}");
    }
    assert_eq!(told(&edge, ask), (Action::Limit, "limit.ip".into(), would));
    let verdict = edge.decide(ask);
    assert_eq!(
        verdict.limit.map(|limit| limit.name),
        Some("ip"),
        "the limit that refuses is the one told of"
    );
}

#[test]
fn what_a_limit_in_shadow_tells_is_its_own_state() {
    let edge = Edge::written("limits: [{ name: tight, key: ip, rate: 1/s, shadow: true }]");
    assert_eq!(edge.passed(browser("198.51.100.1"), 5), 5);
    let verdict = edge.decide(browser("198.51.100.1"));
    assert_eq!(field(&verdict, "limit_name").as_deref(), Some("tight"));
    assert_eq!((verdict.retry_after, field(&verdict, "status").as_deref()), (None, Some("200")));
}

#[test]
fn an_abusive_network_in_shadow_passes_on_to_the_other_rules() {
    let edge = Edge::written(
        "
networks: [{ name: scrapers, kind: abusive, shadow: true, cidrs: [203.0.113.0/24] }]
user_agents: { classes: CLASSES, stages: { none: [{ from: 2025-08-11, block: true }] } }
",
    );
    let would = Some("deny network.abusive".to_owned());
    assert_eq!(told(&edge, browser("203.0.113.5")), (Action::Allow, "shadow".into(), would.clone()));
    let nobody = Ask { user_agent: None, ..browser("203.0.113.5") };
    assert_eq!(told(&edge, nobody), (Action::Deny, "ua.none".into(), would));
    assert_eq!(edge.decide(nobody).client.tier.as_str(), "F");
}
