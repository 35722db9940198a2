//! Commands name only options that the programs have, and print what the pages say.

use std::collections::BTreeMap;
use std::process::Command;

use crate::{all, artifacts, fragments_of, none_failed};

/// The programs of the project, and whether their first word is a command with options of its own.
const PROGRAMS: [(&str, bool); 2] = [("spoa-agent", false), ("provenancectl", true)];

/// What ends a command of a shell, or begins a comment.
const SEPARATORS: [&str; 7] = ["|", ";", "&&", "||", "&", "#", "→"];

/// Programs whose arguments are packages, units and files, which have the names of our programs.
const NAMING: [&str; 5] = ["apt-get", "dpkg", "systemctl", "journalctl", "install"];

#[test]
fn every_call_in_a_fragment_names_commands_and_options_that_the_program_has() {
    let mut helps = Helps::new();
    let (mut failed, mut checked) = (Vec::new(), 0);
    for fence in all().iter().flat_map(|page| &page.fences) {
        for (program, has_commands) in PROGRAMS {
            for words in calls(&fence.text, program) {
                checked += 1;
                let problems = problems(&mut helps, program, has_commands, &words);
                failed.extend(
                    problems.iter().map(|problem| format!("{}: {program} has no {problem}", fence.place)),
                );
            }
        }
    }
    assert!(checked > 0, "no fragment calls a program of ours");
    none_failed(&failed);
}

/// The command or the options of a call that its program does not have.
fn problems(helps: &mut Helps, program: &'static str, has_commands: bool, words: &[String]) -> Vec<String> {
    let leading = words.iter().take_while(|word| has_commands && !word.starts_with('-'));
    // `import requestctl` is one command of two words; with others the second is a value, which --help passes over.
    let mut command: Vec<_> = leading.take(2).cloned().collect();
    if help(helps, program, &command).is_none() {
        command.truncate(1);
    }
    let Some(help) = help(helps, program, &command) else {
        return vec![format!("command {}", command.join(" "))];
    };
    let options =
        words.iter().filter_map(|word| word.split('=').next()).filter(|word| word.starts_with("--"));
    let unknown = options.filter(|option| !help.iter().any(|known| known == option));
    unknown.map(|option| format!("option {option}")).collect()
}

/// The words of a program's help, by command; `None` for a command that it does not have.
type Helps = BTreeMap<(&'static str, Vec<String>), Option<Vec<String>>>;

fn help<'h>(helps: &'h mut Helps, program: &'static str, command: &[String]) -> Option<&'h Vec<String>> {
    let asked = || {
        let agent = &artifacts().agent;
        let path = if program == "spoa-agent" { agent.clone() } else { agent.with_file_name(program) };
        let output = Command::new(path).args(command).arg("--help").output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let words = text.split(|c: char| !(c.is_alphanumeric() || c == '-')).map(str::to_owned).collect();
        output.status.success().then_some(words)
    };
    helps.entry((program, command.to_vec())).or_insert_with(asked).as_ref()
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
            let before = words[..at].rsplit(|word| SEPARATORS.contains(word)).next().unwrap_or_default();
            let is_name = before.iter().any(|word| NAMING.contains(word));
            if word.rsplit(['/', '=']).next() == Some(program) && !is_value && !is_name {
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
