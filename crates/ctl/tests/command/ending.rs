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
        (&["explain", "--requests", "x", "-A", "curl/8.5.0"], 2),
        (&["explain", "--code", "default", "--ip", "192.0.2.7"], 2),
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

/// `check --strict | grep -q` in a script must not turn a no into a yes.
#[test]
fn the_exit_code_is_that_of_the_answer_though_nobody_reads_it() {
    let folder = Folder::new("unread");
    let policy = folder.file("policy.yaml");
    let text = "version: 1\ncontact: { email: noc@example.org, url: \"https://example.org/policy\" }\n\
                exemptions: [{ name: feed, paths: [/feed], until: 2020-01-01 }]\n";
    std::fs::write(&policy, text).unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ended = provenancectl(&["check", "--strict", &policy]).stdout(writer).status().unwrap();
    assert_eq!(ended.code(), Some(1));
}

#[test]
fn what_a_policy_writes_does_not_move_the_cursor() {
    let folder = Folder::new("escapes\u{1b}[31m");
    let policy = folder.file("policy.yaml");
    std::fs::write(&policy, "version: 1\n\"\\e[2Jx\\u202e\": 1\n").unwrap();
    for args in
        [&["--color", "always", "check", &policy][..], &["explain", "--policy", &policy, "a.example/"]]
    {
        let output = run(args);
        let told = text(&output.stderr);
        assert!(told.contains("\\u{1b}[2Jx\\u{202e}"), "{told}");
        assert!(
            !told.contains("\u{1b}[2J") && !told.contains("\u{1b}[31m/") && !told.contains('\u{202e}'),
            "{told}"
        );
    }
}

#[test]
fn a_folder_is_no_policy_and_nobody_waits_for_the_writer_of_a_fifo() {
    let folder = Folder::new("no-file");
    let fifo = folder.file("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    for policy in [&folder.file(""), &fifo] {
        let output = run(&["check", policy]);
        assert_eq!(output.status.code(), Some(3), "{policy}");
        assert!(text(&output.stderr).contains("not a regular file"), "{}", text(&output.stderr));
    }
}

#[test]
fn a_path_that_is_no_text_is_told_in_json_as_well() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Folder::new("bytes");
    let file = folder.0.join(OsStr::from_bytes(b"bad\xff.yaml"));
    std::fs::write(&file, "version: 1\n").unwrap();
    let output = provenancectl(&["check", "--json"]).arg(&file).output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &answer["valid"]), (Some(1), &Value::Bool(false)));
    let key = folder.0.join(OsStr::from_bytes(b"key\xff"));
    let output = provenancectl(&["keygen", "--json", "--file"]).arg(&key).output().unwrap();
    assert!(output.status.success() && serde_json::from_slice::<Value>(&output.stdout).is_ok());
}
