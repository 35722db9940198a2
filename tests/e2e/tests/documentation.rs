//! What the documentation has people write into haproxy.cfg is something that HAProxy takes.

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
