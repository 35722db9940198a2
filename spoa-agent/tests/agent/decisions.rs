//! The log of refused and shadow decisions, its forms, and a reader that does not read.

use std::fs::File;
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use crate::http::{metric, until};
use crate::peer::{Peer, Request};
use crate::process::{Agent, LAST_STAGE, agent, program};
use crate::scratch::{Scratch, data};

const HOSTILE: Request<'_> = Request {
    ip: [192, 0, 2, 77],
    path: b"/a\nforged line=\"yes\"\x1b[2J",
    user_agent: Some(b"python-requests/2.32.3\" action=\"allow\r\nINFO forged"),
};

#[test]
fn a_refusal_is_logged_without_what_could_forge_a_line_or_identify_a_person() {
    let mut agent = Agent::on(&["127.0.0.1:0"]);
    agent.connect().greeted().ask(&HOSTILE);
    let line = agent.wait_for_line("refused or would be");
    for part in [
        "action=\"deny\"",
        "reason=\"ua.library_default\"",
        "tier=\"E\"",
        "ua_class=\"library_default\"",
        "net=\"192.0.2.0/24\"",
        "host=\"upload.example.org\"",
        r#"path="/a\\nforged line=\\\"yes\\\"\\x1b[2J""#,
        r#"ua="python-requests/2.32.3\\\" action=\\\"allow\\r\\nINFO forged""#,
        "suppressed=0",
    ] {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert!(!line.contains("192.0.2.77"), "{line}");
}

#[test]
fn lines_are_bounded_and_the_rest_is_counted() {
    let options = ["--clock", LAST_STAGE, "--admin", "127.0.0.1:0", "--log-decisions", "2"];
    let mut agent = Agent::with(&["127.0.0.1:0"], &options);
    let mut peer = agent.connect().greeted();
    for _ in 0..200 {
        peer.ask(&HOSTILE);
    }
    let unlogged = metric(agent.admin(), "provenance_agent_decisions_unlogged_total").unwrap();
    let logged = agent.seen().iter().filter(|line| line.contains("refused or would be")).count();
    assert!(unlogged >= 150.0 && logged <= 50, "{unlogged} beside {logged}");
}

#[test]
fn none_is_logged_where_none_is_asked_for() {
    let mut agent = Agent::with(&["127.0.0.1:0"], &["--clock", LAST_STAGE, "--log-decisions", "0"]);
    agent.connect().greeted().ask(&HOSTILE);
    agent.signal("TERM");
    agent.wait_for_line("decided");
    assert!(!agent.seen().iter().any(|line| line.contains("refused or would be")));
}

#[test]
fn in_json_each_line_is_an_object() {
    let scratch = Scratch::new();
    let log = scratch.path("log");
    let mut command = Command::new(program());
    command.arg("--policy").arg(data("policy.yaml")).args(["--log-format", "json", "--clock", LAST_STAGE]);
    command.args(["--listen", &scratch.socket("agent.sock")]).stderr(File::create(&log).unwrap());
    let mut child = command.spawn().unwrap();
    until("it listens", || UnixStream::connect(scratch.path("agent.sock")).is_ok());
    Peer::connect(&scratch.socket("agent.sock")).greeted().ask(&HOSTILE);
    crate::process::send("TERM", child.id());
    child.wait().unwrap();
    let text = std::fs::read_to_string(log).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let refusal = lines.iter().find(|line| line["message"] == "refused or would be").unwrap();
    assert_eq!((&refusal["action"], &refusal["tier"]), (&"deny".into(), &"E".into()), "{refusal}");
    assert_eq!(refusal["host"], "upload.example.org");
    assert_eq!(refusal["path"], r#"/a\nforged line=\"yes\"\x1b[2J"#);
    assert_eq!(lines.last().unwrap()["message"], "stopped");
}

#[test]
fn a_log_that_nobody_reads_delays_neither_a_request_nor_the_end() {
    let scratch = Scratch::new();
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut command = agent();
    command.arg("--policy").arg(data("policy.yaml")).args([
        "--clock",
        LAST_STAGE,
        "--log-decisions",
        "10000",
    ]);
    command.args(["--listen", &scratch.socket("agent.sock"), "--admin", &scratch.socket("admin.sock")]);
    command.stderr(Stdio::from(OwnedFd::from(writer)));
    let mut child = command.spawn().unwrap();
    drop(command);
    until("it listens", || UnixStream::connect(scratch.path("agent.sock")).is_ok());
    let mut peer = Peer::connect(&scratch.socket("agent.sock")).greeted();
    // A pipe holds 64 kB and the queue some thousands of lines.
    let admin = scratch.socket("admin.sock");
    until("lines are lost", || {
        for _ in 0..2_000 {
            assert_eq!(peer.ask(&HOSTILE).get("action"), "deny");
        }
        metric(&admin, "provenance_agent_log_lines_dropped_total").unwrap() > 0.0
    });
    crate::process::send("TERM", child.id());
    assert_eq!(peer.goodbye().0, 0);
    assert!(child.wait().unwrap().success());
    let mut log = String::new();
    reader.read_to_string(&mut log).unwrap();
    assert!(log.contains("refused or would be"));
}
