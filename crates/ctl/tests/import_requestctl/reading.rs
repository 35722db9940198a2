//! What is read, what is not, and how the command ends.

use std::process::Output;

use crate::command::{Folder, import, outcome, stderr, stdout, vectors};

const TOOLS: &str = "header: User-Agent\nheader_value: ^curl/\n";
const SCRAPERS: &str = "cidrs: [192.0.2.0/24]\n";
const REFUSE: &str = "enabled: true\nexpression: ipblock@abuse/a\n";

fn simple() -> Folder {
    let folder = Folder::new();
    folder.write("request-ipblocks/abuse/a.yaml", SCRAPERS);
    folder.write("request-actions/c/refuse.yaml", REFUSE);
    folder
}

fn ended(folder: &Folder, options: &[&str]) -> (Option<i32>, String) {
    let output: Output = import(&folder.path(), options);
    (output.status.code(), stderr(&output))
}

#[test]
fn a_policy_of_one_file_goes_to_standard_output() {
    let output = import(&simple().path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("shadow: true") && stdout(&output).contains("192.0.2.0/24"));
    assert!(stderr(&output).contains("action c/refuse → networks: a"), "{}", stderr(&output));
}

#[test]
fn a_policy_of_several_files_needs_a_folder_and_overwrites_nothing() {
    let folder = simple();
    folder.write("request-patterns/ua/tools.yaml", TOOLS);
    folder.write("request-actions/c/tools.yaml", "enabled: true\nexpression: pattern@ua/tools\n");
    let (code, told) = ended(&folder, &[]);
    assert_eq!(code, Some(2));
    assert!(told.contains("--output-dir DIR") && told.contains("action c/tools → "), "{told}");

    assert_eq!(ended(&folder, &["--output-dir", "made"]).0, Some(0));
    let made = folder.path().parent().unwrap().join("made");
    std::fs::remove_file(made.join("policy.yaml")).unwrap();
    let (code, told) = ended(&folder, &["--output-dir", "made"]);
    assert_eq!(code, Some(3));
    assert!(told.contains("user-agents.yaml: it is there already"), "{told}");
    assert!(!made.join("policy.yaml").exists(), "all or nothing");
}

#[test]
fn what_requestctl_get_prints_is_read_as_well() {
    let folder = Folder::new();
    folder.write("ipblock.yaml", "abuse/a:\n  cidrs: [192.0.2.0/24]\n");
    folder.write("patterns.json", r#"{"ua/tools": {"header": "User-Agent", "header_value": "^curl/"}}"#);
    folder.write(
        "action.yaml",
        "c/one: {enabled: true, expression: pattern@ua/tools AND NOT ipblock@abuse/a}\n",
    );
    assert_eq!(outcome(&folder.import(&[]), "action", "c/one"), "part");
}

#[test]
fn a_file_that_is_no_object_is_told_by_line_and_the_rest_is_imported() {
    let folder = simple();
    folder.write("request-patterns/ua/broken.yaml", "header: User-Agent\nmethod: [GET]\n");
    folder.write("request-patterns/ua/latin.yaml", "");
    std::fs::write(folder.path().join("request-patterns/ua/latin.yaml"), b"header: \xff\n").unwrap();
    folder.write("request-actions/c/broken.yaml", "enabled: true\nexpression: pattern@ua/broken\n");
    let output = import(&folder.path(), &[]);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("not read: request-patterns/ua/broken.yaml:2: "), "{told}");
    assert!(told.contains("not read: request-patterns/ua/latin.yaml: not UTF-8"), "{told}");
    assert!(told.contains("pattern@ua/broken is not there, or could not be read"), "{told}");
    assert!(stdout(&output).contains("192.0.2.0/24"));
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_what_is_no_file_is_not_opened() {
    let folder = simple();
    std::os::unix::fs::symlink("/etc/hostname", folder.path().join("request-ipblocks/abuse/link.yaml"))
        .unwrap();
    std::os::unix::fs::symlink("/", folder.path().join("request-ipblocks/linked")).unwrap();
    let fifo = folder.path().join("request-ipblocks/abuse/fifo.yaml");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let (code, told) = ended(&folder, &[]);
    assert_eq!(code, Some(1));
    for (file, why) in [
        ("abuse/link.yaml", "a symbolic link"),
        ("linked", "a symbolic link"),
        ("abuse/fifo.yaml", "not a regular file"),
    ] {
        assert!(told.contains(&format!("not read: request-ipblocks/{file}: {why}")), "{told}");
    }
}

#[test]
fn a_folder_without_objects_and_one_that_is_not_there_are_told_apart() {
    let folder = Folder::new();
    folder.write("README.md", "");
    let (code, told) = ended(&folder, &[]);
    assert_eq!(code, Some(2));
    assert!(told.contains("no objects of requestctl") && told.contains("hint: "), "{told}");
    let (code, told) = ended(&Folder::new(), &[]);
    assert_eq!(code, Some(3));
    assert!(told.contains("cannot read objects: No such file"), "{told}");
}

#[test]
fn nothing_that_could_be_carried_over_is_no_policy() {
    let folder = Folder::new();
    folder.write("request-actions/c/off.yaml", "expression: pattern@a/b\n");
    let output = import(&folder.path(), &[]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), String::new()));
    assert!(stderr(&output).contains("nothing could be carried over"), "{}", stderr(&output));
}

