//! Notice of what will apply to a client that still passes.

use std::time::Duration;

use policy::verdict::Action;

use crate::edge::{Ask, Edge, at, browser, field, library};

const STAGES: &str = "
user_agents:
  classes: CLASSES
  notice: 7d
  stages:
    library_default:
      - { from: 2025-08-11, rate: 5/s }
      - { from: 2025-08-25, block: true }
    cli:
      - { from: 2025-08-11, rate: 5/s }
      - { from: 2025-08-18, rate: 1/s, shadow: true }
exemptions:
  - { name: office, hosts: [ci.example.org], until: 2025-10-01 }
";

fn notice(edge: &Edge, ask: Ask<'_>) -> [Option<String>; 3] {
    let verdict = edge.decide(ask);
    ["deprecation", "sunset", "link"].map(|name| field(&verdict, name))
}

#[test]
fn a_client_is_told_of_the_next_stage_when_that_is_near() {
    let edge = Edge::written(STAGES);
    let ask = |time| Ask { at: at(time), ..library("198.51.100.1") };
    assert_eq!(notice(&edge, ask("2025-08-03T23:59:59Z")), [None, None, None]);
    let told = notice(&edge, ask("2025-08-04T00:00:00Z"));
    let link = "<https://example.org/policy>; rel=\"deprecation sunset\"; type=\"text/html\"";
    assert_eq!(
        told,
        [
            Some("@1754870400".to_owned()),
            Some("Mon, 25 Aug 2025 00:00:00 GMT".to_owned()),
            Some(link.to_owned())
        ]
    );
    assert_eq!(notice(&edge, ask("2025-08-11")), [None, None, None], "the stage has begun, the next is far");
    assert_eq!(notice(&edge, ask("2025-08-18"))[0].as_deref(), Some("@1756080000"));
}

#[test]
fn a_stage_that_is_only_tried_is_no_news_and_nor_is_one_of_another_class() {
    let edge = Edge::written(STAGES);
    let curl = Ask { user_agent: Some("curl/8.5.0"), at: at("2025-08-12"), ..browser("198.51.100.2") };
    assert_eq!(notice(&edge, curl), [None, None, None]);
    let reader = Ask { at: at("2025-08-05"), ..browser("198.51.100.3") };
    assert_eq!(notice(&edge, reader), [None, None, None]);
}

#[test]
fn whoever_is_exempt_is_told_of_the_end_of_the_exemption_alone() {
    let edge = Edge::written(STAGES);
    let ask = |time| Ask { host: "ci.example.org", at: at(time), ..library("198.51.100.4") };
    assert_eq!(notice(&edge, ask("2025-08-20")), [None, None, None]);
    assert_eq!(notice(&edge, ask("2025-09-24"))[0].as_deref(), Some("@1759276800"));
    assert_eq!(edge.decide(ask("2025-10-01")).action, Action::Deny);
}

#[test]
fn a_refused_client_and_a_policy_in_shadow_give_no_notice() {
    let edge = Edge::written(STAGES);
    let ask = Ask { at: at("2025-08-20"), ..library("198.51.100.5") };
    assert_eq!(edge.passed(ask, 6), 5);
    let refused = edge.decide(ask);
    assert_eq!((refused.action, field(&refused, "deprecation")), (Action::Limit, None));
    let again = Ask { at: ask.at.plus(Duration::from_secs(1)), ..ask };
    assert!(field(&edge.decide(again), "deprecation").is_some());

    let edge = Edge::written(&format!("shadow: true\n{STAGES}"));
    assert_eq!(notice(&edge, ask), [None, None, None]);
}
