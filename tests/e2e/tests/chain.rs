//! The whole chain, with real HAProxy and real Varnish.

#![allow(clippy::unwrap_used, reason = "in the functions of a test too, a panic is the report")]

use std::net::Ipv4Addr;

use e2e::ask::{BROWSER, LIBRARY};
use e2e::chain::{address_of, repository};
use e2e::http::RawRequest;
use e2e::scenario::{BURST, exceed_the_limit};
use e2e::{Ask, Case, Chain, Setup};

fn chain() -> Chain {
    Chain::start(&Setup::default().patient()).unwrap()
}

#[test]
fn each_request_gets_the_verdict_that_the_file_expects() {
    let chain = chain();
    let cases = Case::read(&repository().join("tests/e2e/requests.jsonl")).unwrap();
    assert!(cases.len() >= 40, "only {} requests", cases.len());
    let mut wrong = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let answer = chain.ask(case, number).unwrap();
        let logged = chain.logged(&case.name, &answer).unwrap();
        let differences = case.expect.differences(&answer, &logged);
        if !differences.is_empty() {
            wrong.push(format!("{}: {}", case.name, differences.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_limit_lets_a_burst_pass_and_tells_the_next_when_to_come_back() {
    let chain = chain();
    let answers = exceed_the_limit(&chain, address_of(1)).unwrap();
    let (last, passed) = answers.split_last().unwrap();
    assert_eq!(passed.len(), BURST);
    assert!(passed.iter().all(|answer| answer.status == 200));
    assert_eq!(last.status, 429);
    // One request a minute, less what has passed of it since the first one.
    let wait: u64 = last.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{last:?}");
    assert_eq!(last.header("ratelimit-policy"), Some("\"ip\";q=10;w=600"));
    assert_eq!(last.header("cache-control"), Some("no-store"));
    assert_eq!(
        Ask::browser(address_of(2)).send(&chain).unwrap().status,
        200,
        "another address has its own quota"
    );
}

#[test]
fn odd_requests_get_a_clear_answer_and_nothing_is_lost() {
    let mut chain = chain();
    let huge = vec![b'a'; 16 * 1024];
    let long = b"MyBot/1.0 ".repeat(1400);
    let longish = b"MyBot/1.0 ".repeat(700);
    let odd: [(&str, &str, &[u8], u16); 6] = [
        ("16 kB of user agent, more than HAProxy's buffer", "GET / HTTP/1.1", &huge, 400),
        ("14 kB of user agent, more than Varnish takes (http_req_hdr_len)", "GET / HTTP/1.1", &long, 400),
        ("7 kB of user agent", "GET / HTTP/1.1", &longish, 200),
        ("bytes that are not UTF-8 in the user agent", "GET / HTTP/1.1", b"caf\xe9\xff/1.0", 200),
        (
            "a path with escapes that are none",
            "GET /%zz/%/%4?utm_source=%ff&utm_term=%00 HTTP/1.1",
            BROWSER.as_bytes(),
            200,
        ),
        ("a library in bytes of another case", "GET / HTTP/1.1", b"PYTHON-REQUESTS/2.31.0", 403),
    ];
    for (number, (name, line, user_agent, status)) in (10..).zip(odd) {
        let headers = [("Host", &b"upload.wikimedia.org"[..]), ("User-Agent", user_agent)];
        let answer = RawRequest::new(name, address_of(number), line, headers).ask(chain.address).unwrap();
        assert_eq!(answer.status, status, "{name}: {answer:?}");
    }
    assert_eq!(chain.stopped(), Vec::<&str>::new());
    assert_eq!(Ask::new(Ipv4Addr::new(127, 8, 0, 1), LIBRARY).send(&chain).unwrap().status, 403);
}