#[test]
fn a_policy_is_for_one_cluster() {
    let (code, told) = {
        let output = import(&vectors().join("sample"), &[]);
        (output.status.code(), stderr(&output))
    };
    assert_eq!(code, Some(2));
    assert!(told.contains("cache-text, cache-upload") && told.contains("--cluster NAME"), "{told}");
}

#[test]
fn an_action_that_is_not_enabled_is_imported_in_shadow_where_that_is_asked_for() {
    let folder = simple();
    folder.write("request-actions/c/refuse.yaml", "cache_miss_only: false\nexpression: ipblock@abuse/a\n");
    let shadows = |options: &[&str]| {
        let answer = folder.import(options);
        let policy = answer["files"].to_string();
        (outcome(&answer, "action", "c/refuse").to_owned(), policy.contains("    shadow: true"))
    };
    assert_eq!(shadows(&[]), ("not".into(), true), "the network alone refuses nobody");
    assert_eq!(shadows(&["--include-disabled"]), ("whole".into(), true));
}

#[test]
fn a_throttle_of_a_whole_server_is_a_limit_of_each_client_where_that_is_asked_for() {
    let folder = simple();
    folder.write("request-patterns/url/a.yaml", "url_path: ^/a\n");
    let throttle = "enabled: true\ncache_miss_only: false\ndo_throttle: true\nexpression: pattern@url/a\n";
    folder.write("request-actions/c/all.yaml", throttle);
    assert_eq!(outcome(&folder.import(&[]), "action", "c/all"), "not");
    let answer = folder.import(&["--per-client"]);
    assert_eq!(outcome(&answer, "action", "c/all"), "part");
    assert!(answer["objects"].to_string().contains("more requests pass"));
    assert!(answer["files"].to_string().contains("rate: 1000/m"));
}

#[test]
fn the_kind_of_an_unknown_scope_is_asked_for() {
    let folder = simple();
    folder.write("request-ipblocks/isps/b.yaml", "cidrs: [198.51.100.0/24]\n");
    assert_eq!(outcome(&folder.import(&[]), "ipblock", "isps/b"), "not");
    assert_eq!(outcome(&folder.import(&["--scope", "isps=client"]), "ipblock", "isps/b"), "whole");
    assert_eq!(ended(&folder, &["--scope", "isps=trusted"]).0, Some(2), "an import lets nobody pass");
}

#[test]
fn what_stands_in_the_objects_breaks_out_of_nothing() {
    let folder = simple();
    let comment = r#"comment: "x\nshadow: false\r\u0085\u2028limits: []\u001b[2J""#;
    folder.write("request-ipblocks/abuse/a.yaml", &format!("{SCRAPERS}{comment}\n"));
    folder.write("request-actions/c/refuse.yaml", &format!("{REFUSE}{comment}\n\"new\\u001b[2J\": 1\n"));
    let output = import(&folder.path(), &[]);
    let (policy, told) = (stdout(&output), stderr(&output));
    assert_eq!(output.status.code(), Some(0), "{told}");
    let lines: Vec<&str> = policy.lines().filter(|line| line.contains("shadow: false")).collect();
    assert!(!lines.is_empty() && lines.iter().all(|line| line.trim_start().starts_with('#')), "{policy}");
    assert!(!policy.contains(['\u{1b}', '\u{85}', '\u{2028}', '\r']) && !told.contains('\u{1b}'), "{told}");
}

#[test]
fn more_classes_and_limits_than_a_policy_has_room_for_are_told() {
    let folder = Folder::new();
    for n in 0..70 {
        folder.write(
            &format!("request-patterns/ua/p{n}.yaml"),
            &format!("header: User-Agent\nheader_value: ^tool{n}/\n"),
        );
        folder.write(
            &format!("request-actions/c/b{n}.yaml"),
            &format!("enabled: true\nexpression: pattern@ua/p{n}\n"),
        );
        let limit = "enabled: true\ndo_throttle: true\nthrottle_per_ip: true\n";
        folder
            .write(&format!("request-actions/c/l{n}.yaml"), &format!("{limit}expression: pattern@ua/p{n}\n"));
    }
    let answer = folder.import(&[]);
    crate::command::compile(&answer, false);
    let text = answer.to_string();
    assert!(
        text.contains("room for 48 limits") && text.contains("room for 55 classes"),
        "{}",
        answer["counts"]
    );
}
