//! Secrets: made, used, replaced.

use std::os::unix::fs::MetadataExt as _;

use crate::{Folder, run, text};

/// A policy with one key that signs.
fn policy(folder: &Folder) -> String {
    let key = folder.file("k2026a");
    assert!(run(&["keygen", "--id", "k2026a", "--file", &key]).status.success());
    let policy = folder.file("policy.yaml");
    let text = "version: 1\ncontact: { email: noc@example.org, url: \"https://example.org/policy\" }\nprovenance:\n  \
                keys: [{ id: k2026a, file: k2026a, sign: true }]\n  \
                sources: { web: { generators: [parser], max_age: 35d }, share: { generators: [share], max_age: 1h, granularity: 1m } }\n";
    std::fs::write(&policy, text).unwrap();
    policy
}

#[test]
fn a_new_key_signs_what_verifies_and_nobody_else_reads_it() {
    let folder = Folder::new("sign");
    let policy = policy(&folder);
    let key = std::fs::metadata(folder.file("k2026a")).unwrap();
    assert_eq!((key.len(), key.mode() & 0o007), (32, 0));

    let url = run(&[
        "sign",
        "--policy",
        &policy,
        "--at",
        "2026-11-20T12:00:00Z",
        "--generator",
        "parser",
        "https://a.example/x.jpg",
    ]);
    let url = text(&url.stdout).trim().to_owned();
    let verify = |url: &str, at: &str| run(&["verify", "--policy", &policy, "--at", at, url]);
    assert!(verify(&url, "2026-12-01").status.success(), "{url}");
    for (url, at, status) in [
        (&*url.replace("x.jpg", "y.jpg"), "2026-12-01", "forged"),
        (&url, "2026-12-26", "stale"),
        (&url, "2026-11-19", "early"),
        (&url.replace("k2026a", "k2026b"), "2026-12-01", "unknown_key"),
        ("https://a.example/x.jpg?utm_campaign=parser", "2026-12-01", "unsigned"),
    ] {
        let output = verify(url, at);
        assert_eq!(output.status.code(), Some(1), "{status}");
        assert!(
            text(&output.stdout).starts_with(&format!("{status}: ")),
            "{status}: {}",
            text(&output.stdout)
        );
    }
}

#[test]
fn a_shared_url_is_good_for_an_hour() {
    let folder = Folder::new("share");
    let policy = policy(&folder);
    let url = run(&["share", "--policy", &policy, "--at", "2026-11-20T12:00:00Z", "https://a.example/x.jpg"]);
    let url = text(&url.stdout).trim().to_owned();
    let at = |time: &str| run(&["verify", "--policy", &policy, "--at", time, &url]).status.success();
    assert!(at("2026-11-20T12:59:00Z") && !at("2026-11-20T13:02:00Z"), "{url}");
}

#[test]
fn the_group_may_read_a_key_whatever_the_umask_and_others_may_not() {
    let folder = Folder::new("umask");
    for umask in ["000", "077"] {
        let key = folder.file(umask);
        let command =
            format!("umask {umask} && '{}' keygen --file '{key}'", env!("CARGO_BIN_EXE_provenancectl"));
        assert!(std::process::Command::new("sh").args(["-c", &command]).status().unwrap().success());
        assert_eq!(std::fs::metadata(&key).unwrap().mode() & 0o777, 0o640, "{umask}");
    }
}

#[test]
fn a_url_is_not_sealed_for_a_host_where_nobody_looks_at_seals() {
    let folder = Folder::new("hosts");
    let policy = policy(&folder);
    let text = std::fs::read_to_string(&policy).unwrap();
    std::fs::write(&policy, text.replace("provenance:\n", "provenance:\n  hosts: [a.example]\n")).unwrap();
    let sign = |url: &str| run(&["sign", "--policy", &policy, "--source", "web", url]).status.code();
    assert_eq!((sign("https://a.example/x.jpg"), sign("https://b.example/x.jpg")), (Some(0), Some(1)));
}

#[test]
fn a_key_that_is_there_is_not_overwritten() {
    let folder = Folder::new("keep");
    let key = folder.file("key");
    assert!(run(&["keygen", "--file", &key]).status.success());
    let first = std::fs::read(&key).unwrap();
    assert_eq!(run(&["keygen", "--file", &key]).status.code(), Some(3));
    assert_eq!(std::fs::read(&key).unwrap(), first);
    assert_eq!(run(&["keygen", "--file", &folder.file("other"), "--id", "not-an-id"]).status.code(), Some(2));
}

#[test]
fn the_old_key_may_go_when_its_last_seal_is_stale() {
    let folder = Folder::new("rotate");
    let policy = policy(&folder);
    let steps = run(&["rotate", "--policy", &policy, "--at", "2026-11-20", "--json"]);
    let steps: serde_json::Value = serde_json::from_slice(&steps.stdout).unwrap();
    assert_eq!((&steps["old"], &steps["new"]), (&"k2026a".into(), &"k2026b".into()));
    let last = steps["steps"].as_array().unwrap().last().unwrap();
    assert_eq!(last["not_before"], "2026-12-25T00:00:00Z");
    assert_eq!(run(&["rotate", "--policy", &policy, "--id", "k2026a"]).status.code(), Some(1));
}
