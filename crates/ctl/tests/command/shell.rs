//! What shells and `man` are given.

use crate::{Folder, run, text};

/// The commands that help lists.
fn commands() -> Vec<String> {
    let help = run(&["--help"]);
    let list = text(&help.stdout).split_once("Commands:\n").unwrap().1.split_once("\n\n").unwrap().0;
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty() && *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_shell_completes_every_command() {
    let commands = commands();
    assert!(commands.len() >= 10, "{commands:?}");
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]);
        assert!(script.status.success(), "{shell}");
        let script = text(&script.stdout);
        assert!(commands.iter().all(|command| script.contains(&**command)), "{shell}");
    }
}

#[test]
fn bash_takes_its_completions() {
    let folder = Folder::new("bash");
    let file = folder.file("provenancectl.bash");
    std::fs::write(&file, run(&["completions", "bash"]).stdout).unwrap();
    let script = format!(
        "source {file} && COMP_WORDS=(provenancectl exp) COMP_CWORD=1 && _provenancectl provenancectl exp provenancectl && echo ${{COMPREPLY[@]}}"
    );
    let bash = std::process::Command::new("bash").args(["-c", &script]).output().unwrap();
    assert_eq!(text(&bash.stdout).trim(), "explain", "{}", text(&bash.stderr));
}

#[test]
fn every_command_has_a_manual_page_with_its_examples() {
    let folder = Folder::new("man");
    assert!(run(&["man", &folder.file("")]).status.success());
    let main = std::fs::read_to_string(folder.file("provenancectl.1")).unwrap();
    assert!(main.contains("Exit codes"), "{main}");
    for command in commands() {
        let page = std::fs::read_to_string(folder.file(&format!("provenancectl-{command}.1"))).unwrap();
        assert!(page.contains("Example"), "{command} shows no example");
    }
}
