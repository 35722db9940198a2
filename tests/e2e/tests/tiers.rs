//! Who is asking: what each tier meets, and what the backends are told of it.

#![allow(clippy::unwrap_used, reason = "in the functions of a test too, a panic is the report")]

use std::net::{IpAddr, Ipv4Addr};

use e2e::ask::BROWSER;
use e2e::chain::repository;
use e2e::{Answer, Ask, Chain, Setup};
use serde_json::Value;

const STRANGER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 7);
const ABUSIVE: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 7);
const CRAWLER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 7);
const BOT: &str = "Mozilla/5.0 (compatible; examplebot/2.1; +https://crawler.example.net/bot)";

/// The time of the tokens in `tests/vectors/sessions`, which are good for ten minutes.
const CLOCK: &str = "1795176000";
const OVER: &str = "1795176600";

fn chain() -> Chain {
    let pem = repository().join("tests/vectors/sessions/keys/rs2026a.pub.pem");
    let sections = format!(
        "
networks: [{{ name: scrapers, kind: abusive, cidrs: [203.0.113.0/24] }}]
trusted_proxies: [127.0.0.0/8]
crawlers: [{{ id: examplebot, user_agents: [examplebot], cidrs: [198.51.100.0/28], rate: 3/h }}]
sessions:
  cookies: [sessionJwt]
  keys: [{{ id: rs2026a, algorithm: RS256, pem: {} }}]
  subject_key: subject
cookie_passes: [{{ host: www.example.org, name: GoodFriend, values: [{{ value: letmein, until: 2036-01-01 }}] }}]
sitemaps: {{ paths: [/sitemap*.xml] }}
limits:
  - {{ name: ip, key: ip, rate: 5/h }}
  - {{ name: account, tiers: [C], key: subject, rate: 2/h }}
",
        pem.display()
    );
    Chain::start(&Setup::written(&sections).secret("subject").at(CLOCK).patient().without_varnish()).unwrap()
}

/// The cookie of a case in `tests/vectors/sessions`.
fn cookie(name: &str) -> String {
    let file = repository().join("tests/vectors/sessions/algorithms.jsonl");
    let cases = std::fs::read_to_string(file).unwrap();
    let mut cases = cases.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let case = cases.find(|case| case["name"] == name).unwrap();
    case.pointer("/headers/cookie").and_then(Value::as_str).unwrap().to_owned()
}

fn ask(chain: &Chain, from: Ipv4Addr, user_agent: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
    let host = "www.example.org";
    Ask { host, target, headers, ..Ask::new(IpAddr::V4(from), user_agent) }.send(chain).unwrap()
}

/// A header field of ours as it reached the origin, which answers with the head of the request.
fn told(answer: &Answer, name: &str) -> Option<String> {
    let text = answer.text();
    text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned))
}

#[test]
fn a_session_lifts_an_abusive_network_and_is_counted_by_account() {
    let mut chain = chain();
    let cookie = cookie("RS256 by rs2026a");
    let token = [("Cookie", &*cookie)];
    let refused = ask(&chain, ABUSIVE, BROWSER, "/a", &[]);
    assert_eq!(refused.status, 403);
    let answer = ask(&chain, ABUSIVE, BROWSER, "/a", &token);
    assert_eq!((answer.status, told(&answer, "x-trusted-request").as_deref()), (200, Some("C")));
    let logged = chain.logged("session", &answer).unwrap();
    assert_eq!((&*logged["reason"], &*logged["session"], &*logged["tier"]), ("session.valid", "valid", "C"));
    assert!(
        logged["subject"].len() == 16 && !logged.values().any(|value| value.contains("eyJ")),
        "{logged:?}"
    );
    assert_eq!(ask(&chain, STRANGER, BROWSER, "/b", &token).status, 200, "wherever it comes from");
    let over = ask(&chain, STRANGER, BROWSER, "/c", &token);
    assert_eq!((over.status, &*chain.logged("over", &over).unwrap()["reason"]), (429, "limit.account"));

    chain.start_agent(&["--clock", OVER]).unwrap();
    let expired = ask(&chain, ABUSIVE, BROWSER, "/a", &token);
    assert_eq!((expired.status, &*chain.logged("expired", &expired).unwrap()["session"]), (403, "expired"));
}

#[test]
fn a_token_that_is_not_signed_by_its_key_and_algorithm_is_no_session() {
    let chain = chain();
    let file = repository().join("tests/vectors/sessions/algorithms.jsonl");
    let cases = std::fs::read_to_string(file).unwrap();
    let mut refused = 0;
    for case in cases.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let status = case["expect"]["status"].as_str().unwrap();
        let cookie = case["headers"]["cookie"].as_str().unwrap_or_default();
        // Here is one key alone, so that a token need not name it.
        if status == "valid" || cookie.is_empty() || case["name"].as_str().unwrap().contains("without kid") {
            continue;
        }
        let answer = ask(&chain, ABUSIVE, BROWSER, "/a", &[("Cookie", cookie)]);
        assert_eq!(answer.status, 403, "{}", case["name"]);
        refused += 1;
    }
    assert!(refused >= 20, "only {refused} tokens");
}

