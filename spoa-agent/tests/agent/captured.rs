//! Whole conversations of three HAProxy versions, replayed from what they sent (`crates/spop/tests/frames`).

use std::collections::BTreeMap;
use std::path::Path;

use crate::peer::{Heard, Peer};
use crate::process::Agent;

/// Action, reason and class of the four requests, in their order; see `README.md` of the frames.
const EXPECTED: [[&str; 3]; 4] = [
    ["allow", "default", "browser"],
    ["deny", "ua.none", "none"],
    ["deny", "ua.library_default", "library_default"],
    ["allow", "default", "other"],
];

/// The frames of a version by kind, in the order in which they were sent.
fn frames(version: &str) -> BTreeMap<String, Vec<Vec<u8>>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/spop/tests/frames");
    let text = std::fs::read_to_string(directory.join(format!("haproxy-{version}.txt"))).unwrap();
    let mut frames = BTreeMap::<_, Vec<_>>::new();
    for (kind, hex) in text.lines().filter_map(|line| line.split_once(' ')) {
        let bytes = (0..hex.len()).step_by(2).map(|n| u8::from_str_radix(&hex[n..n + 2], 16).unwrap());
        frames.entry(kind.to_owned()).or_default().push(bytes.collect());
    }
    frames
}

fn replay(version: &str) {
    let (agent, frames) = (Agent::on(&["127.0.0.1:0"]), frames(version));
    let mut check = agent.connect();
    check.send(&frames["hello-healthcheck"][0]);
    assert!(matches!(check.hear(), Heard::Hello { max_frame_size: 16_380, .. }));
    assert!(check.is_closed());

    let mut peer = agent.connect();
    peer.send(&frames["hello"][0]);
    let pipelining = Heard::Hello { max_frame_size: 16_380, capabilities: "pipelining".to_owned() };
    assert_eq!(peer.hear(), pipelining);
    peer.send(&frames["notify"].concat());
    for expected in EXPECTED {
        let answer = peer.answer();
        assert_eq!(["action", "reason", "ua_class"].map(|name| answer.get(name)), expected);
    }
    if let Some(disconnect) = frames.get("disconnect") {
        peer.send(&disconnect[0]);
        assert_eq!(Peer::goodbye(peer).0, 0);
    }
}

#[test]
fn haproxy_2_6() {
    replay("2.6");
}

#[test]
fn haproxy_3_0() {
    replay("3.0");
}

#[test]
fn haproxy_3_5() {
    replay("3.5-dev5");
}
