//! Logs in, a summary out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::Value;

use crate::case::Case;
use crate::explain::line;
use crate::folder::PolicyFolder;
use crate::{Folder, provenancectl, run, text, with_input};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";

/// A policy with these stages, in a folder of its own.
fn policy(folder: &Folder, name: &str, stages: &str) -> String {
    let classes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/user-agents.yaml");
    std::fs::copy(classes, folder.file("user-agents.yaml")).unwrap();
    let text = format!(
        "version: 1\ncontact: {{ email: noc@example.org, url: \"https://example.org/policy\" }}\nuser_agents:\n  classes: user-agents.yaml\n{stages}"
    );
    std::fs::write(folder.file(name), text).unwrap();
    folder.file(name)
}

/// A log of so many requests in format combined, every third by a library, one second apart from 2026-11-20 12:00 on.
fn combined(requests: u64) -> String {
    let mut log = String::new();
    for n in 0..requests {
        let user_agent = if n % 3 == 0 { "python-requests/2.32.3" } else { FIREFOX };
        let (minute, second) = (n / 60 % 60, n % 60);
        writeln!(
            log,
            "192.0.2.{} - - [20/Nov/2026:12:{minute:02}:{second:02} +0000] \"GET /page-{n}?token=s3cret HTTP/1.1\" 200 12 \"-\" \"{user_agent}\"",
            n % 7
        )
        .unwrap();
    }
    log
}

fn json(output: &std::process::Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn row<'v>(rows: &'v Value, name: &str) -> &'v Value {
    let found = rows.as_array().unwrap().iter().find(|row| row["name"] == name);
    found.unwrap()
}

#[test]
fn counts_what_explain_says_of_each_case_of_the_vectors() {
    let folder = PolicyFolder::new(
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-replay", std::process::id())),
    );
    let policy = folder.policy();
    let policy = policy.to_str().unwrap();
    let cases = Case::all();
    let lines = cases.iter().map(|case| line(case) + "\n").collect::<String>();
    let explained =
        with_input(&["explain", "--json", "--policy", policy, "--requests", "-"], lines.as_bytes());
    let mut expected = BTreeMap::<(String, String), u64>::new();
    for verdict in text(&explained.stdout).lines() {
        let verdict: Value = serde_json::from_str(verdict).unwrap();
        let field = |name: &str| verdict[name].as_str().unwrap().to_owned();
        *expected.entry((field("reason"), field("action"))).or_default() += 1;
    }
    assert!(expected.values().sum::<u64>() > 1_000);
    let summary = json(&with_input(&["replay", "--json", "--policy", policy, "-"], lines.as_bytes()));
    let mut counted = BTreeMap::new();
    for rule in summary["rules"].as_array().unwrap() {
        for action in ["allow", "limit", "deny"] {
            let count = rule[action].as_u64().unwrap();
            if count > 0 {
                *counted
                    .entry((rule["name"].as_str().unwrap().to_owned(), action.to_owned()))
                    .or_default() += count;
            }
        }
    }
    assert_eq!(counted, expected);
}

#[test]
fn tells_who_would_newly_be_refused_by_another_policy() {
    let folder = Folder::new("replay-against");
    let now = policy(&folder, "now.yaml", "");
    let block = "  stages: { library_default: [{ from: 2026-01-01, block: true }], browser: [{ from: 2026-01-01, rate: 1/h }] }\n";
    let next = policy(&folder, "next.yaml", block);
    let args = ["replay", "--json", "--policy", &next, "--against", &now, "--format", "combined", "-"];
    let summary = json(&with_input(&args, combined(90).as_bytes()));
    assert_eq!(summary["before"], "policy");
    assert_eq!(summary["requests"]["deny"], 30);
    assert_eq!(row(&summary["classes"], "library_default")["newly_refused"], 30);
    // Each of seven addresses has one request in an hour.
    assert_eq!(summary["browsers"]["allow"], 7);
    assert_eq!(summary["browsers"]["newly_refused"], 53);
    assert_eq!(summary["browsers"]["scored"], Value::Null, "combined has no Accept");
    let top = &summary["newly_refused"]["user_agents"]["rows"];
    assert_eq!((&top[0]["name"], &top[0]["requests"]), (&Value::from(FIREFOX), &53.into()));
    assert_eq!(top[0]["limit"], 53);
    let changes: Vec<_> =
        summary["examples"].as_array().unwrap().iter().map(|e| e["change"].as_str().unwrap()).collect();
    assert_eq!(changes, ["allow → deny", "allow → limit"]);

    let back = ["replay", "--json", "--policy", &now, "--against", &next, "-"];
    let summary = json(&with_input(&back, combined(90).as_bytes()));
    assert_eq!(
        (&summary["requests"]["newly_refused"], &summary["requests"]["newly_allowed"]),
        (&0.into(), &83.into())
    );
}

