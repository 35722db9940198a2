//! What a NOTIFY is answered with.

use std::collections::BTreeMap;

use spop::TypedData;

use crate::peer::{Heard, Request, arg, hello, notify};
use crate::process::Agent;

const ANY: &str = "127.0.0.1:0";
const CLOUD: [u8; 4] = [192, 0, 2, 7];

#[test]
fn a_verdict_comes_as_variables() {
    let agent = Agent::on(&[ANY]);
    let answer = agent.connect().greeted().ask(&Request::by_browser(CLOUD));
    assert_eq!(answer.verdict(), ["allow", "200", "default"]);
    assert_eq!(answer.get("tier"), "E");
    assert_eq!(answer.get("labels"), "cloud=example-cloud");
    assert_eq!(answer.get("ua_class"), "browser");
    assert_eq!(answer.get("code").len(), 7);
    assert_eq!((answer.get("retry_after"), answer.get("limit_name")), ("", ""));
}

#[test]
fn the_network_decides_first() {
    let agent = Agent::on(&[ANY]);
    let mut peer = agent.connect().greeted();
    let trusted = Request { ip: [198, 51, 100, 1], path: b"/", user_agent: None };
    assert_eq!(peer.ask(&trusted).verdict(), ["allow", "200", "network.trusted"]);
    let abusive = Request::by_browser([203, 0, 113, 1]);
    assert_eq!(peer.ask(&abusive).verdict(), ["deny", "403", "network.abusive"]);
}

#[test]
fn a_limit_says_when_to_come_back() {
    let agent = Agent::on(&[ANY]);
    let mut peer = agent.connect().greeted();
    let request = Request::by_browser(CLOUD);
    for _ in 0..3 {
        assert_eq!(peer.ask(&request).get("action"), "allow");
    }
    let answer = peer.ask(&request);
    assert_eq!(answer.verdict(), ["limit", "429", "limit.ip"]);
    let seconds: u32 = answer.get("retry_after").parse().unwrap();
    assert!((1..=1200).contains(&seconds), "{seconds}");
    assert_eq!(answer.get("ratelimit_policy"), "\"ip\";q=3;w=3600");
    assert_eq!((answer.get("limit_name"), answer.get("limit_remaining")), ("ip", "0"));
    assert!(answer.get("appeal").contains("noc@example.org"), "{}", answer.get("appeal"));
    assert!(answer.get("advice").starts_with("Wait "), "{}", answer.get("advice"));
    assert_eq!(peer.ask(&Request::by_browser([192, 0, 2, 8])).get("action"), "allow");
}

#[test]
fn a_stage_begins_when_the_clock_says_so() {
    let library = Request { ip: CLOUD, path: b"/", user_agent: Some(b"python-requests/2.31.0") };
    let decide = |clock: &str| {
        let agent = Agent::with(&[ANY], &["--clock", clock]);
        let mut peer = agent.connect().greeted();
        [(); 2].map(|()| peer.ask(&library))
    };
    let [first, second] = decide("2025-08-12");
    assert_eq!(first.verdict(), ["allow", "200", "default"]);
    assert_eq!(second.verdict(), ["limit", "429", "ua.library_default"]);
    assert_ne!(second.get("retry_after"), "");
    let [first, second] = decide("2025-08-18T00:00:00Z");
    assert_eq!(first.verdict(), ["deny", "403", "ua.library_default"]);
    assert_eq!(second.verdict(), first.verdict());
}

#[test]
fn every_one_of_500_pipelined_frames_is_answered() {
    let agent = Agent::on(&[ANY]);
    let mut peer = agent.connect().greeted();
    let frames: Vec<u8> =
        (0..500_u16).flat_map(|n| pipelined(n).notify((n / 2).into(), (1 + n % 2).into())).collect();
    peer.send(&frames);
    let answers: BTreeMap<_, _> =
        (0..500).map(|_| peer.answer()).map(|answer| (answer.ids, answer)).collect();
    for n in 0..500_u16 {
        let answer = &answers[&(u64::from(n / 2), u64::from(1 + n % 2))];
        let expected =
            if n.is_multiple_of(3) { ["deny", "403", "ua.none"] } else { ["allow", "200", "default"] };
        assert_eq!(answer.verdict(), expected, "frame {n}");
    }
}

/// Every third without user agent, each from another address.
fn pipelined(n: u16) -> Request<'static> {
    let [high, low] = n.to_be_bytes();
    let browser = Request::by_browser([10, 0, high, low]);
    if n.is_multiple_of(3) { Request { user_agent: None, ..browser } } else { browser }
}

