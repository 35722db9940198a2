//! How commands end.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::{Folder, provenancectl, run, text, with_input};

#[test]
fn the_exit_code_tells_a_no_from_a_slip_and_from_what_cannot_be_read() {
    for (args, code) in [
        (&["check", "/nonexistent/policy.yaml"][..], 3),
        (&["explain", "--policy", "/nonexistent/policy.yaml", "a.example/"], 3),
        (&["explain", "--requests", "/nonexistent/requests"], 3),
        (&["explain", "--code", "1234567"], 1),
        (&["explain", "ftp://a.example/"], 2),
        (&["explain", "-H", "no colon", "a.example/"], 2),
        (&["explain", "--at", "yesterday", "a.example/"], 2),
        (&["verify", "https://a.example/x.jpg"], 1),
        (&["verify", "/x.jpg"], 2),
        (&["sign", "--source", "web", "https://a.example/x.jpg"], 1),
        (&["cookie"], 1),
        (&["nonsense"], 2),
        (&[], 2),
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", text(&output.stderr));
        assert!(!output.stderr.is_empty() || code == 1, "{args:?} ends with {code} and says nothing");
    }
}

#[test]
fn with_json_an_error_is_json_too() {
    let output = run(&["--json", "explain", "--code", "1234567"]);
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert!(error["error"].as_str().unwrap().contains("1234567") && error["hint"].is_string());
    assert!(output.stdout.is_empty());
}

#[test]
fn colours_are_for_terminals_and_for_who_asks_for_them() {
    let request = ["explain", "-A", "curl/8.5.0", "a.example/"];
    assert!(!run(&request).stdout.contains(&b'\x1b'));
    let coloured = provenancectl(&["--color", "always"]).args(request).output().unwrap();
    assert!(coloured.stdout.contains(&b'\x1b'));
}

#[test]
fn a_reader_that_has_read_enough_is_no_error() {
    let folder = Folder::new("enough");
    let requests = folder.file("requests");
    std::fs::write(&requests, "{\"path\":\"/\"}\n".repeat(100_000)).unwrap();
    let mut child = provenancectl(&["explain", "--requests", &requests])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
}

#[test]
fn a_policy_that_does_not_compile_says_so_wherever_it_is_used() {
    let folder = Folder::new("invalid");
    let policy = folder.file("policy.yaml");
    std::fs::write(&policy, "version: 1\n").unwrap();
    for args in
        [&["explain", "--policy", &policy][..], &["timeline", "--policy", &policy], &["check", &policy]]
    {
        let output = with_input(args, b"{\"path\":\"/\"}\n");
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(text(&output.stderr).contains("policy.yaml:1"), "{args:?}: {}", text(&output.stderr));
    }
}