#[test]
fn compares_with_the_status_where_there_is_no_other_policy() {
    let folder = Folder::new("replay-status");
    let none = policy(&folder, "none.yaml", "");
    let log = combined(30).replacen("\" 200 ", "\" 429 ", 4);
    let summary = json(&with_input(&["replay", "--json", "--policy", &none, "-"], log.as_bytes()));
    assert_eq!((&summary["before"], &summary["requests"]["newly_allowed"]), (&"status".into(), &4.into()));
}

#[test]
fn plain_gzip_and_zstd_in_several_files_have_the_same_answer() {
    let folder = Folder::new("replay-packed");
    let policy = policy(&folder, "policy.yaml", "  stages: { browser: [{ from: 2026-01-01, rate: 1/m }] }\n");
    let log = combined(3_000);
    let half = log.len() / 2 + log[log.len() / 2..].find('\n').unwrap() + 1;
    let (first, second) = log.split_at(half);
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(first.as_bytes()).unwrap();
    std::fs::write(folder.file("first"), gzip.finish().unwrap()).unwrap();
    std::fs::write(folder.file("second"), compress_to_vec(second.as_bytes(), CompressionLevel::Fastest))
        .unwrap();
    std::fs::write(folder.file("whole"), &log).unwrap();
    let (one, two, whole) = (folder.file("first"), folder.file("second"), folder.file("whole"));
    let mut answers = [vec![one, two], vec![whole]].map(|logs| {
        let mut args = vec!["replay", "--json", "--policy", &policy];
        args.extend(logs.iter().map(String::as_str));
        json(&run(&args))
    });
    assert_eq!(answers[0]["logs"].as_array().unwrap().len(), 2);
    answers.iter_mut().for_each(|answer| answer["logs"] = Value::Null);
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0]["requests"]["limit"].as_u64().unwrap() > 0);
}

#[test]
fn a_log_that_ends_early_is_told_with_what_was_read() {
    let folder = Folder::new("replay-cut");
    let policy = policy(&folder, "policy.yaml", "");
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(combined(3_000).as_bytes()).unwrap();
    let packed = gzip.finish().unwrap();
    std::fs::write(folder.file("cut.gz"), &packed[..packed.len() / 2]).unwrap();
    std::fs::write(folder.file("next.log"), combined(3)).unwrap();
    let output = run(&["replay", "--policy", &policy, &folder.file("cut.gz"), &folder.file("next.log")]);
    assert_eq!(output.status.code(), Some(3));
    let told = text(&output.stdout);
    assert!(told.contains("not read to its end: it ends early"), "{told}");
    assert!(told.contains("next.log: combined, 3 lines, 3 requests"), "{told}");
    assert!(text(&output.stderr).contains("cut.gz"), "{}", text(&output.stderr));
}

