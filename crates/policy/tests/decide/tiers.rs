//! Tiers, and which rules each of them meets.

use policy::verdict::Action;

use crate::edge::{Ask, BROWSER, Edge, browser, field, library};

const BOT: &str = "Mozilla/5.0 (compatible; examplebot/2.1; +https://crawler.example.net/bot)";

const SECTIONS: &str = "
networks:
  - { name: office, kind: trusted, cidrs: [192.0.2.0/24] }
  - { name: scrapers, kind: abusive, cidrs: [203.0.113.0/24] }
trusted_proxies: [198.18.0.0/15]
crawlers:
  - { id: examplebot, user_agents: [examplebot], cidrs: [198.51.100.0/28], rate: 3/s }
user_agents:
  classes: CLASSES
  stages: { bot: [{ from: 2025-08-11, block: true }], library_default: [{ from: 2025-08-11, block: true }] }
cookie_passes:
  - { host: www.example.org, name: GoodFriend, values: [{ value: letmein, until: 2027-01-01 }] }
sitemaps: { paths: [/sitemap*.xml] }
limits: [{ name: ip, key: ip, rate: 2/s }]
";

fn tier(edge: &Edge, ask: Ask<'_>) -> &'static str {
    edge.decide(ask).client.tier.as_str()
}

#[test]
fn a_verified_crawler_meets_its_own_limit_and_no_filter() {
    let edge = Edge::written(SECTIONS);
    let crawler = Ask { user_agent: Some(BOT), ..browser("198.51.100.1") };
    let verdict = edge.decide(crawler);
    assert_eq!((verdict.client.tier.as_str(), &*verdict.rule.reason), ("B", "crawler.verified"));
    assert_eq!(field(&verdict, "client").as_deref(), Some("examplebot"));
    assert_eq!(field(&verdict, "labels").as_deref(), Some("net=unknown;id=examplebot"));
    let elsewhere = Ask { ip: "198.51.100.15", ..crawler };
    assert_eq!(edge.passed(elsewhere, 50), 2, "all of its addresses together have 3");
    let refused = edge.decide(elsewhere);
    assert_eq!((refused.action, &*refused.rule.reason), (Action::Limit, "crawler.examplebot"));
    assert_eq!(edge.passed(Ask { path: "/sitemap.xml", ..crawler }, 1), 0, "a sitemap counts as well");
}

#[test]
fn the_user_agent_of_a_crawler_from_elsewhere_is_an_impostor_and_judged_by_the_rest() {
    let edge = Edge::written(SECTIONS);
    let impostor = Ask { user_agent: Some(BOT), ..browser("198.51.100.16") };
    let verdict = edge.decide(impostor);
    assert_eq!((verdict.client.tier.as_str(), &*verdict.rule.reason), ("D", "ua.bot"));
    assert_eq!(field(&verdict, "labels").as_deref(), Some("net=unknown;impostor=examplebot"));
    assert_eq!(field(&verdict, "client"), None);
    let neighbour = Ask { user_agent: Some(BROWSER), ..browser("198.51.100.1") };
    assert_eq!(tier(&edge, neighbour), "E", "the address alone is nothing");
}

#[test]
fn a_cookie_pass_lifts_an_abusive_network_to_e_and_nothing_more() {
    let edge = Edge::written(SECTIONS);
    let with = |headers| Ask { host: "www.example.org", headers, ..browser("203.0.113.5") };
    let pass = &[("Cookie", "a=b; GoodFriend=letmein")][..];
    assert_eq!(tier(&edge, with(pass)), "E");
    assert_eq!(edge.passed(with(pass), 50), 1, "with the limits of everybody: one was counted above");
    let library = Ask { host: "www.example.org", headers: pass, ..library("203.0.113.6") };
    assert_eq!(edge.reason(library), "ua.library_default");
    let sitemap = Ask { path: "/sitemap.xml", ..with(pass) };
    assert_eq!(edge.reason(sitemap), "sitemap.restricted");
    for cookie in ["GoodFriend=letmeout", "GoodFriend=", "goodfriend=letmein", "xGoodFriend=letmein"] {
        let headers = [("Cookie", cookie)];
        let ask = Ask { host: "www.example.org", headers: &headers, ..browser("203.0.113.5") };
        assert_eq!(tier(&edge, ask), "F", "{cookie}");
    }
    assert_eq!(tier(&edge, Ask { host: "other.example.org", ..with(pass) }), "F");
    assert_eq!(tier(&edge, Ask { ip: "192.0.2.1", ..with(pass) }), "A");
}

#[test]
fn sitemaps_are_for_those_who_are_known_and_robots_txt_for_all() {
    let edge = Edge::written(SECTIONS);
    let sitemap = |ask| Ask { path: "/sitemap-index.xml", ..ask };
    assert_eq!(edge.reason(sitemap(browser("192.0.2.1"))), "network.trusted");
    let crawler = Ask { user_agent: Some(BOT), ..browser("198.51.100.2") };
    assert_eq!(edge.reason(sitemap(crawler)), "crawler.verified");
    for stranger in [browser("198.51.100.77"), browser("203.0.113.5"), browser("")] {
        let verdict = edge.decide(sitemap(stranger));
        assert_eq!((verdict.action, &*verdict.rule.reason), (Action::Deny, "sitemap.restricted"));
    }
    for path in [
        "//sitemap.xml",
        "/%73itemap.xml",
        "/SITEMAP.XML",
        "/a/../sitemap.xml",
        "/sitemap%2exml",
        "/.%2fsitemap.xml",
    ] {
        assert_eq!(edge.reason(Ask { path, ..browser("198.51.100.77") }), "sitemap.restricted", "{path}");
    }
    assert_eq!(edge.reason(Ask { path: "/robots.txt", ..browser("203.0.113.5") }), "path.robots");
}

#[test]
fn only_a_trusted_proxy_says_for_whom_it_asks() {
    let edge = Edge::written(SECTIONS);
    let ask =
        |ip, forwarded: &'static [(&'static str, &'static str)]| Ask { headers: forwarded, ..browser(ip) };
    let trusted = &[("X-Forwarded-For", "192.0.2.1")][..];
    assert_eq!(tier(&edge, ask("198.18.0.1", trusted)), "A");
    assert_eq!(tier(&edge, ask("198.51.100.77", trusted)), "E", "whoever else says so is not believed");
    let forged = &[("X-Forwarded-For", "192.0.2.1, 203.0.113.9, 198.18.0.2")][..];
    assert_eq!(
        tier(&edge, ask("198.18.0.1", forged)),
        "F",
        "right to left, up to the first that is no proxy"
    );
    let nonsense = &[("X-Forwarded-For", "192.0.2.1, unknown")][..];
    let verdict = edge.decide(ask("198.18.0.1", nonsense));
    assert_eq!((verdict.client.ip, verdict.client.tier.as_str()), (None, "E"));
    let mapped = &[("X-Forwarded-For", "::ffff:192.0.2.1")][..];
    assert_eq!(tier(&edge, ask("::ffff:198.18.0.1", mapped)), "A");
}

#[test]
fn limits_meet_tiers_b_and_c_only_where_they_name_them() {
    let edge = Edge::written(&SECTIONS.replace(
        "limits: [{ name: ip, key: ip, rate: 2/s }]",
        "limits: [{ name: ip, key: ip, rate: 2/s }, { name: known, key: ip, tiers: [B, E], rate: 1/s }]",
    ));
    let crawler = Ask { user_agent: Some(BOT), ..browser("198.51.100.3") };
    assert_eq!(edge.passed(crawler, 50), 1);
    assert_eq!(edge.reason(crawler), "limit.known");
}

#[test]
fn a_limit_by_browser_score_is_for_those_that_look_like_scripts() {
    let edge = Edge::written("limits: [{ name: scripts, key: ip, score_below: 20, rate: 1/s }]");
    let script = browser("198.51.100.9");
    assert_eq!(edge.passed(script, 9), 1, "a browser's user agent and nothing else");
    let headers = [
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        ("Accept-Language", "de,en-US;q=0.7,en;q=0.3"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("Sec-Fetch-Dest", "document"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Site", "none"),
        ("Sec-Fetch-User", "?1"),
    ];
    assert_eq!(edge.passed(Ask { headers: &headers, ..browser("198.51.100.10") }, 9), 9);
}
