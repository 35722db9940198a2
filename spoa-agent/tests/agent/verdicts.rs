//! Every verdict of `tests/vectors/verdicts`, by an agent over a socket.

#[path = "../../../crates/policy/tests/verdicts/case.rs"]
mod case;
#[path = "../../../crates/policy/tests/verdicts/folder.rs"]
mod folder;

use std::collections::BTreeMap;
use std::net::IpAddr;

use bytes::BytesMut;
use case::Case;
use folder::PolicyFolder;
use spop::{HdrsBin, TypedData};

use crate::peer::{Peer, arg, notify};
use crate::process::{Agent, agent};
use crate::scratch::Scratch;

/// The cases by their times.
fn by_time(cases: &[Case]) -> BTreeMap<&str, Vec<&Case>> {
    let mut groups = BTreeMap::<_, Vec<_>>::new();
    for case in cases {
        groups.entry(case.text("time").unwrap()).or_default().push(case);
    }
    groups
}

/// A NOTIFY of what HAProxy would know.
fn notify_of(case: &Case, id: u64) -> BytesMut {
    let lines = case.headers();
    let mut headers = BytesMut::new();
    HdrsBin::encode(lines.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())), &mut headers);
    let ip = case.text("ip").map_or(TypedData::Null, |ip| match ip.parse().unwrap() {
        IpAddr::V4(ip) => TypedData::Ipv4(ip),
        IpAddr::V6(ip) => TypedData::Ipv6(ip),
    });
    let text = |name| case.text(name).map_or(TypedData::Null, |text| TypedData::String(text.as_bytes()));
    let args = [
        arg("ip", ip),
        arg("method", text("method")),
        arg("host", text("host")),
        arg("path", text("path")),
        arg("query", text("query")),
        arg("version", text("version")),
        arg("tls", case.tls().map_or(TypedData::Null, TypedData::Bool)),
        arg("headers", TypedData::Binary(&headers)),
    ];
    notify("check-request", &args, id, 1)
}

/// What is wrong with the answers to these cases.
fn wrong<'c>(peer: &mut Peer, cases: impl Iterator<Item = &'c Case>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, case) in (1..).zip(cases) {
        peer.send(&notify_of(case, id));
        let answer = peer.answer();
        assert_eq!(answer.ids, (id, 1), "{}", case.name());
        let differences = case.differences(&answer.variables);
        if !differences.is_empty() {
            wrong.push(format!("{}\n    {}", case.name(), differences.join("\n    ")));
        }
    }
    wrong
}

#[test]
fn variables_are_what_the_vectors_say() {
    let scratch = Scratch::new();
    let folder = PolicyFolder::new(scratch.path("verdicts"));
    let cases = Case::all();
    assert!(cases.len() >= 1_500, "only {} cases", cases.len());
    let groups = by_time(&cases);
    assert!(groups.len() <= 6, "an agent for each of {} times", groups.len());
    let mut differences = Vec::new();
    for (time, cases) in groups {
        let mut command = agent();
        command.arg("--policy").arg(folder.policy()).args(["--listen", "127.0.0.1:0", "--clock", time]);
        let agent = Agent::ready(command);
        let mut peer = agent.connect().greeted();
        differences.extend(wrong(&mut peer, cases.into_iter()));
    }
    assert!(
        differences.is_empty(),
        "{} of {} cases:\n{}",
        differences.len(),
        cases.len(),
        differences.join("\n")
    );
}