#[test]
fn what_cannot_be_read_is_counted_and_shown_without_secrets_and_moves_no_cursor() {
    let folder = Folder::new("replay-unread");
    let policy = policy(&folder, "policy.yaml", "");
    let good = combined(5);
    let evil = "192.0.2.7 - - [20/Nov/2026:12:00:00 +0000] \"GET /\\x1b[2J HTTP/1.1\" 200 1 \"-\" \"\\x1b]0;owned\\x07 <b>\"\n";
    let bad = "\x1b[31mnot a line \"GET /a?token=s3cret\" eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0\n";
    let none = "192.0.2.7 - - [20/Nov/2026:12:00:00 +0000] \"-\" 408 1 \"-\" \"-\"\n";
    let json = "Nov 20 h app: {\"headers\":{\"x\":\"y\"},\"cookie\":\"sess=s3cret\"}\n";
    let log = [&good, evil, bad, none, json].concat();
    let report = folder.file("out.html");
    let output = with_input(&["replay", "--policy", &policy, "--report", &report, "-"], log.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    assert!(
        told.contains("standard input: combined, 9 lines, 6 requests, 1 without a request, 2 unread"),
        "{told}"
    );
    assert!(told.contains("standard input:7: "), "{told}");
    let page = std::fs::read_to_string(&report).unwrap();
    for shown in [told, &page] {
        assert!(!shown.contains('\x1b') && !shown.contains('\x07'), "{}", shown.escape_debug());
        assert!(!shown.contains("s3cret") && !shown.contains("eyJ"), "{shown}");
    }
    assert!(page.contains("&lt;b&gt;") && !page.contains("<b>"));
}

#[test]
fn judges_as_of_another_time() {
    let folder = Folder::new("replay-as-of");
    let policy = policy(
        &folder,
        "policy.yaml",
        "  stages: { library_default: [{ from: 2026-12-01, block: true }] }\n",
    );
    let judged = |as_of: &[&str]| {
        let args = [&["replay", "--json", "--policy", &policy], as_of, &["-"]].concat();
        json(&with_input(&args, combined(90).as_bytes()))
    };
    assert_eq!(judged(&[])["requests"]["deny"], 0);
    let on_the_day = judged(&["--as-of", "2026-12-01"]);
    assert_eq!(on_the_day["requests"]["deny"], 30);
    assert_eq!(on_the_day["period"], serde_json::json!(["2026-12-01T00:00:00Z", "2026-12-01T00:01:29Z"]));
    // The stage begins in the middle of the log.
    assert_eq!(judged(&["--as-of", "2026-11-30T23:59:15Z"])["requests"]["deny"], 15);
    assert_eq!(judged(&["--as-of", "2020-01-01"])["requests"]["deny"], 0);
}

#[test]
fn what_cannot_be_judged_is_told_before_it_is_and_nothing_is_overwritten() {
    let folder = Folder::new("replay-usage");
    let log = folder.file("access.log");
    std::fs::write(&log, combined(3)).unwrap();
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/logs");
    let vector = |name: &str| vectors.join(name).to_str().unwrap().to_owned();
    let (captures, without) = (vector("haproxy-httplog.log"), vector("haproxy-without-captures.log"));
    let other = folder.file("notes.txt");
    std::fs::write(&other, "what is this\n").unwrap();
    let page = folder.file("out.html");
    for (args, code, told) in [
        (&["replay", &log, "--policy", "/nonexistent.yaml"][..], 3, "cannot read /nonexistent.yaml"),
        (&["replay", "/nonexistent.log"], 3, "cannot read /nonexistent.log"),
        (&["replay", "--policy", &log, &log], 1, "error"),
        (&["replay", &captures], 2, "--captures host,user-agent"),
        (&["replay", "--captures", "user-agent", &captures], 2, "2 captured headers, --captures names 1"),
        (&["replay", &without], 2, "--assume-user-agent"),
        (&["replay", &other], 2, "say which it is"),
        (&["replay", "--format", "%h %t", &log], 2, "the format has no request"),
        (&["replay", "--report", &other, &log], 2, "this file is no page"),
        (&["replay", "--report", &log, &log], 2, "this is a log"),
        (&["replay", "--report", "/dev/null", &log], 2, "no regular file"),
        (&["replay", "--report", &page, &other], 2, "say which it is"),
        (&["replay", "--limiter-keys", "0", &log], 2, "--limiter-keys"),
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(told), "{args:?}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty(), "{args:?}");
    }
    assert_eq!(std::fs::read_to_string(&log).unwrap(), combined(3));
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "what is this\n");
    assert!(!Path::new(&page).exists(), "a run that fails leaves no page");
}

#[test]
fn a_page_goes_neither_where_the_answer_goes_nor_into_the_log_on_standard_input() {
    let folder = Folder::new("replay-descriptors");
    let log = folder.file("access.log");
    let (answer, empty) = (folder.file("answer.txt"), folder.file("empty.log"));
    std::fs::write(&log, combined(3)).unwrap();
    std::fs::write(&empty, "").unwrap();
    let mut to_answer = provenancectl(&["replay", "--report", &answer, &log]);
    to_answer.stdout(File::create(&answer).unwrap());
    let mut to_input = provenancectl(&["replay", "--report", &empty, "-"]);
    to_input.stdin(File::open(&empty).unwrap());
    for (mut command, told) in [(to_answer, "the answer goes there already"), (to_input, "this is a log")] {
        let output = command.stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(text(&output.stderr).contains(told), "{}", text(&output.stderr));
    }
    assert_eq!(std::fs::read_to_string(&answer).unwrap() + &std::fs::read_to_string(&empty).unwrap(), "");
}