#[test]
fn frames_that_arrive_byte_by_byte_are_answered() {
    let agent = Agent::on(&[ANY]);
    let mut peer = agent.connect();
    let frames = [hello(16_380), Request::by_browser(CLOUD).notify(9, 2)].concat();
    for byte in frames {
        peer.send(&[byte]);
    }
    assert!(matches!(peer.hear(), Heard::Hello { .. }));
    assert_eq!(peer.answer().ids, (9, 2));
}

#[test]
fn a_user_agent_of_16_kilobytes_is_judged() {
    let agent = Agent::on(&[ANY]);
    let mut peer = agent.connect();
    peer.send(&hello(65_532));
    peer.hear();
    let long = [b"python-requests/2.31.0 ".to_vec(), vec![b'a'; 16 * 1024]].concat();
    let request = Request { ip: CLOUD, path: b"/", user_agent: Some(&long) };
    assert_eq!(peer.ask(&request).verdict(), ["deny", "403", "ua.library_default"]);
}

#[test]
fn bytes_that_are_no_utf_8_are_judged() {
    let agent = Agent::on(&[ANY]);
    let mut peer = agent.connect().greeted();
    for user_agent in [&b"caf\xe9\xff/1.0"[..], b"\x00\x01\x7f", b"\xf0\x9f"] {
        let request =
            Request { ip: [192, 0, 2, user_agent[0]], path: b"/\xff", user_agent: Some(user_agent) };
        let answer = peer.ask(&request);
        assert_eq!(answer.verdict(), ["allow", "200", "default"]);
        assert_eq!(answer.get("ua_class"), "other");
    }
}

#[test]
fn what_is_unknown_is_not_allowed() {
    let agent = Agent::on(&[ANY]);
    let mut peer = agent.connect().greeted();
    let null = ["ip", "method", "host", "path", "query", "version", "tls", "headers"]
        .map(|name| arg(name, TypedData::Null));
    for args in [&null[..], &[]] {
        peer.send(&notify("check-request", args, 1, 1));
        assert_eq!(peer.answer().verdict(), ["deny", "403", "ua.none"]);
    }
    let nameless = [arg("user-agent", TypedData::String(b"example"))];
    let actions = [(); 4].map(|()| {
        peer.send(&notify("check-request", &nameless, 1, 1));
        peer.answer()
    });
    assert_eq!(actions[0].verdict(), ["allow", "200", "default"]);
    assert_eq!(actions[3].verdict(), ["limit", "429", "limit.ip"]);
    assert_eq!(actions[3].get("limit_key"), "unknown");
}

#[test]
fn headers_may_come_one_by_one() {
    let agent = Agent::on(&[ANY]);
    let mut peer = agent.connect().greeted();
    peer.send(&notify("check-request", &[arg("user-agent", TypedData::String(b"python-requests/2"))], 1, 1));
    assert_eq!(peer.answer().verdict(), ["deny", "403", "ua.library_default"]);
}

#[test]
fn what_cannot_be_read_is_answered_without_a_verdict_and_logged() {
    let mut agent = Agent::on(&[ANY]);
    let mut peer = agent.connect().greeted();
    for (message, args) in [
        ("other-message", vec![]),
        ("check-request", vec![arg("headers", TypedData::Binary(b"\x0auser-agent\xff"))]),
        ("check-request", vec![arg("ip", TypedData::String(b"192.0.2.7"))]),
    ] {
        peer.send(&notify(message, &args, 4, 2));
        let answer = peer.answer();
        assert_eq!((answer.ids, answer.variables.len()), ((4, 2), 0));
    }
    agent.wait_for_line("NOTIFY without a verdict");
}

#[test]
fn the_smallest_frame_has_room_for_what_decides() {
    let agent = Agent::on(&[ANY]);
    let mut peer = agent.connect();
    peer.send(&hello(256));
    peer.hear();
    let by_name = [arg("user-agent", TypedData::String(b"example/1.0"))];
    let answers = [(); 4].map(|()| {
        peer.send(&notify("check-request", &by_name, u64::MAX, u64::MAX));
        peer.answer()
    });
    let limited = &answers[3];
    assert_eq!(limited.verdict(), ["limit", "429", "limit.ip"]);
    assert_ne!((limited.get("retry_after"), limited.get("code")), ("", ""));
}
