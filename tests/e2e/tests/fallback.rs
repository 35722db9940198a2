//! No verdict: the agent is gone or slow, or the request does not fit into its frame.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in the functions of a test too, a panic is the report"
)]

use std::net::Ipv4Addr;

use e2e::ask::LIBRARY;
use e2e::chain::address_of;
use e2e::http::RawRequest;
use e2e::scenario::{FALLBACK, lose_the_agent};
use e2e::{Answer, Ask, Chain, Setup};

const FROM: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 1);

fn is_without_verdict(answer: &Answer) -> bool {
    answer.header("x-provenance-fallback").is_some()
}

/// All but the last of one more than the fallback's limit have passed, and the last has not.
fn assert_limited(answers: &[Answer]) {
    assert!(answers.iter().all(is_without_verdict), "{answers:?}");
    let (last, passed) = answers.split_last().unwrap();
    assert_eq!(passed.len(), FALLBACK);
    assert!(passed.iter().all(|answer| answer.status == 200), "{passed:?}");
    assert_eq!((last.status, last.header("retry-after")), (429, Some("10")), "{last:?}");
    assert_eq!(last.header("cache-control"), Some("no-store"));
}

#[test]
fn without_the_agent_haproxy_limits_by_itself_and_says_so() {
    let mut chain = Chain::start(&Setup::default()).unwrap();
    let mut next = 1..;
    let lost = lose_the_agent(&mut chain, || address_of(next.next().unwrap())).unwrap();
    assert_eq!((lost.before.status, is_without_verdict(&lost.before)), (403, false));
    assert_eq!((lost.after.status, is_without_verdict(&lost.after)), (403, false));
    assert_limited(&lost.without);
}

#[test]
fn a_slow_agent_costs_a_moment_and_its_verdicts_count_again_when_it_is_back() {
    let mut chain = Chain::start(&Setup::default()).unwrap();
    chain.pause_agent().unwrap();
    let first = Ask::library(FROM).send(&chain).unwrap();
    // 1: no answer within `timeout processing`.
    assert_eq!((first.status, first.header("x-provenance-fallback")), (200, Some("1")));
    assert!(first.text().contains("fallback=1"), "the backends are told: {first:?}");
    let logged = chain.logged("slow", &first).unwrap();
    assert_eq!((logged.get("fallback").map(String::as_str), logged.get("action")), (Some("1"), None));
    let other = Ipv4Addr::new(203, 0, 113, 2);
    assert_limited(&Ask::library(other).repeat(&chain, FALLBACK + 1).unwrap());
    let program =
        Ask { headers: &[("Accept", "application/json")], ..Ask::library(other) }.send(&chain).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&program.text()).unwrap()["retry_after"], 10);
    let robots = Ask { target: "/robots.txt", ..Ask::library(other) };
    assert_eq!(robots.send(&chain).unwrap().status, 200, "robots.txt is not limited");
    let disguised = Ask { method: "POST", target: "/robots.txt?x", ..Ask::library(other) };
    assert_eq!(disguised.send(&chain).unwrap().status, 429, "but what only has its name is");
    let inside = Ask::library(Ipv4Addr::new(10, 1, 2, 3)).repeat(&chain, FALLBACK + 1).unwrap();
    assert!(inside.iter().all(|answer| answer.status == 200), "own networks are not limited");

    chain.resume_agent().unwrap();
    let answer = Ask::library(FROM).send(&chain).unwrap();
    assert_eq!((answer.status, is_without_verdict(&answer)), (403, false));
}

/// By default HAProxy's frames hold more than its buffer does; where they do not, the client is told.
#[test]
fn a_request_too_large_for_a_frame_is_refused_and_hurts_nobody_else() {
    let chain = Chain::start(&Setup::default().patient().max_frame_size(1024)).unwrap();
    let filler = "f".repeat(2_000);
    let answer = Ask { headers: &[("X-Filler", &filler)], ..Ask::browser(FROM) }.send(&chain).unwrap();
    assert_eq!((answer.status, answer.header("x-provenance-fallback")), (431, Some("3")));
    assert_eq!(answer.text(), "Your request's headers are too large.\n");
    let accepts = [("Accept", "application/json"), ("X-Filler", &filler)];
    let problem = Ask { headers: &accepts, ..Ask::browser(FROM) }.send(&chain).unwrap();
    assert_eq!(problem.header("content-type"), Some("application/problem+json"));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&problem.text()).unwrap()["status"], 431);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(chain.logged("large", &answer).unwrap()["fallback"], "3");
    assert_eq!(Ask::library(FROM).send(&chain).unwrap().status, 403, "others have their verdicts");
}

/// A request of some size in one of the shapes that a client can choose.
fn huge(shape: &str, size: usize, from: Ipv4Addr) -> RawRequest<'_> {
    let filler = "f".repeat(size);
    let (mut target, mut host, mut user_agent) =
        ("/huge".to_owned(), "upload.wikimedia.org".to_owned(), LIBRARY.to_owned());
    let mut further = Vec::new();
    match shape {
        "path" => target = format!("/{filler}"),
        "query" => target = format!("/huge?{filler}"),
        "host" => host = filler,
        "user agent" => user_agent = format!("{LIBRARY} {filler}"),
        "cookie" => further.push(("Cookie".to_owned(), format!("a={filler}"))),
        "one header" => further.push(("X-Filler".to_owned(), filler)),
        "many headers" => further.extend((0..90).map(|n| (format!("X-F{n}"), "f".repeat(size / 90)))),
        other => panic!("no shape {other}"),
    }
    let usual = [("Host", host.as_bytes()), ("User-Agent", user_agent.as_bytes())];
    let further = further.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    RawRequest::new(shape, from, &format!("GET {target} HTTP/1.1"), usual.into_iter().chain(further))
}

const SHAPES: [&str; 7] = ["path", "query", "host", "user agent", "cookie", "one header", "many headers"];

#[test]
fn a_client_cannot_switch_the_policy_off_by_the_size_of_its_request() {
    let chain = Chain::start(&Setup::default().patient()).unwrap();
    for shape in SHAPES {
        for size in [4_000, 7_400, 8_100, 12_000, 14_000, 14_500, 15_000, 15_300, 16_400, 20_000] {
            let answer = huge(shape, size, FROM).ask(chain.proxied).unwrap();
            // 403 by the policy, 400 by HAProxy for what exceeds its buffer: in no case the origin's answer.
            assert!(matches!(answer.status, 400 | 403), "{shape}, {size}: {answer:?}");
            assert!(!is_without_verdict(&answer), "{shape}, {size}: {answer:?}");
        }
    }
}

#[test]
fn without_the_agent_the_size_of_a_request_is_no_way_around_the_limit() {
    let mut chain = Chain::start(&Setup::default()).unwrap();
    chain.kill_agent();
    for (last, shape) in (1..).zip(SHAPES) {
        let from = Ipv4Addr::new(198, 51, 100, last);
        let request = huge(shape, 7_000, from);
        let answers: Vec<_> = (0..=FALLBACK).map(|_| request.ask(chain.proxied).unwrap()).collect();
        assert!(answers.iter().all(is_without_verdict), "{shape}: {answers:?}");
        assert_eq!(answers.last().map(|answer| answer.status), Some(429), "{shape}");
    }
}
