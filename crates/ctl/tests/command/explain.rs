//! Requests in, verdicts out.

use std::path::Path;

use limits::{Seed, Table};
use policy::facts::Connection;
use policy::session::SessionCache;
use policy::{Memory, Policy, Request};
use serde_json::{Value, json};

use crate::case::Case;
use crate::folder::PolicyFolder;
use crate::{run, text, with_input};

/// The line of a request that asks for what a case of the vectors asks for.
pub fn line(case: &Case) -> String {
    let mut request = json!({ "headers": {} });
    for key in ["time", "ip", "method", "host", "path", "query", "version"] {
        if let Some(value) = case.text(key) {
            request[key] = json!(value);
        }
    }
    if let Some(tls) = case.tls() {
        request["tls"] = json!(tls);
    }
    for (name, value) in case.headers() {
        let lines = &mut request["headers"][name];
        match lines.as_array_mut() {
            Some(lines) => lines.push(json!(value)),
            None => *lines = json!([value]),
        }
    }
    request.to_string()
}

/// The crate's own verdict on a case.
fn judged(policy: &Policy, case: &Case, memory: Memory<'_>) -> Value {
    let lines = case.headers();
    let mut headers = policy.headers();
    for (name, value) in &lines {
        headers.record(name.as_bytes(), value.as_bytes());
    }
    let bytes = |key: &str| case.text(key).map(str::as_bytes);
    let request = Request {
        ip: case.text("ip").map(|ip| ip.parse().unwrap()),
        method: bytes("method").unwrap(),
        host: bytes("host").unwrap(),
        path: bytes("path").unwrap(),
        query: bytes("query"),
        headers,
        connection: Connection {
            version: case.text("version").map(|version| version.parse().unwrap()),
            tls: case.tls(),
            tls_label: None,
        },
    };
    serde_json::to_value(policy.decide(&request, memory, case.text("time").unwrap().parse().unwrap()))
        .unwrap()
}

#[test]
fn every_vector_is_judged_as_the_crate_judges_it() {
    let name = format!("ctl-verdicts-{}", std::process::id());
    let folder = PolicyFolder::new(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
    let policy = Policy::load(&folder.policy()).unwrap();
    let (table, sessions) = (
        Table::new(1_000_000, &Seed::from([0; 16])).unwrap(),
        SessionCache::new(1_000_000, [0; 32]).unwrap(),
    );
    let memory = Memory { limits: &table, sessions: &sessions };

    let cases = Case::all();
    let lines: Vec<String> = cases.iter().map(line).collect();
    let file = folder.policy();
    let output = with_input(&["explain", "--policy", file.to_str().unwrap()], lines.join("\n").as_bytes());
    assert_eq!(text(&output.stderr), "");
    assert!(output.status.success());
    let verdicts: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(verdicts.len(), cases.len());
    for (case, verdict) in cases.iter().zip(verdicts) {
        assert_eq!(verdict, judged(&policy, case, memory), "{}", case.name());
    }
}

#[test]
fn a_line_that_is_no_request_is_told_in_its_place_and_the_others_are_judged() {
    let long = format!("{{\"path\":\"/{}\"}}", "x".repeat(1024 * 1024));
    let input = format!("{{\"path\":\"/\"}}\n\nnonsense\n{long}\n{{\"path\":\"/\"}}\n");
    let output = with_input(&["explain", "--at", "2025-08-20"], input.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!((&lines[0]["action"], &lines[3]["action"]), (&json!("deny"), &json!("deny")));
    assert_eq!(lines[1]["line"], 3);
    assert_eq!(lines[2], json!({ "error": "longer than 1048576 bytes", "line": 4 }));
}

#[test]
fn one_request_is_explained_to_programs_as_well() {
    let output = run(&[
        "explain",
        "--json",
        "--at",
        "2025-08-20",
        "-A",
        "curl/8.5.0",
        "--ip",
        "192.0.2.7",
        "a.example/",
    ]);
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(verdict["action"], "allow");
    let steps: Vec<&str> =
        verdict["steps"].as_array().unwrap().iter().map(|step| step["reason"].as_str().unwrap()).collect();
    assert_eq!(steps, ["ua.cli", "limit.ip"]);
    assert_eq!(verdict["steps"][0]["limit"]["key"], "192.0.2.7/32");
    assert_eq!(verdict["signals"].as_array().unwrap().len(), 9);
}

#[test]
fn what_a_client_sends_does_not_reach_the_terminal_as_it_came_and_secrets_not_at_all() {
    let output = run(&[
        "explain",
        "-A",
        "x\u{1b}[2Jy\u{202e}z (evil\u{7}@example.org)",
        "-b",
        "session=topsecret",
        "-H",
        "Authorization: Bearer topsecret",
        "https://a.example/p?token=topsecret",
    ]);
    assert!(output.status.success());
    let shown = text(&output.stdout);
    assert!(shown.contains("x\\u{1b}[2Jy\\u{202e}z"), "{shown}");
    assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{7}']) && !shown.contains("topsecret"), "{shown}");
}

#[test]
fn what_comes_next_is_told_to_whom_it_concerns() {
    let next = |more: &[&str]| {
        let mut args = vec!["explain", "--at", "2025-08-20", "-A", "python-requests/2.31.0"];
        args.extend(more);
        text(&run(&args).stdout).contains("\nnext\n")
    };
    assert!(next(&["--ip", "192.0.2.7", "a.example/"]));
    assert!(!next(&["--ip", "10.0.0.1", "a.example/"]), "a trusted network");
    assert!(!next(&["--ip", "192.0.2.7", "a.example/robots.txt"]));
}
