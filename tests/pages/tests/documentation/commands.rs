//! Commands name only options that the programs have, and print what the pages say.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use pages::repository;

use crate::{all, artifacts, fragments_of, none_failed};

/// The programs of the project, and whether their first word is a command with options of its own.
const PROGRAMS: [(&str, bool); 2] = [("spoa-agent", false), ("provenancectl", true)];

/// What ends a command of a shell, or begins a comment.
const SEPARATORS: [&str; 7] = ["|", ";", "&&", "||", "&", "#", "→"];

/// Where a program is, if this checkout has it.
fn built(program: &str) -> Option<PathBuf> {
    match program {
        "spoa-agent" => Some(artifacts().agent.clone()),
        name => repository().join("crates/ctl").is_dir().then(|| artifacts().agent.with_file_name(name)),
    }
}

#[test]
fn every_option_in_a_fragment_is_one_that_the_program_has() {
    let mut helps = BTreeMap::new();
    let (mut failed, mut checked) = (Vec::new(), 0);
    for fence in all().iter().flat_map(|page| &page.fences) {
        for (program, has_commands) in PROGRAMS {
            let Some(path) = built(program) else { continue };
            for words in calls(&fence.text, program) {
                let command = words.first().filter(|word| has_commands && !word.starts_with('-'));
                let help = helps.entry((program, command.cloned())).or_insert_with(|| {
                    let output = Command::new(&path).args(command).arg("--help").output().unwrap();
                    String::from_utf8_lossy(&output.stdout).into_owned()
                });
                let known: Vec<_> = help.split(|c: char| !(c.is_alphanumeric() || c == '-')).collect();
                for option in words.iter().filter_map(|word| word.split('=').next()) {
                    if option.starts_with("--") {
                        checked += 1;
                        if !known.contains(&option) {
                            failed.push(format!("{}: {program} has no option {option}", fence.place));
                        }
                    }
                }
            }
        }
    }
    assert!(checked > 0, "no fragment calls a program of ours");
    none_failed(&failed);
}

/// The words behind each call of a program, up to what ends a command of the shell.
fn calls(text: &str, program: &str) -> Vec<Vec<String>> {
    let text = text.replace("\\\n", " ");
    let mut found = Vec::new();
    for line in text.lines() {
        let words: Vec<_> = line
            .split_whitespace()
            .map(|word| word.trim_matches(['"', '\'', '`', '(', ')', '[', ']', ',']))
            .collect();
        for (at, word) in words.iter().enumerate() {
            // ExecStart=/usr/bin/spoa-agent and target/release/spoa-agent are calls; `cargo test -p spoa-agent` is none.
            let is_value = at.checked_sub(1).is_some_and(|before| words[before].starts_with('-'));
            if word.rsplit(['/', '=']).next() == Some(program) && !is_value {
                let rest = words[at + 1..].iter().map(|word| (*word).to_owned());
                found.push(rest.take_while(|word| !SEPARATORS.contains(&word.as_str())).collect());
            }
        }
    }
    found
}

#[test]
fn the_commands_that_lead_from_a_rule_to_its_code_print_codes_that_were_answered() {
    let fences = fragments_of("docs/answers.md", "sh");
    let commands: Vec<_> = fences
        .iter()
        .flat_map(|fence| fence.text.lines())
        .filter(|line| line.starts_with("printf "))
        .collect();
    assert_eq!(commands.len(), 2, "a stage's code and a limit's");
    let page = pages::read("docs/answers.md").unwrap();
    for line in commands {
        let (command, code) = line.split_once('#').unwrap();
        let printed = Command::new("sh").args(["-c", command]).output().unwrap().stdout;
        assert_eq!(String::from_utf8_lossy(&printed).trim(), code.trim(), "{command}");
        assert!(page.contains(&format!("| `reason={}` `code={}` |", reason(command), code.trim())), "{line}");
    }
}

/// The reason in `printf 'ua.cli\n…`.
fn reason(command: &str) -> &str {
    command.trim_start_matches("printf '").split('\\').next().unwrap_or_default()
}