#[test]
fn an_empty_log_is_none_that_is_wrong() {
    let output = with_input(&["replay", "-"], b"");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("standard input: 0 lines, 0 requests"));
}

#[test]
fn limits_that_forget_clients_say_so() {
    let folder = Folder::new("replay-evicted");
    let policy = policy(&folder, "policy.yaml", "limits: [{ name: ip, key: ip, rate: 1/h }]\n");
    let mut log = String::new();
    for n in 0..500 {
        let (a, b) = (n / 250, n % 250);
        writeln!(
            log,
            "198.51.{a}.{b} - - [20/Nov/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"me\""
        )
        .unwrap();
    }
    let args = ["replay", "--policy", &policy, "--limiter-keys", "16", "-"];
    let output = with_input(&args, log.as_bytes());
    assert!(text(&output.stdout).contains("give more --limiter-keys"), "{}", text(&output.stdout));
    let output = with_input(&["replay", "--policy", &policy, "-"], log.as_bytes());
    assert!(!text(&output.stdout).contains("--limiter-keys"));
}

#[test]
fn logs_in_the_wrong_order_are_told() {
    let folder = Folder::new("replay-order");
    let policy = policy(&folder, "policy.yaml", "");
    let log = combined(200);
    let (first, second) = log.split_at(log.match_indices('\n').nth(99).unwrap().0 + 1);
    let told = |log: String| {
        let output = with_input(&["replay", "--policy", &policy, "-"], log.as_bytes());
        text(&output.stdout).contains("1 time a line is earlier")
    };
    assert!(!told([first, second].concat()));
    assert!(told([second, first].concat()));
}

#[test]
fn hours_without_a_request_are_hours_too_and_one_wrong_time_makes_no_million_of_them() {
    let folder = Folder::new("replay-hours");
    let policy = policy(&folder, "policy.yaml", "");
    let hours = |log: String| {
        let summary = json(&with_input(&["replay", "--json", "--policy", &policy, "-"], log.as_bytes()));
        summary["hours"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["requests"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    let noon = combined(2);
    let three = noon.replace("2026:12:", "2026:15:");
    let wrong = noon.replace("/2026:12:", "/1971:12:");
    assert_eq!(hours([noon.clone(), three].concat()), [2, 0, 0, 2]);
    assert_eq!(hours([wrong, noon].concat()), [2, 2]);
}

#[test]
fn a_log_of_another_format_is_no_success() {
    let folder = Folder::new("replay-foreign");
    let (good, foreign) = (folder.file("good.log"), folder.file("foreign.log"));
    std::fs::write(&good, combined(3)).unwrap();
    std::fs::write(&foreign, "what is this\n").unwrap();
    for args in [&["replay", "--format", "combined", &foreign][..], &["replay", &good, &foreign]] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(3), "{args:?}");
        let told = text(&output.stderr);
        assert!(told.contains("foreign.log: none of its lines is in"), "{told}");
        assert!(
            text(&output.stdout).contains("foreign.log:1: "),
            "what was read is told, and the line shown"
        );
    }
}

#[test]
fn a_user_agent_is_assumed_where_the_format_has_none_and_not_where_a_client_has_none() {
    let folder = Folder::new("replay-assumed");
    let policy = policy(&folder, "policy.yaml", "  stages: { none: [{ from: 2026-01-01, block: true }] }\n");
    let common = "192.0.2.7 - - [20/Nov/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 200 12";
    for (log, denied) in [(common.to_owned(), 0), (format!("{common} \"-\" \"-\""), 1)] {
        let args = ["replay", "--json", "--policy", &policy, "--assume-user-agent", FIREFOX, "-"];
        assert_eq!(json(&with_input(&args, log.as_bytes()))["requests"]["deny"], denied, "{log}");
    }
}
