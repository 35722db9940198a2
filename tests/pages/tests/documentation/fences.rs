//! Each fragment says what it is, and what can be parsed without a product of others does.

use std::process::{Command, Stdio};

use crate::{all, fragments, none_failed};

/// What a fragment may be, and what the words behind the language may be. See CONTRIBUTING.md, "Fragments".
const KNOWN: &[(&str, &[&str])] = &[
    ("vcl", &[""]),
    ("haproxy", &["", "global", "frontend", "backend"]),
    // Of another project's file it says whose it is; its own tests look at it.
    ("yaml", &["", "prometheus"]),
    ("json", &[""]),
    ("sh", &[""]),
    ("console", &[""]),
    ("php", &[""]),
    ("js", &[""]),
    // Read by people: output, formats, messages, units of systemd.
    ("text", &[""]),
    ("http", &[""]),
    ("ini", &[""]),
    ("abnf", &[""]),
];

#[test]
fn every_fragment_says_what_it_is() {
    let mut failed = Vec::new();
    for fence in all().iter().flat_map(|page| &page.fences) {
        let known = KNOWN.iter().find(|(language, _)| *language == fence.language);
        match known {
            None => failed.push(format!("{}: unknown language {:?}", fence.place, fence.language)),
            Some((_, parts)) if !parts.contains(&fence.part.as_str()) => failed.push(format!(
                "{}: {:?} behind {}; expected one of {parts:?}",
                fence.place, fence.part, fence.language
            )),
            Some(_) => {}
        }
    }
    none_failed(&failed);
}

#[test]
fn every_fragment_of_a_shell_parses() {
    parses(&["sh"], |text| {
        let mut shell = Command::new("bash");
        shell.args(["-n", "-c", text]);
        shell
    });
}

#[test]
fn every_fragment_of_php_parses() {
    parses(&["php"], |text| {
        // `-r` runs it, but what follows an exit is only parsed.
        let mut php = Command::new("php");
        php.args(["-r", &format!("exit(0); {}", text.trim_start().trim_start_matches("<?php"))]);
        php
    });
}

#[test]
fn every_fragment_of_json_parses() {
    let failed = fragments("json").into_iter().filter_map(|fence| {
        // One text, or one a line.
        let whole = serde_json::from_str::<serde_json::Value>(&fence.text);
        let lines =
            fence.text.lines().map(serde_json::from_str::<serde_json::Value>).collect::<Result<Vec<_>, _>>();
        let why = whole.err().filter(|_| lines.is_err())?;
        Some(format!("{}: {why}", fence.place))
    });
    none_failed(&failed.collect::<Vec<_>>());
}

fn parses(languages: &[&str], command: impl Fn(&str) -> Command) {
    let failed = languages.iter().flat_map(|language| fragments(language)).filter_map(|fence| {
        let output = command(&fence.text).stdin(Stdio::null()).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (!output.status.success()).then(|| format!("{}: {}", fence.place, String::from_utf8_lossy(&said)))
    });
    none_failed(&failed.collect::<Vec<_>>());
}
