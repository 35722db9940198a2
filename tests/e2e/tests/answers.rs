//! The answers to those who are refused, as they arrive.

#![allow(clippy::unwrap_used, reason = "in the functions of a test too, a panic is the report")]

use std::net::Ipv4Addr;

use e2e::ask::{CURL, NAVIGATION};
use e2e::{Answer, Ask, Chain, Setup};
use serde_json::Value;

type Headers = &'static [(&'static str, &'static str)];

const JSON: &str = "application/problem+json";
const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// The policy that ships: no library, and one request a second for curl. A page of another site asks with an origin.
fn chain() -> Chain {
    Chain::start(&Setup::shipped("policy.yaml").patient()).unwrap()
}

fn address(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(203, 0, 113, last)
}

/// The second request of curl in one second; of another address, if the machine took longer than that.
fn limited(chain: &Chain, headers: &[(&str, &str)], number: u8) -> Answer {
    let second = |attempt| {
        let from = Ipv4Addr::new(198, 51, number, attempt);
        Ask { headers, ..Ask::new(from, CURL) }.repeat(chain, 2).unwrap().remove(1)
    };
    (1..10).map(second).find(|answer| answer.status == 429).unwrap()
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let values: Vec<_> = answer.headers.iter().filter(|(field, _)| field == name).collect();
    assert!(values.len() <= 1, "{name} is there twice: {answer:?}");
    answer.header(name)
}

#[test]
fn programs_get_json_people_a_page_and_others_text() {
    let chain = chain();
    let image = "/wikipedia/commons/a/a9/Example.jpg";
    let cases: [(&str, Headers, &str); 9] = [
        (image, &[("Accept", "application/json")], JSON),
        (image, &[("Accept", "application/sparql-results+json;q=0.9, text/html;q=0.1")], JSON),
        (image, &[("Accept", NAVIGATION)], HTML),
        (image, &[("Accept", "*/*")], TEXT),
        (image, &[("Accept", "image/avif,image/webp,*/*")], TEXT),
        (image, &[], TEXT),
        ("/w/api.php?action=query", &[("Accept", "*/*")], JSON),
        ("/w/api.php?action=query", &[], JSON),
        ("/w/api.php?action=query", &[("Accept", NAVIGATION)], HTML),
    ];
    for (target, headers, content_type) in cases {
        let answer = Ask { target, headers, ..Ask::library(address(1)) }.send(&chain).unwrap();
        assert_eq!(
            (answer.status, header(&answer, "content-type")),
            (403, Some(content_type)),
            "{headers:?}"
        );
        let body = answer.text();
        assert!(!body.contains("%0A") && !body.contains("%0D"), "{body}");
        let policy = header(&answer, "content-security-policy");
        match content_type {
            HTML => {
                assert!(body.starts_with("<!doctype html><html") && body.ends_with("</html>\n"), "{body}")
            }
            JSON => assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["status"], 403),
            _ => assert!(body.starts_with("Request refused: default user agent of a library ("), "{body}"),
        }
        assert_eq!(
            policy.is_some_and(|policy| policy.starts_with("default-src 'none';")),
            content_type == HTML
        );
    }
}

#[test]
fn json_and_text_say_the_same_and_whom_to_ask() {
    let chain = chain();
    let json = [("Accept", "application/json")];
    let answer = Ask { headers: &json, ..Ask::library(address(1)) }.send(&chain).unwrap();
    let code = chain.logged("json", &answer).unwrap()["code"].clone();
    let problem: Value = serde_json::from_slice(&answer.body).unwrap();
    let member = |name: &str| problem[name].as_str().unwrap_or_default();
    assert_eq!(member("type"), "https://example.org/user-agent-policy#ua.library_default");
    assert_eq!((member("reason"), member("code")), ("ua.library_default", code.as_str()));
    assert_eq!((member("contact"), member("user_agent")), ("noc@example.org", "python-requests/2.31.0"));
    assert_eq!(problem.get("retry_after"), None);

    let text = Ask::library(address(1)).send(&chain).unwrap().text();
    let lines: Vec<_> = text.lines().collect();
    let title = format!("{} (ua.library_default, code {code})", member("title"));
    assert_eq!(lines[..4], [title.as_str(), "", member("detail"), member("advice")]);
    assert!(lines[4].contains("noc@example.org") && lines[4].contains(&code), "{text}");
    assert_eq!(lines.len(), 5, "a title, an empty line, three sentences: {text}");
}

#[test]
fn a_limit_says_when_to_come_back_in_headers_and_json() {
    let chain = chain();
    for (number, headers) in
        (0..).zip([&[][..], &[("Accept", "application/json")], &[("Accept", NAVIGATION)]])
    {
        let answer = limited(&chain, headers, number);
        assert_eq!(header(&answer, "retry-after"), Some("1"));
        assert_eq!(header(&answer, "ratelimit-policy"), Some("\"ua.cli\";q=1;w=1"));
        assert_eq!(header(&answer, "ratelimit"), Some("\"ua.cli\";r=0;t=1"));
        let content_type = header(&answer, "content-type");
        assert_eq!(header(&answer, "content-security-policy").is_some(), content_type == Some(HTML));
        if content_type == Some(JSON) {
            let problem: Value = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!((&problem["status"], &problem["retry_after"]), (&429.into(), &1.into()));
            assert_eq!(problem["limit"]["name"], "ua.cli");
        } else {
            assert!(answer.text().contains("Wait 1 second before your next request."), "{answer:?}");
        }
    }
}

