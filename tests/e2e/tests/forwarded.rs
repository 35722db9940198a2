//! What the backends are told, and that clients have no say in it.

#![allow(clippy::unwrap_used, reason = "in the functions of a test too, a panic is the report")]

use std::net::Ipv4Addr;

use e2e::ask::BROWSER;
use e2e::http::RawRequest;
use e2e::{Ask, Case, Chain, Setup};

const FROM: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 1);

fn chain() -> Chain {
    Chain::start(&Setup::default().patient()).unwrap()
}

/// The header fields of ours in what reached the origin, which answers with the head of the request; in lower case.
fn ours(reached: &str) -> Vec<String> {
    let reached = reached.to_lowercase();
    let is_ours = |line: &&str| {
        line.get(1..2).is_some_and(|second| !second.chars().all(char::is_alphanumeric))
            && line.starts_with('x')
    };
    let not_ours = |line: &&str| !line.starts_with("x-varnish") && !line.starts_with("x-forwarded-");
    let mut lines: Vec<_> = reached.lines().filter(is_ours).filter(not_ours).map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn a_program_that_names_a_contact_is_named_to_the_backends() {
    let chain = chain();
    let answer = Ask::new(FROM, "MapTool/2.1 (maps@example.com)").send(&chain).unwrap();
    let expected = [
        "x-image-provenance: none",
        "x-provenance: net=unknown",
        "x-trusted-request: d",
        "x-ua-class: bot",
        "x-ua-contact: maps@example.com",
    ];
    assert_eq!(ours(&answer.text()), expected);
}

#[test]
fn a_sealed_url_is_told_by_its_parts_and_comes_without_them() {
    let chain = chain();
    let case = r#"{"name": "sealed", "host": "upload.wikimedia.org", "path": "/wikipedia/commons/a/a9/Example.jpg",
        "headers": {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"},
        "seal": {"site": "en.wikipedia.org", "generator": "parser", "format": "thumbnail", "source": "web"},
        "expect": {"status": 200}}"#;
    let case: Case = serde_json::from_str(case).unwrap();
    let reached = chain.ask(&case, 1).unwrap().text();
    assert!(reached.starts_with("GET /wikipedia/commons/a/a9/Example.jpg HTTP/1.1\r\n"), "{reached}");
    let mut told = ours(&reached);
    // The time of a seal is rounded down to a day.
    let age =
        told.iter().position(|line| line.starts_with("x-image-age: ")).map(|at| told.remove(at)).unwrap();
    let age: u64 = age["x-image-age: ".len()..].parse().unwrap();
    assert!(age <= 24 * 60 * 60 + 60, "{age}");
    let expected = [
        "x-image-format: thumbnail",
        "x-image-generator: parser",
        "x-image-provenance: valid",
        "x-image-site: en.wikipedia.org",
        "x-image-source: web",
        "x-is-browser: 12",
        "x-provenance: net=unknown;img=valid;src=web",
        "x-trusted-request: e",
        "x-ua-class: browser",
    ];
    assert_eq!(told, expected);
}

#[test]
fn where_a_request_comes_from_is_what_haproxy_saw() {
    let chain = chain();
    let claimed = [
        ("Host", &b"upload.wikimedia.org"[..]),
        ("User-Agent", BROWSER.as_bytes()),
        ("X-Forwarded-For", b"10.0.0.1"),
        ("X-Forwarded-Proto", b"https"),
        ("X-Forwarded-For", b"10.0.0.2"),
        ("X-Forwarded-Proto", b"https"),
    ];
    let request = RawRequest::new("claimed", FROM, "GET /claimed HTTP/1.1", claimed);
    let reached = request.ask(chain.proxied).unwrap().text().to_lowercase();
    let mut forwarded: Vec<_> = reached.lines().filter(|line| line.starts_with("x-forwarded-")).collect();
    forwarded.sort_unstable();
    // Varnish writes its peer, which is HAProxy, behind the client.
    assert_eq!(forwarded, [&*format!("x-forwarded-for: {FROM}, 127.0.0.1"), "x-forwarded-proto: http"]);
}

#[test]
fn headers_of_ours_that_a_client_sends_do_not_reach_the_origin() {
    let chain = chain();
    let names = [
        "X-Provenance",
        "X-Trusted-Request",
        "x-is-browser",
        "X-Ua-Class",
        "X-UA-Contact",
        "X-Image-Provenance",
        "X-Image-Source",
        "X-Image-Generator",
        "X-Image-Site",
        "X-Image-Format",
        "X-Image-Age",
    ];
    // A browser's user agent and nothing else.
    let browser = [
        "x-image-provenance: none",
        "x-is-browser: 13",
        "x-provenance: net=unknown",
        "x-trusted-request: e",
        "x-ua-class: browser",
    ];
    for (number, separator) in (1..).zip(["-", "_", ".", "~"]) {
        let spelt: Vec<String> = names.iter().map(|name| name.replace('-', separator)).collect();
        let injected = spelt.iter().map(|name| (name.as_str(), &b"injected"[..]));
        let usual = [("Host", &b"upload.wikimedia.org"[..]), ("User-Agent", BROWSER.as_bytes())];
        let target = format!("GET /injected/{number} HTTP/1.1");
        let request = RawRequest::new("injection", FROM, &target, usual.into_iter().chain(injected));
        let reached = request.ask(chain.proxied).unwrap().text();
        assert_eq!(ours(&reached), browser, "{separator}: {reached}");
        assert!(!reached.contains("injected\r\n"), "{separator}: {reached}");
    }
}

#[test]
fn connection_cannot_name_our_headers_and_a_second_user_agent_goes_no_further() {
    let chain = chain();
    let headers = [
        ("Host", &b"upload.wikimedia.org"[..]),
        ("User-Agent", BROWSER.as_bytes()),
        ("User-Agent", b"python-requests/2.31.0"),
        ("Connection", b"X-Provenance, X-Trusted-Request, X-Ua-Class"),
    ];
    let request = RawRequest::new("hop by hop", FROM, "GET /hop HTTP/1.1", headers);
    let reached = request.ask(chain.proxied).unwrap().text().to_lowercase();
    for ours in ["x-provenance: net=unknown\r\n", "x-trusted-request: e\r\n", "x-ua-class: browser\r\n"] {
        assert!(reached.contains(ours), "{ours} in {reached}");
    }
    assert!(!reached.contains("python"), "{reached}");
}
