//! The whole chain, with real HAProxy and real Varnish.

use std::net::Ipv4Addr;
use std::path::Path;

use e2e::chain::{address_of, repository};
use e2e::http::RawRequest;
use e2e::scenario::{BROWSER, BURST, FALLBACK, LIBRARY, ask_as, exceed_the_limit, lose_the_agent};
use e2e::{Case, Chain, Error};
use vtc::Artifacts;

/// A chain of its own for each test.
fn chain() -> Result<Chain, Error> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("..");
    Chain::start(Artifacts::build(&repository(), &target)?, &[])
}

#[test]
fn each_request_gets_the_verdict_that_the_file_expects() {
    let chain = chain().unwrap();
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
    let chain = chain().unwrap();
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
        ask_as(&chain, BROWSER, address_of(2)).unwrap().status,
        200,
        "another address has its own quota"
    );
}

#[test]
fn without_the_agent_haproxy_limits_by_itself_and_says_so() {
    let mut chain = chain().unwrap();
    let mut next = 1..;
    let lost = lose_the_agent(&mut chain, || address_of(next.next().unwrap())).unwrap();
    assert_eq!((lost.before.status, lost.before.header("x-provenance-fallback")), (403, None));
    assert_eq!((lost.after.status, lost.after.header("x-provenance-fallback")), (403, None));
    for answer in &lost.without {
        assert!(answer.status < 500, "{answer:?}");
        assert!(answer.header("x-provenance-fallback").is_some(), "{answer:?}");
    }
    assert_eq!(lost.without.iter().filter(|answer| answer.status == 200).count(), FALLBACK);
    assert_eq!(lost.without.last().unwrap().status, 429);
}

#[test]
fn a_client_cannot_switch_the_policy_off_with_huge_headers() {
    let chain = chain().unwrap();
    for (number, size) in
        (20..).zip([1_000, 4_000, 7_000, 7_400, 7_800, 12_000, 14_000, 15_000, 15_500, 16_000, 20_000])
    {
        let (host, filler) = (vec![b'h'; size / 2], vec![b'f'; size / 2]);
        let headers = [("Host", &host[..]), ("User-Agent", LIBRARY.as_bytes()), ("X-Filler", &filler)];
        let answer =
            RawRequest::new("huge", address_of(number), "GET /huge HTTP/1.1", headers).ask(chain.address);
        let answer = answer.unwrap();
        // 403 by the policy, 400 by HAProxy for what exceeds its buffer: in no case the origin's answer.
        assert!(matches!(answer.status, 400 | 403), "{size}: {answer:?}");
        assert_eq!(answer.header("x-provenance-fallback"), None, "{size}: {answer:?}");
    }
}

#[test]
fn connection_cannot_name_our_headers_and_a_second_user_agent_goes_no_further() {
    let chain = chain().unwrap();
    let headers = [
        ("Host", &b"upload.wikimedia.org"[..]),
        ("User-Agent", BROWSER.as_bytes()),
        ("User-Agent", LIBRARY.as_bytes()),
        ("Connection", b"X-Provenance, X-Trusted-Request"),
        ("X.Provenance", b"net=trusted"),
    ];
    let answer = RawRequest::new("hop by hop", address_of(4), "GET /hop HTTP/1.1", headers)
        .ask(chain.address)
        .unwrap();
    let reached = String::from_utf8(answer.body).unwrap().to_lowercase();
    assert_eq!(answer.status, 200);
    assert!(reached.contains("x-provenance: net=unknown\r\n"), "{reached}");
    assert!(reached.contains("x-trusted-request: e\r\n"), "{reached}");
    assert!(!reached.contains("python") && !reached.contains("net=trusted"), "{reached}");
}

#[test]
fn head_of_a_refused_image_has_no_body() {
    let chain = chain().unwrap();
    let headers = [("Host", &b"upload.wikimedia.org"[..]), ("User-Agent", LIBRARY.as_bytes())];
    let answer =
        RawRequest::new("HEAD", address_of(5), "HEAD /a.jpg HTTP/1.1", headers).ask(chain.address).unwrap();
    assert_eq!((answer.status, answer.body.len()), (403, 0));
}

#[test]
fn headers_of_ours_that_a_client_sends_do_not_reach_the_origin() {
    let chain = chain().unwrap();
    let headers = [
        ("Host", &b"upload.wikimedia.org"[..]),
        ("User-Agent", BROWSER.as_bytes()),
        ("X-Provenance", b"net=trusted"),
        ("X_Provenance", b"net=trusted"),
        ("X-Trusted-Request", b"A"),
        ("x-is-browser", b"100"),
        ("X-Image-Provenance", b"valid"),
    ];
    let request = RawRequest::new("injection", address_of(3), "GET /injection HTTP/1.1", headers);
    let answer = request.ask(chain.address).unwrap();
    // The origin answers with the head that reached it.
    let reached = String::from_utf8(answer.body).unwrap().to_lowercase();
    assert_eq!(answer.status, 200);
    assert!(reached.contains("x-provenance: net=unknown\r\n"), "{reached}");
    assert!(reached.contains("x-trusted-request: e\r\n"), "{reached}");
    for injected in
        ["net=trusted", "x_provenance", "x-trusted-request: a", "x-is-browser", "x-image-provenance: valid"]
    {
        assert!(!reached.contains(injected), "{injected} in {reached}");
    }
}

#[test]
fn odd_requests_get_a_clear_answer_and_nothing_is_lost() {
    let mut chain = chain().unwrap();
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
    assert_eq!(ask_as(&chain, LIBRARY, Ipv4Addr::new(127, 8, 0, 1)).unwrap().status, 403);
}
