//! HAProxy takes the fragments of its configuration.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Command;

use e2e::ask::{BROWSER, LIBRARY};
use e2e::http::RawRequest;
use e2e::process::{Process, program, tied};
use e2e::{Answer, Chain, Setup};
use pages::{Fence, read, repository};

use crate::folder::Folder;
use crate::{fragments, fragments_of, none_failed};

/// What a site has already.
const AROUND: &str = "defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
";

#[test]
fn haproxy_takes_every_fragment() {
    let failed = fragments("haproxy").into_iter().filter_map(|fence| {
        let config = match fence.part.as_str() {
            "" => format!(
                "{AROUND}{}",
                fence.text.replace("frontend edge\n", "frontend edge\n    bind 127.0.0.1:8080\n")
            ),
            part => shipped_with(part, fence),
        };
        let why = check(&fence.name(), &config).err()?;
        Some(format!("{}: {why}\n{}", fence.place, fence.text))
    });
    none_failed(&failed.collect::<Vec<_>>());
}

/// The ten lines of the README in a site's own file do what the README says of them.
#[test]
fn the_lines_of_the_readme_refuse_and_let_pass() {
    let chain = Chain::start(&Setup::shipped("policy.yaml").without_varnish()).unwrap();
    let folder = Folder::new("ten-lines");
    let spoe = repository().join("haproxy/spoe-provenance.conf");
    let spoe = fs::read_to_string(spoe).unwrap().replace("processing 50ms", "processing 5s");
    fs::write(folder.path().join("spoe-provenance.conf"), spoe).unwrap();
    let address = free_address();
    let site = format!("frontend edge\n    bind {address}\n    default_backend site\n");
    let lines = fragments_of("README.md", "haproxy")[0]
        .text
        .replace("/etc/haproxy/", &format!("{}/", folder.path().display()))
        .replace("/run/provenance/agent.sock", &chain.folder().join("agent.sock").to_string_lossy())
        .replace("frontend edge\n", &site);
    let origin =
        "backend site\n    http-request return status 200 hdr X-Tier %[req.hdr(x-trusted-request)]\n";
    let file = folder.path().join("haproxy.cfg");
    fs::write(&file, format!("{AROUND}{lines}\n{origin}")).unwrap();
    let agent_is_up = |answer: &Answer| answer.header("x-tier").is_some_and(|tier| !tier.is_empty());
    let ask = |user_agent: &str| {
        let headers = [("Host", b"www.example.org".as_slice()), ("User-Agent", user_agent.as_bytes())];
        RawRequest::new(user_agent, Ipv4Addr::LOCALHOST, "GET / HTTP/1.1", headers).ask(address)
    };
    let mut command = tied(&program("haproxy"));
    command.arg("-db").arg("-f").arg(&file);
    let serves = || ask(BROWSER).is_ok_and(|answer| agent_is_up(&answer));
    let _haproxy = Process::start("haproxy", &mut command, folder.path(), serves).unwrap();
    let (refused, passed) = (ask(LIBRARY).unwrap(), ask(BROWSER).unwrap());
    assert_eq!((refused.status, refused.text().as_str()), (403, "refused: ua.library_default\n"));
    assert_eq!((passed.status, passed.header("x-tier")), (200, Some("E")));
}

fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

/// The configuration that ships, with a fragment at the end of what section `part` has.
fn shipped_with(part: &str, fence: &Fence) -> String {
    let last = match part {
        "global" => "\ndefaults\n",
        "frontend" => "\n    default_backend cache\n",
        _ => "\n    server varnish ",
    };
    let shipped = read("haproxy/haproxy.cfg").unwrap();
    assert_eq!(shipped.matches(last).count(), 1, "haproxy/haproxy.cfg has {last:?} once");
    shipped.replacen(last, &format!("\n{}{last}", fence.text), 1)
}

/// `haproxy -c`, in a folder that stands for `/etc/haproxy`, and for where the package has its files.
fn check(name: &str, config: &str) -> Result<(), String> {
    let folder = Folder::new(name);
    let spoe = repository().join("haproxy/spoe-provenance.conf");
    fs::copy(&spoe, folder.path().join("spoe-provenance.conf")).unwrap();
    let html = "<style>p{width:50%%}</style><p>%[var(txn.prov.reason)], %[var(txn.prov.code)]";
    fs::write(folder.path().join("refused.html"), html).unwrap();
    fs::write(folder.path().join("ja3.map"), "cd08e31494f9531f560d64c695473da9 browser\n").unwrap();
    let here = format!("{}/", folder.path().display());
    let config = config.replace("/etc/haproxy/", &here).replace("/usr/share/provenance/haproxy/", &here);
    let file = folder.path().join("haproxy.cfg");
    fs::write(&file, config).unwrap();
    let mut check = Command::new(program("haproxy"));
    let check = check.arg("-c").arg("-f").arg(&file).env("PROVENANCE_SPOE", spoe).output().unwrap();
    if check.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&check.stderr).into_owned()) }
}

#[test]
fn the_page_of_ones_own_takes_the_place_of_a_line_that_ships() {
    let rules = fragments_of("docs/answers.md", "haproxy");
    let condition = " if denied page\n";
    assert!(rules[0].text.ends_with(condition), "{rules:?}");
    let shipped = read("haproxy/haproxy.cfg").unwrap();
    let replaced: Vec<_> = shipped.split_inclusive('\n').filter(|line| line.ends_with(condition)).collect();
    assert_eq!(replaced.len(), 1, "the rule that the page names: {replaced:?}");
    check("own-page", &shipped.replace(replaced[0], &rules[0].text)).unwrap();
}

/// Whoever takes the marked parts without those of the global section would refuse everybody: HAProxy has to say so.
#[test]
fn haproxy_does_not_start_without_the_headers_of_the_answers() {
    let shipped = read("haproxy/haproxy.cfg").unwrap();
    for name in ["PROVENANCE_ANSWER", "PROVENANCE_WAIT"] {
        let setenv = format!("    setenv {name} ");
        let lines: Vec<_> = shipped.lines().filter(|line| !line.starts_with(&setenv)).collect();
        assert!(lines.len() < shipped.lines().count(), "{name} is not set");
        let told = check(name, &(lines.join("\n") + "\n")).unwrap_err();
        assert!(told.contains(&format!("{name} is not set")), "{told}");
    }
}
