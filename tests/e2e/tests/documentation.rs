//! What the documentation has people write and run does what it says.

use std::process::Command;

use e2e::chain::repository;
use e2e::process::program;

/// What a site has already.
const AROUND: &str = "defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
";

#[test]
fn haproxy_takes_every_fragment_of_the_readme() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let fragments: Vec<&str> =
        readme.split("```haproxy\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!fragments.is_empty(), "the README shows no haproxy.cfg");
    for (number, fragment) in fragments.iter().enumerate() {
        let spoe = repository().join("haproxy/spoe-provenance.conf").canonicalize().unwrap();
        let fragment = fragment
            .replace("/etc/haproxy/spoe-provenance.conf", &spoe.to_string_lossy())
            .replace("frontend edge\n", "frontend edge\n    bind 127.0.0.1:8080\n");
        let file =
            std::env::temp_dir().join(format!("provenance-readme-{}-{number}.cfg", std::process::id()));
        std::fs::write(&file, format!("{AROUND}{fragment}")).unwrap();
        let check = Command::new(program("haproxy")).arg("-c").arg("-f").arg(&file).output().unwrap();
        std::fs::remove_file(&file).unwrap();
        assert!(check.status.success(), "{}{fragment}", String::from_utf8_lossy(&check.stderr));
    }
}

#[test]
fn haproxy_takes_the_page_of_ones_own() {
    let page = std::fs::read_to_string(repository().join("docs/answers.md")).unwrap();
    let (_, rest) = page.split_once("```haproxy\n").unwrap();
    let rule = rest.split_once('\n').unwrap().0;
    let shipped = std::fs::read_to_string(repository().join("haproxy/haproxy.cfg")).unwrap();
    let condition = " if denied page";
    assert!(rule.ends_with(condition), "{rule}");
    let replaced: Vec<_> = shipped.lines().filter(|line| line.ends_with(condition)).collect();
    assert_eq!(replaced.len(), 1, "the rule that the page names: {replaced:?}");

    let folder = std::env::temp_dir().join(format!("provenance-own-page-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let (file, html) = (folder.join("haproxy.cfg"), folder.join("refused.html"));
    std::fs::write(&html, "<style>p{width:50%%}</style><p>%[var(txn.prov.reason)], %[var(txn.prov.code)]")
        .unwrap();
    let rule = rule.replace("/etc/haproxy/refused.html", &html.to_string_lossy());
    std::fs::write(&file, shipped.replace(replaced[0], &rule)).unwrap();
    let spoe = repository().join("haproxy/spoe-provenance.conf");
    let mut check = Command::new(program("haproxy"));
    let check = check.arg("-c").arg("-f").arg(&file).env("PROVENANCE_SPOE", spoe).output().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(check.status.success(), "{}{rule}", String::from_utf8_lossy(&check.stderr));
}

#[test]
fn the_commands_that_lead_from_a_rule_to_its_code_print_codes_that_were_answered() {
    let page = std::fs::read_to_string(repository().join("docs/answers.md")).unwrap();
    let commands: Vec<_> = page.lines().filter(|line| line.starts_with("printf ")).collect();
    assert_eq!(commands.len(), 2, "a stage's code and a limit's");
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

/// Whoever takes the marked parts without those of the global section would refuse everybody: HAProxy has to say so.
#[test]
fn haproxy_does_not_start_without_the_headers_of_the_answers() {
    let shipped = std::fs::read_to_string(repository().join("haproxy/haproxy.cfg")).unwrap();
    for name in ["PROVENANCE_ANSWER", "PROVENANCE_WAIT"] {
        let setenv = format!("    setenv {name} ");
        let lines: Vec<_> = shipped.lines().filter(|line| !line.starts_with(&setenv)).collect();
        assert!(lines.len() < shipped.lines().count(), "{name} is not set");
        let file = std::env::temp_dir().join(format!("provenance-{name}-{}.cfg", std::process::id()));
        std::fs::write(&file, lines.join("\n") + "\n").unwrap();
        let spoe = repository().join("haproxy/spoe-provenance.conf");
        let mut check = Command::new(program("haproxy"));
        let check = check.arg("-c").arg("-f").arg(&file).env("PROVENANCE_SPOE", spoe).output().unwrap();
        std::fs::remove_file(&file).unwrap();
        let told = String::from_utf8_lossy(&check.stderr);
        assert!(!check.status.success() && told.contains(&format!("{name} is not set")), "{told}");
    }
}
