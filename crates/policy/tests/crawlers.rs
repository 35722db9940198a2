//! Networks, proxies and crawlers as a policy and its files describe them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a helper of a test expects holds, or the test has failed"
)]

use std::fs::{self, File};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use policy::classify::crawler::Identity;
use policy::{Policy, PolicyError};

const CONTACT: &str =
    "version: 1\ncontact: { email: noc@example.org, url: \"https://example.org/user-agent-policy\" }\n";

const EXAMPLEBOT: &[u8] = b"Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example.org/)";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A policy of these sections, beside a folder `crawlers` with the shipped example and a file that is one byte too long.
fn compile(name: &str, sections: &str) -> Result<Policy, PolicyError> {
    let folder =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("crawlers-{}-{name}", std::process::id()));
    fs::create_dir_all(folder.join("crawlers")).unwrap();
    let example = "crawlers/examplebot.json";
    fs::copy(repository().join("policy").join(example), folder.join(example)).unwrap();
    File::create(folder.join("too-long")).unwrap().set_len(32 * 1024 * 1024 + 1).unwrap();
    fs::write(folder.join("policy.yaml"), format!("{CONTACT}{sections}")).unwrap();
    let policy = Policy::load(&folder.join("policy.yaml"));
    fs::remove_dir_all(&folder).unwrap();
    policy
}

/// The policies that the page shows.
fn fragments_of_the_page() -> Vec<String> {
    let page = fs::read_to_string(repository().join("docs/networks.md")).unwrap();
    let fragments = page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned());
    fragments.collect()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Who is the client of a peer that sends this `X-Forwarded-For`.
fn client(policy: &Policy, peer: &str, forwarded_for: &str) -> Option<IpAddr> {
    let mut headers = policy.headers();
    headers.record(b"X-Forwarded-For", forwarded_for.as_bytes());
    policy.client_address(Some(ip(peer)), &headers)
}

#[test]
fn what_the_page_shows_compiles() {
    let fragments = fragments_of_the_page();
    assert_eq!(fragments.len(), 3);
    for (n, fragment) in fragments.iter().enumerate() {
        compile(&format!("page-{n}"), fragment).unwrap_or_else(|why| panic!("{why}\n{fragment}"));
    }
}

#[test]
fn the_shipped_example_verifies_its_crawler() {
    let policy = compile("example", fragments_of_the_page().last().unwrap()).unwrap();
    for (from, verified) in [
        ("192.0.2.31", true),
        ("192.0.2.32", false),
        ("198.51.100.79", true),
        ("2001:db8:0:1::7", true),
        ("2001:db8::7", false),
    ] {
        let identity = policy.crawlers().identify(Some(EXAMPLEBOT), Some(ip(from)));
        let crawler = match identity {
            Identity::Verified(crawler) if verified => crawler,
            Identity::Impostor(crawler) if !verified => crawler,
            other => panic!("{from}: {other:?}"),
        };
        assert_eq!(&*crawler.id, "examplebot");
        let quota = crawler.quota.unwrap();
        assert_eq!((quota.rate().to_string().as_str(), quota.burst().get()), ("20/s", 100));
    }
}

#[test]
fn crawlers_have_at_most_4096_user_agents_in_all() {
    let sections = |n: usize| {
        let user_agents: Vec<String> = (0..n).map(|n| format!("examplebot{n}/")).collect();
        let user_agents = user_agents.join(", ");
        format!("crawlers: [{{ id: examplebot, user_agents: [{user_agents}], cidrs: [192.0.2.0/24] }}]\n")
    };
    assert!(compile("enough", &sections(4096)).is_ok());
    let why = compile("too-many", &sections(4097)).unwrap_err().to_string();
    assert!(why.ends_with("crawlers[0].user_agents: more than 4096 user agents in all"), "{why}");
}

#[test]
fn tells_which_files_it_has_read_and_when_they_were_made() {
    let file = "crawlers/examplebot.json";
    let policy = compile(
        "files",
        &format!(
            "networks: [{{ name: feed, kind: client, file: {file} }}]\n\
             crawlers: [{{ id: examplebot, user_agents: [examplebot], file: {file} }}]\n"
        ),
    )
    .unwrap();
    let [network] = policy.networks().files() else { panic!("{:?}", policy.networks().files()) };
    assert!(network.path.ends_with(file), "{}", network.path.display());
    assert_eq!(network.created.unwrap().to_string(), "2026-11-20T00:00:00Z");
    assert_eq!(network.prefixes, 3);
    assert_eq!(policy.crawlers().files(), policy.networks().files());
}

#[test]
fn a_file_over_32_mib_is_not_read() {
    let why = compile("too-long", "networks: [{ name: feed, kind: cloud, file: too-long }]\n").unwrap_err();
    assert!(why.to_string().contains("too-long: longer than 33554432 bytes"), "{why}");
}

#[test]
fn without_trusted_proxies_the_peer_is_the_client() {
    let policy = compile("no-proxies", "").unwrap();
    assert_eq!(client(&policy, "10.0.0.1", "203.0.113.7"), Some(ip("10.0.0.1")));
    assert_eq!(policy.client_address(None, &policy.headers()), None);
}

#[test]
fn proxies_are_prefixes_and_networks_by_their_longest_prefix() {
    let policy = compile(
        "proxies",
        "networks:
  - { name: balancers, kind: internal, cidrs: [10.0.0.0/24] }
  - { name: scrapers, kind: abusive, cidrs: [10.0.0.7] }
trusted_proxies: [192.0.2.1, '::ffff:198.51.100.0/120', balancers]
",
    )
    .unwrap();
    for (peer, trusted) in [
        ("10.0.0.1", true),
        ("::ffff:10.0.0.1", true),
        ("192.0.2.1", true),
        ("198.51.100.255", true),
        ("10.0.0.7", false),
        ("10.0.1.1", false),
        ("192.0.2.2", false),
        ("2001:db8::1", false),
    ] {
        let expected = if trusted { ip("203.0.113.7") } else { ip(peer) };
        assert_eq!(client(&policy, peer, "10.0.0.9, 203.0.113.7"), Some(expected), "{peer}");
    }
}