#[test]
fn no_cache_keeps_an_answer_and_scripts_of_other_sites_may_read_it() {
    let chain = chain();
    let plain = [Ask::library(address(1)).send(&chain).unwrap(), limited(&chain, &[], 1)];
    for answer in &plain {
        assert_eq!(header(answer, "cache-control"), Some("no-store"));
        assert_eq!(header(answer, "x-content-type-options"), Some("nosniff"));
        assert_eq!(header(answer, "vary"), Some("Accept,Origin"));
        assert!(!answer.headers.iter().any(|(name, _)| name.starts_with("access-control")), "{answer:?}");
    }
    assert_eq!(header(&plain[0], "retry-after"), None, "waiting does not help");

    let origin = [("Origin", "https://tool.example.net"), ("Accept", "application/json")];
    let refused = Ask { headers: &origin, ..Ask::library(address(1)) }.send(&chain).unwrap();
    for answer in [refused, limited(&chain, &origin, 2)] {
        assert_eq!(header(&answer, "access-control-allow-origin"), Some("https://tool.example.net"));
        assert_eq!(header(&answer, "access-control-allow-credentials"), Some("true"));
        let exposed = header(&answer, "access-control-expose-headers");
        assert_eq!(exposed, Some("Retry-After, RateLimit, RateLimit-Policy"));
    }
}

#[test]
fn head_gets_the_headers_alone() {
    let chain = chain();
    for headers in [&[][..], &[("Accept", "application/json")], &[("Accept", NAVIGATION)]] {
        let get = Ask { headers, ..Ask::library(address(1)) };
        let answer = Ask { method: "HEAD", ..get }.send(&chain).unwrap();
        assert_eq!((answer.status, answer.body.len()), (403, 0), "{answer:?}");
        let names = |answer: &Answer| answer.headers.clone();
        assert_eq!(names(&answer), names(&get.send(&chain).unwrap()));
    }
}

#[test]
fn a_hostile_user_agent_is_shown_and_does_nothing() {
    let chain = chain();
    let long = format!("python-requests/2.31.0 {}", "a".repeat(8_000));
    let hostile: [(&[u8], &str, &str); 5] = [
        (
            b"python-requests/2 <script>alert(1)</script>",
            "&lt;script&gt;alert(1)",
            "<script>alert(1)</script>",
        ),
        (
            b"python-requests/2 \"><img src=x onerror='a'>\\",
            "&quot;&gt;&lt;img",
            "\"><img src=x onerror='a'>\\",
        ),
        (b"python-requests/2 %0d%0aSet-Cookie: a=b", "%0d%0aSet-Cookie: a=b", "%0d%0aSet-Cookie: a=b"),
        (b"python-requests/2 \xff\xfe\xc3\xa9\xe2\x80\xae\x9b", "\u{fffd}\u{fffd}é\u{fffd}\u{fffd}", "é"),
        (long.as_bytes(), "aaaa…", "aaaa…"),
    ];
    for (number, (user_agent, in_page, in_json)) in (10..).zip(hostile) {
        let client = Ask { user_agent: Some(user_agent), ..Ask::library(address(number)) };
        let page = Ask { headers: &[("Accept", NAVIGATION)], ..client }.send(&chain).unwrap();
        let body = page.text();
        assert_eq!(page.status, 403);
        assert!(body.contains(in_page) && !body.contains("<script") && !body.contains("<img"), "{body}");
        let json = Ask { headers: &[("Accept", "application/json")], ..client }.send(&chain).unwrap();
        let problem: Value = serde_json::from_slice(&json.body).unwrap();
        assert!(problem["user_agent"].as_str().unwrap().contains(in_json), "{problem}");
        let text = client.send(&chain).unwrap();
        assert_eq!(text.text().lines().count(), 5, "{}", text.text());
        for answer in [page, json, text] {
            assert_eq!(header(&answer, "set-cookie"), None);
            assert!(answer.body.iter().all(|byte| !matches!(byte, 0..=9 | 11..=31 | 127)), "{answer:?}");
            assert!(answer.body.len() < 8_000, "{} bytes", answer.body.len());
        }
    }
}

#[test]
fn a_preflight_and_robots_txt_pass_whoever_asks() {
    let chain = chain();
    let leave = [("Origin", "https://tool.example.net"), ("Access-Control-Request-Method", "GET")];
    let preflight = Ask { method: "OPTIONS", headers: &leave, ..Ask::library(address(1)) };
    let robots = Ask { target: "/robots.txt", ..Ask::nobody(address(1)) };
    for (ask, line) in [(preflight, "OPTIONS /wikipedia/"), (robots, "GET /robots.txt ")] {
        let answer = ask.send(&chain).unwrap();
        assert_eq!(answer.status, 200);
        assert!(answer.text().starts_with(line), "the origin answers with what reached it: {answer:?}");
    }
}

#[test]
fn however_long_the_url_the_log_has_the_verdict() {
    let chain = Chain::start(&Setup::default().patient()).unwrap();
    let target = format!("/?{}", "p".repeat(5_000));
    let answer = Ask { target: &target, ..Ask::library(address(90)) }.send(&chain).unwrap();
    let logged = chain.logged("long", &answer).unwrap();
    assert_eq!((logged["action"].as_str(), logged["reason"].as_str()), ("deny", "ua.library_default"));
}

#[test]
fn an_origin_header_of_any_length_makes_no_server_error() {
    let chain = Chain::start(&Setup::default().patient()).unwrap();
    let origin = format!("https://{}", "o".repeat(14_000));
    let headers = [("Origin", &*origin), ("Accept", "text/html")];
    let answer = Ask { headers: &headers, ..Ask::library(address(90)) }.send(&chain).unwrap();
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (403, None));
}