#[test]
fn a_verified_crawler_has_its_own_limit_and_its_user_agent_elsewhere_is_an_impostor() {
    let chain = chain();
    let sitemap = ask(&chain, CRAWLER, BOT, "/sitemap.xml", &[]);
    assert_eq!((sitemap.status, told(&sitemap, "x-trusted-request").as_deref()), (200, Some("B")));
    assert_eq!(told(&sitemap, "x-provenance").as_deref(), Some("net=unknown;id=examplebot"));
    let statuses: Vec<_> = (0..3).map(|_| ask(&chain, CRAWLER, BOT, "/a", &[]).status).collect();
    assert_eq!(statuses, [200, 200, 429]);

    let impostor = ask(&chain, STRANGER, BOT, "/a", &[]);
    assert_eq!(told(&impostor, "x-provenance").as_deref(), Some("net=unknown;impostor=examplebot"));
    assert_eq!(ask(&chain, STRANGER, BOT, "/sitemap.xml", &[]).status, 403);
}

#[test]
fn who_may_not_read_sitemaps_is_told_how_to_be_let_in_however_the_path_is_spelt() {
    let chain = chain();
    for target in [
        "/sitemap.xml",
        "//sitemap.xml",
        "/%73itemap-1.xml",
        "/SITEMAP.xml",
        "/a/..%2fsitemap.xml",
        "/sitemap.xml?x=y",
    ] {
        let answer = ask(&chain, STRANGER, BROWSER, target, &[("Accept", "text/html")]);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (403, Some("text/html; charset=utf-8")),
            "{target}"
        );
        let page = answer.text();
        assert!(
            page.contains("sitemap.restricted") && page.contains("If you run a crawler, write to us"),
            "{page}"
        );
    }
    assert_eq!(ask(&chain, STRANGER, BROWSER, "/robots.txt", &[]).status, 200);
}

#[test]
fn a_cookie_pass_lets_a_person_in_and_no_further_than_everybody() {
    let chain = chain();
    let pass = [("Cookie", "GoodFriend=letmein")];
    let answer = ask(&chain, ABUSIVE, BROWSER, "/a", &pass);
    assert_eq!((answer.status, told(&answer, "x-trusted-request").as_deref()), (200, Some("E")));
    assert_eq!(ask(&chain, ABUSIVE, BROWSER, "/sitemap.xml", &pass).status, 403);
    assert_eq!(ask(&chain, ABUSIVE, BROWSER, "/a", &[("Cookie", "GoodFriend=letmeout")]).status, 403);
}

#[test]
fn the_browser_score_is_told_and_a_client_has_no_say_in_it() {
    let chain = chain();
    let script = ask(&chain, STRANGER, BROWSER, "/a", &[("X-Is-Browser", "100"), ("X_Is_Browser", "100")]);
    let score: u8 = told(&script, "x-is-browser").unwrap().parse().unwrap();
    assert!(score < 20 && !script.text().contains("browser: 100"), "{}", script.text());
    let browser = [
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        ("Accept-Language", "de,en-US;q=0.7,en;q=0.3"),
        ("Accept-Encoding", "gzip, deflate"),
    ];
    let score: u8 =
        told(&ask(&chain, STRANGER, BROWSER, "/a", &browser), "x-is-browser").unwrap().parse().unwrap();
    assert!(score > 50, "in clear text a browser does not send more: {score}");
}

#[test]
fn only_a_trusted_proxy_says_for_whom_it_asks() {
    let chain = chain();
    let forwarded = |line| [("X-Forwarded-For", line)];
    let proxy = Ipv4Addr::LOCALHOST;
    assert_eq!(ask(&chain, proxy, BROWSER, "/a", &forwarded("203.0.113.9")).status, 403);
    assert_eq!(ask(&chain, proxy, BROWSER, "/a", &forwarded("203.0.113.9, 192.0.2.99")).status, 200);
    assert_eq!(ask(&chain, ABUSIVE, BROWSER, "/a", &forwarded("192.0.2.99")).status, 403);
}

#[test]
fn a_foreign_page_does_not_learn_who_is_logged_in() {
    let chain = chain();
    let header = |answer: &Answer, wanted: &str| {
        answer
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.clone())
    };
    let origin = [("Origin", "https://tool.example.net")];
    let answer = ask(&chain, STRANGER, BROWSER, "/sitemap.xml", &origin);
    assert_eq!(answer.status, 403);
    assert_eq!(header(&answer, "access-control-allow-origin").as_deref(), Some("https://tool.example.net"));
    // With cookies, the browser does not hand it to the page.
    assert_eq!(header(&answer, "access-control-allow-credentials"), None);
}

#[test]
fn the_agent_counts_sessions_tokens_in_vain_and_impostors() {
    let mut chain = chain();
    let cookie = cookie("RS256 by rs2026a");
    let forged = format!("{cookie}x");
    ask(&chain, STRANGER, BROWSER, "/a", &[("Cookie", &*cookie)]);
    ask(&chain, STRANGER, BROWSER, "/a", &[("Cookie", &*forged)]);
    ask(&chain, STRANGER, BROWSER, "/a", &[("Cookie", "sessionJwt=deleted")]);
    ask(&chain, STRANGER, BROWSER, "/a", &[("Cookie", "sessionJwt=made.up.token")]);
    ask(&chain, STRANGER, BOT, "/a", &[]);
    ask(&chain, CRAWLER, BOT, "/a", &[]);
    let log = chain.stop_agent().unwrap();
    let line = log.lines().find(|line| line.contains(" decided ")).unwrap();
    let (_, counts) = line.split_once("impostors=").unwrap();
    assert!(counts.starts_with("1 sessions=1 tokens_refused=2 undecided=0 "), "{line}");
}
