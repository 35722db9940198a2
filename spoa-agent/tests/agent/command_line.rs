//! Exit codes and last words.

use std::process::Command;

use spoa_agent::args::HELP;

use crate::process::{program, run};
use crate::scratch::{Scratch, data};

/// Exit code, standard output and standard error; paths of the test data without their directory.
fn outcome(args: &[&str]) -> (Option<i32>, String, String) {
    let output = run(args);
    let directory = format!("{}/", data("").display().to_string().trim_end_matches('/'));
    let text = |bytes| String::from_utf8(bytes).unwrap().replace(&directory, "");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Standard error of an agent with this policy, which must end with exit code `code`.
fn with_policy(name: &str, code: i32) -> String {
    let policy = data(name);
    let (exit, stdout, stderr) = outcome(&["--policy", policy.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert_eq!((exit, stdout.as_str()), (Some(code), ""), "{stderr}");
    stderr
}

#[test]
fn an_unknown_key_is_named_with_its_place_and_a_hint() {
    let stderr = with_policy("unknown-key.yaml", 1);
    let place =
        "spoa-agent: unknown-key.yaml:9:5: limits[0].brust: unknown key \"brust\"; expected one of name, ";
    assert!(stderr.starts_with(place), "{stderr}");
    assert!(stderr.ends_with("\n  hint: did you mean \"burst\"?\n"), "{stderr}");
}

#[test]
fn a_missing_key_file_is_named_with_the_key_that_asks_for_it() {
    let stderr = with_policy("missing-key-file.yaml", 1);
    assert!(
        stderr.starts_with("spoa-agent: missing-key-file.yaml:8:13: provenance.keys[0].file: "),
        "{stderr}"
    );
    assert!(stderr.contains("keys/k2026a: No such file or directory"), "{stderr}");
}

#[test]
fn a_policy_that_is_not_there_is_no_invalid_policy() {
    assert_eq!(
        with_policy("absent.yaml", 3),
        "spoa-agent: cannot read the policy absent.yaml: No such file or directory (os error 2)\n"
    );
}

#[test]
fn a_wrong_command_line_points_to_the_help() {
    for (args, error) in [
        (&[][..], "--policy is missing"),
        (&["--policy", "p.yaml"], "--listen is missing"),
        (&["--admn", "127.0.0.1:9001"], "invalid option '--admn'"),
        (
            &["--policy", "p.yaml", "--listen", "127.0.0.1:9000", "--admin", "0.0.0.0:9101"],
            "--admin 0.0.0.0:9101 can be reached by other machines; expected a loopback address or unix@, or --admin-anywhere beside it",
        ),
        (
            &["--listen", "localhost:9000"],
            "--listen \"localhost:9000\": expected 127.0.0.1:9000, [::1]:9000, unix@/run/provenance/agent.sock, systemd or systemd@NAME",
        ),
    ] {
        let stderr = format!("spoa-agent: {error}\n  hint: spoa-agent --help lists the options\n");
        assert_eq!(outcome(args), (Some(2), String::new(), stderr));
    }
}

#[test]
fn a_filter_that_is_none_is_usage() {
    let scratch = Scratch::new();
    let mut command = Command::new(program());
    command
        .args(["--policy", "p.yaml", "--listen", &scratch.socket("agent.sock")])
        .env("RUST_LOG", "provenance=loud");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stderr.starts_with(b"spoa-agent: RUST_LOG: "));
}

#[test]
fn help_and_version_go_to_standard_output() {
    assert_eq!(outcome(&["--help"]), (Some(0), HELP.to_owned(), String::new()));
    let version = format!("spoa-agent {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(outcome(&["--version"]), (Some(0), version, String::new()));
}

#[test]
fn the_documentation_shows_the_help_as_it_is() {
    let page = include_str!("../../../docs/agent.md");
    assert!(page.contains(HELP), "docs/agent.md differs from --help");
}
