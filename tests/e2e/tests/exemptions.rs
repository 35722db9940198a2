//! Exemptions: requests to which the stages of their user agents do not apply.

#![allow(clippy::unwrap_used, reason = "in the functions of a test too, a panic is the report")]

use std::net::Ipv4Addr;

use e2e::{Ask, Chain, Setup};

const POLICY: &str = "
networks: [{ name: blog, kind: client, cidrs: [198.51.100.0/24] }]
user_agents:
  classes: user-agents.yaml
  notice: 7d
  stages: { library_default: [{ from: 2025-08-11, block: true }] }
exemptions:
  - { name: build_server, hosts: [ci.example.org], headers: [authorization] }
  - { name: keys, paths: [/keys, /keys/*], methods: [GET, HEAD] }
  - { name: blog, networks: [blog], until: 2025-09-14 }
limits: [{ name: ip, key: ip, rate: 2/h }]
";

const READER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const BLOG: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);

/// Status, and the reason in HAProxy's log.
fn reason(chain: &Chain, ask: Ask<'_>) -> (u16, String) {
    let answer = ask.send(chain).unwrap();
    let logged = chain.logged("exemption", &answer).unwrap();
    (answer.status, logged.get("reason").cloned().unwrap_or_default())
}

#[test]
fn host_header_path_and_method_exempt_where_all_that_is_asked_for_holds() {
    let chain = Chain::start(&Setup::written(POLICY).at("2025-09-01").patient()).unwrap();
    let refused = (403, "ua.library_default".to_owned());
    let login = &[("Authorization", "Basic Zm9vOmJhcg==")];
    let build = Ask { host: "ci.example.org", headers: login, ..Ask::library(READER) };
    assert_eq!(reason(&chain, build), (200, "exemption.build_server".to_owned()));
    assert_eq!(reason(&chain, Ask { headers: &[], ..build }), refused);
    assert_eq!(reason(&chain, Ask { host: "www.example.org", ..build }), refused);
    let keys = Ask { target: "/keys/7?a=b", ..Ask::library(Ipv4Addr::new(192, 0, 2, 2)) };
    assert_eq!(reason(&chain, keys), (200, "exemption.keys".to_owned()));
    for target in ["/keysx", "/keys/../admin", "/keys/%2e%2e/admin", "/keys/..%2Fadmin"] {
        assert_eq!(reason(&chain, Ask { target, ..keys }), refused, "{target}");
    }
    assert_eq!(reason(&chain, Ask { method: "DELETE", ..keys }), refused);
}

#[test]
fn a_network_is_exempt_until_the_day_that_is_written_is_told_before_and_stays_within_the_limits() {
    let mut chain = Chain::start(&Setup::written(POLICY).at("2025-09-13T12:00:00Z").patient()).unwrap();
    let answer = Ask::library(BLOG).send(&chain).unwrap();
    assert_eq!(chain.logged("blog", &answer).unwrap()["reason"], "exemption.blog");
    assert_eq!(answer.header("deprecation"), Some("@1757808000"), "2025-09-14 is near");
    assert_eq!(reason(&chain, Ask::library(READER)).0, 403, "another network");
    assert_eq!(reason(&chain, Ask::library(BLOG)).0, 200);
    assert_eq!(reason(&chain, Ask::library(BLOG)), (429, "limit.ip".to_owned()));

    chain.start_agent(&["--clock", "2025-09-14"]).unwrap();
    assert_eq!(reason(&chain, Ask::library(BLOG)), (403, "ua.library_default".to_owned()));
}

#[test]
fn what_wikimedia_exempted_passes_and_its_neighbour_does_not() {
    let chain =
        Chain::start(&Setup::shipped("examples/wikimedia-2025.yaml").at("2025-09-02").patient()).unwrap();
    let nobody = Ask { target: "/sparql?query=SELECT", ..Ask::nobody(READER) };
    let app = Ask { host: "query.wikidata.org", ..nobody };
    assert_eq!(reason(&chain, app), (200, "exemption.query_service".to_owned()));
    assert_eq!(reason(&chain, nobody), (403, "ua.none".to_owned()));
    let review = Ask { host: "gerrit.wikimedia.org", ..Ask::library(READER) };
    assert_eq!(reason(&chain, review), (200, "exemption.gerrit".to_owned()));
    let mediawiki = Ask::new(READER, "MediaWiki/1.43.0 ForeignAPIRepo/2.1");
    assert_eq!(reason(&chain, mediawiki), (200, "shadow".to_owned()), "its block is tried only");
}
