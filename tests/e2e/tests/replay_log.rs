//! A replay of what HAProxy logged says what the agent said.

#![allow(clippy::unwrap_used, reason = "what a helper of a test expects holds, or the test has failed")]

use std::collections::BTreeMap;

use clap::Parser as _;
use ctl::{Cli, Console};
use e2e::ask::{BROWSER, LIBRARY};
use e2e::chain::address_of;
use e2e::{Ask, Chain, Setup};
use serde_json::Value;

/// Long enough that neither a busy machine nor the milliseconds of a log make a difference to a limit.
const POLICY: &str = "
user_agents:
  classes: user-agents.yaml
  stages:
    none: [{ from: 2025-08-11, rate: 1/h }]
    library_default: [{ from: 2025-08-25, block: true }]
exemptions:
  - { name: exempt_host, hosts: [exempt.example.org], classes: [library_default] }
limits: [{ name: ip, key: ip, rate: 3/h }]
";

/// Requests by reason and action.
type Verdicts = BTreeMap<(String, String), u64>;

#[test]
fn a_replay_of_the_log_says_what_the_agent_said() {
    let chain = Chain::start(&Setup::written(POLICY).patient().without_varnish()).unwrap();
    let (mut said, mut log) = (Verdicts::new(), String::new());
    let odd = "Tool/1.0 \"quoted\" \\ back|slash {brace} #hash ]";
    for (n, user_agent) in
        [Some(BROWSER), Some(LIBRARY), Some("me/1 (me@example.org)"), Some(odd), None].into_iter().enumerate()
    {
        for (host, target) in [
            ("upload.wikimedia.org", "/a?b=c"),
            ("exempt.example.org", "/d|e\\f"),
            ("exempt.example.org", "/robots.txt"),
            ("upload.wikimedia.org", "/%61/%22"),
            ("upload.wikimedia.org", "/"),
        ] {
            let from = address_of(n + 1);
            let ask = match user_agent {
                Some(user_agent) => Ask::new(from, user_agent),
                None => Ask::nobody(from),
            };
            let answer = Ask { host, target, ..ask }.send(&chain).unwrap();
            let line = chain.logged_line(target, &answer).unwrap();
            let field = |name: &str| {
                line.split(&format!(" {name}=")).nth(1).unwrap().split(' ').next().unwrap().to_owned()
            };
            *said.entry((field("reason"), field("action"))).or_default() += 1;
            log += line.trim_end();
            log.push('\n');
        }
    }
    assert!(said.len() >= 6, "one of each kind: {said:?}");

    let file = chain.folder().join("replayed.log");
    std::fs::write(&file, &log).unwrap();
    let policy = chain.folder().join("policy.yaml");
    let [file, policy] = [&file, &policy].map(|path| path.to_str().unwrap());
    let cli = Cli::parse_from(["provenancectl", "replay", "--policy", policy, file]);
    let mut answer = Vec::new();
    ctl::run(cli.command, &mut Console::new(&mut answer, true)).unwrap();
    let summary: Value = serde_json::from_slice(&answer).unwrap();
    let mut replayed = Verdicts::new();
    for rule in summary["rules"].as_array().unwrap() {
        for action in ["allow", "limit", "deny"] {
            let count = rule[action].as_u64().unwrap();
            if count > 0 {
                *replayed
                    .entry((rule["name"].as_str().unwrap().to_owned(), action.to_owned()))
                    .or_default() += count;
            }
        }
    }
    assert_eq!(replayed, said, "{log}");
    assert_eq!(summary["logs"][0]["unparsed"], 0);
    assert_eq!(summary["requests"]["newly_refused"], 0, "what is refused was answered so");
}
