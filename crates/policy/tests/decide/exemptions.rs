//! Exemptions from the stages.

use policy::verdict::Action;

use crate::edge::{Ask, Edge, at, browser, library};

const SECTIONS: &str = "
networks:
  - { name: blog, kind: client, cidrs: [203.0.113.0/24] }
user_agents:
  classes: CLASSES
  stages: { library_default: [{ from: 2025-08-11, block: true }], none: [{ from: 2025-08-11, block: true }] }
limits: [{ name: ip, key: ip, rate: 10/s }]
exemptions:
  - { name: ci, hosts: [ci.example.org, '*.ci.example.org'], headers: [Authorization], task: T1 }
  - { name: blog, networks: [blog], until: 2025-09-14, task: T2 }
  - { name: keys, paths: [/keys, /keys/*], methods: [GET, HEAD] }
  - { name: review, hosts: [review.example.org], classes: [library_default] }
";

const BASIC: &[(&str, &str)] = &[("authorization", "Basic Zm9vOmJhcg==")];

#[test]
fn every_condition_must_hold() {
    let edge = Edge::written(SECTIONS);
    let client = library("198.51.100.1");
    let exempt = |ask| edge.reason(ask).starts_with("exemption.");
    let build = Ask { host: "ci.example.org", headers: BASIC, ..client };
    assert!(exempt(build));
    assert!(exempt(Ask { host: "a.CI.example.org:8443", ..build }));
    for other in [
        Ask { headers: &[], ..build },
        Ask { headers: &[("authorization", "")], ..build },
        Ask { headers: &[("proxy-authorization", "Basic x")], ..build },
        Ask { host: "ci.example.org.evil.example", ..build },
        Ask { host: "xci.example.org", ..build },
        Ask { host: "", ..build },
    ] {
        assert_eq!(edge.decide(other).action, Action::Deny, "{}", other.host);
    }
    let key = Ask { path: "/keys/7", ..client };
    assert!(exempt(key) && exempt(Ask { path: "/keys", method: "HEAD", ..client }));
    for other in [
        Ask { method: "POST", ..key },
        Ask { method: "get", ..key },
        Ask { path: "/keysx", ..key },
        Ask { path: "/keys/../admin", ..key },
        Ask { path: "/keys/%2e%2e/admin", ..key },
        Ask { path: "/keys/..%2Fadmin", ..key },
        Ask { path: "/keys/..;/admin", ..key },
        Ask { path: "/keys/%252e%252e/admin", ..key },
    ] {
        assert_eq!(edge.decide(other).action, Action::Deny, "{} {}", other.method, other.path);
    }
}

#[test]
fn a_class_is_exempt_without_the_others() {
    let edge = Edge::written(SECTIONS);
    let review = Ask { host: "review.example.org", ..library("198.51.100.2") };
    assert_eq!(edge.reason(review), "exemption.review");
    assert_eq!(edge.decide(Ask { user_agent: None, ..review }).action, Action::Deny);
}

#[test]
fn an_exemption_ends_with_the_first_instant_of_its_day() {
    let edge = Edge::written(SECTIONS);
    let blog = |time| Ask { at: at(time), ..library("203.0.113.9") };
    assert_eq!(edge.reason(blog("2025-09-13T23:59:59.999Z")), "exemption.blog");
    assert_eq!(edge.decide(blog("2025-09-14T00:00:00Z")).action, Action::Deny);
}

#[test]
fn an_exemption_lifts_the_stage_and_not_the_limits() {
    let edge = Edge::written(SECTIONS);
    let key = Ask { path: "/keys", ..library("198.51.100.3") };
    assert_eq!(edge.passed(key, 20), 10);
    assert_eq!(edge.reason(key), "limit.ip");
}

#[test]
fn a_request_that_no_stage_concerns_is_not_called_exempt() {
    let edge = Edge::written(SECTIONS);
    assert_eq!(edge.reason(Ask { path: "/keys", ..browser("198.51.100.4") }), "default");
    let early = Ask { path: "/keys", at: at("2025-08-10"), ..library("198.51.100.5") };
    assert_eq!(edge.reason(early), "default");
}

/// `policy/examples/wikimedia-2025.yaml`: what sources/002 tells of.
#[test]
fn the_example_exempts_whom_the_document_tells_of() {
    let edge = Edge::shipped("examples/wikimedia-2025.yaml");
    let client = |n: &'static str| Ask { at: at("2025-09-03"), ..library(n) };
    let ci = Ask { host: "integration.wikimedia.org", headers: BASIC, ..client("192.0.2.1") };
    let nobody = Ask { user_agent: None, ..client("192.0.2.2") };
    for (name, ask) in [
        ("exemption.ci_authenticated", ci),
        ("exemption.diff_login", Ask { ip: "203.0.113.80", ..nobody }),
        ("exemption.query_service", Ask { host: "query.wikidata.org", ..nobody }),
        ("exemption.mediawiki_org", Ask { host: "www.mediawiki.org", ..nobody }),
        ("exemption.keys", Ask { path: "/keys", ..nobody }),
        ("exemption.gerrit", Ask { host: "gerrit.wikimedia.org", ..client("192.0.2.3") }),
        ("exemption.phabricator", Ask { host: "phabricator.wikimedia.org", ..client("192.0.2.4") }),
        ("exemption.archive", Ask { ip: "198.51.100.80", ..nobody }),
    ] {
        assert_eq!(edge.reason(ask), name);
    }
    for refused in [
        Ask { headers: &[], ..ci },
        Ask { ip: "203.0.113.80", at: at("2025-09-14"), ..nobody },
        Ask { host: "gerrit.wikimedia.org", ..nobody },
        Ask { host: "en.wikipedia.org", ..nobody },
    ] {
        assert_eq!(edge.decide(refused).action, Action::Deny, "{}", refused.host);
    }
}
