//! A policy that is read anew while the agent serves.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::http::{get, metric, until};
use crate::peer::{Peer, Request};
use crate::process::{Agent, agent};
use crate::scratch::Scratch;

const CURL: Request<'_> = Request { ip: [203, 0, 113, 9], path: b"/", user_agent: Some(b"curl/8.5.0") };

/// A policy that takes its answer to everybody at 203.0.113.9 from a file of ranges.
const POLICY: &str = "version: 1
contact: { email: noc@example.org, url: \"https://example.org/policy\" }
networks:
  - { name: bad, kind: abusive, file: bad.txt }
limits:
  - { name: ip, key: ip, rate: 2/h }
";
const BAD: &str = "203.0.113.0/24\n";
const ELSEWHERE: &str = "198.51.100.0/24\n";

struct Site {
    scratch: Scratch,
}

impl Site {
    fn new(ranges: &str) -> Self {
        let scratch = Scratch::new();
        scratch.write("policy.yaml", POLICY);
        scratch.write("bad.txt", ranges);
        Self { scratch }
    }

    /// An agent whose files are looked at every 20 milliseconds, or not at all.
    fn agent(&self, watch: &str) -> Agent {
        Agent::ready(self.command(watch))
    }

    fn command(&self, watch: &str) -> Command {
        let mut command = agent();
        command.arg("--policy").arg(self.scratch.path("policy.yaml"));
        command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--watch", watch]);
        command
    }

    /// Puts a file in the place of another, as a good editor does.
    fn replace(&self, name: &str, text: &str) {
        self.scratch.write("new", text);
        fs::rename(self.scratch.path("new"), self.scratch.path(name)).unwrap();
    }
}

fn reloads(agent: &Agent, result: &str) -> f64 {
    metric(agent.admin(), &format!("provenance_agent_reloads_total{{result=\"{result}\"}}")).unwrap()
}

fn reason(peer: &mut Peer) -> String {
    peer.ask(&CURL).get("reason").to_owned()
}

#[test]
fn a_policy_that_is_put_into_shadow_refuses_nobody_and_says_so() {
    let site = Site::new(BAD);
    let mut agent = site.agent("off");
    let mut peer = agent.connect().greeted();
    let shadow = |agent: &Agent| metric(agent.admin(), "provenance_agent_policy_shadow");
    assert_eq!((reason(&mut peer).as_str(), shadow(&agent)), ("network.abusive", Some(0.0)));
    site.replace("policy.yaml", &format!("{POLICY}shadow: true\n"));
    agent.signal("HUP");
    assert!(agent.wait_for_line("policy reloaded").contains(" shadow=true "));
    assert_eq!((reason(&mut peer).as_str(), shadow(&agent)), ("shadow", Some(1.0)));
    assert!(get(agent.admin(), "/").body.contains("the whole policy: nobody is refused"));
}

#[test]
fn a_hangup_takes_up_the_policy_and_keeps_connections_and_limits() {
    let site = Site::new(ELSEWHERE);
    let mut agent = site.agent("off");
    let mut peer = agent.connect().greeted();
    assert_eq!([reason(&mut peer), reason(&mut peer)], ["default", "default"]);
    assert_eq!(reason(&mut peer), "limit.ip");
    site.replace("bad.txt", BAD);
    agent.signal("HUP");
    let line = agent.wait_for_line("policy reloaded");
    assert!(line.contains("INFO") && line.contains("changed=true"), "{line}");
    assert_eq!(reason(&mut peer), "network.abusive");
    site.replace("bad.txt", ELSEWHERE);
    agent.signal("HUP");
    agent.wait_for_line("policy reloaded");
    assert_eq!(reason(&mut peer), "limit.ip", "what was used up is used up");
    assert_eq!(reloads(&agent, "success"), 2.0);
}

#[test]
fn a_file_that_the_policy_names_is_watched() {
    let site = Site::new(ELSEWHERE);
    let mut agent = site.agent("20ms");
    let mut peer = agent.connect().greeted();
    assert_eq!(reason(&mut peer), "default");
    site.replace("bad.txt", BAD);
    agent.wait_for_line("policy reloaded");
    assert_eq!(reason(&mut peer), "network.abusive");
}

#[test]
fn what_does_not_compile_is_told_once_and_the_policy_in_force_stays() {
    let site = Site::new(BAD);
    let mut agent = site.agent("20ms");
    let mut peer = agent.connect().greeted();
    site.replace("bad.txt", "not a prefix\n");
    let line = agent.wait_for_line("policy not reloaded, the one in force stays");
    assert!(line.contains("ERROR") && line.contains("problems=1"), "{line}");
    let line = agent.wait_for_line("in the policy");
    assert!(line.contains("bad.txt:1: ") && line.contains("not a prefix"), "{line}");
    assert_eq!(reason(&mut peer), "network.abusive");
    assert_eq!(metric(agent.admin(), "provenance_agent_last_reload_successful"), Some(0.0));
    assert!(metric(agent.admin(), "provenance_agent_policy_failing_seconds").unwrap() >= 0.0);

    // The same mistake in another file is no news.
    let failures = reloads(&agent, "failure");
    site.replace("bad.txt", "not a prefix\n");
    until("it was read again", || reloads(&agent, "failure") > failures);
    assert!(!agent.seen().iter().any(|line| line.contains("not reloaded")), "{:#?}", agent.seen());

    // Another mistake is.
    site.replace("bad.txt", "neither is this\n");
    agent.wait_for_line("policy not reloaded");
    assert!(agent.wait_for_line("in the policy").contains("neither is this"));

    site.replace("bad.txt", BAD);
    agent.wait_for_line("policy reloaded");
    assert_eq!(metric(agent.admin(), "provenance_agent_last_reload_successful"), Some(1.0));
    assert_eq!(metric(agent.admin(), "provenance_agent_policy_failing_seconds"), Some(0.0));
}

#[test]
fn a_file_that_was_missing_is_taken_up_when_it_is_there() {
    let site = Site::new(BAD);
    let mut agent = site.agent("20ms");
    fs::remove_file(site.scratch.path("bad.txt")).unwrap();
    agent.wait_for_line("policy not reloaded");
    site.replace("bad.txt", ELSEWHERE);
    agent.wait_for_line("policy reloaded");
    assert_eq!(reason(&mut agent.connect().greeted()), "default");
    fs::remove_file(site.scratch.path("policy.yaml")).unwrap();
    let line = agent.wait_for_line("policy not reloaded");
    assert!(line.contains("cannot read the policy"), "{line}");
    site.replace("policy.yaml", POLICY);
    agent.wait_for_line("policy reloaded");
}

#[test]
fn a_link_that_is_turned_as_kubernetes_does_is_one_change() {
    let site = Site::new(ELSEWHERE);
    for (folder, ranges) in [("one", ELSEWHERE), ("two", BAD)] {
        fs::create_dir(site.scratch.path(folder)).unwrap();
        site.scratch.write(&format!("{folder}/policy.yaml"), POLICY);
        site.scratch.write(&format!("{folder}/bad.txt"), ranges);
    }
    symlink("one", site.scratch.path("..data")).unwrap();
    for name in ["policy.yaml", "bad.txt"] {
        fs::remove_file(site.scratch.path(name)).unwrap();
        symlink(format!("..data/{name}"), site.scratch.path(name)).unwrap();
    }
    let mut agent = site.agent("20ms");
    assert_eq!(reason(&mut agent.connect().greeted()), "default");
    symlink("two", site.scratch.path("..data_tmp")).unwrap();
    fs::rename(site.scratch.path("..data_tmp"), site.scratch.path("..data")).unwrap();
    agent.wait_for_line("policy reloaded");
    assert_eq!(reason(&mut agent.connect().greeted()), "network.abusive");
    assert_eq!(reloads(&agent, "success"), 1.0);
}

#[test]
fn files_that_are_touched_and_hold_what_they_held_make_no_noise() {
    let site = Site::new(BAD);
    let mut agent = site.agent("20ms");
    until("the files, new as they are, were read once more", || reloads(&agent, "unchanged") == 1.0);
    site.replace("bad.txt", BAD);
    let line = agent.wait_for_line("were touched");
    assert!(line.contains("DEBUG"), "{line}");
    assert_eq!((reloads(&agent, "success"), reloads(&agent, "failure")), (0.0, 0.0));
}

#[test]
fn counters_go_on_when_the_policy_changes() {
    let site = Site::new(BAD);
    let mut agent = site.agent("off");
    let mut peer = agent.connect().greeted();
    assert_eq!(reason(&mut peer), "network.abusive");
    let denied = "provenance_agent_rule_decisions_total{action=\"deny\",reason=\"network.abusive\"}";
    assert_eq!(metric(agent.admin(), denied), Some(1.0));
    site.replace("policy.yaml", &POLICY.replace("limits:\n  - { name: ip, key: ip, rate: 2/h }\n", ""));
    agent.signal("HUP");
    agent.wait_for_line("policy reloaded");
    assert_eq!(reason(&mut peer), "network.abusive");
    assert_eq!(metric(agent.admin(), denied), Some(2.0));
}

#[test]
fn a_policy_of_many_prefixes_is_taken_up_while_requests_are_answered() {
    let site = Site::new(ELSEWHERE);
    let mut agent = site.agent("off");
    let mut peer = agent.connect().greeted();
    let ranges: String =
        (0..100_000_u32).map(|n| format!("10.{}.{}.{}/32\n", n >> 16, n >> 8 & 255, n & 255)).collect();
    site.replace("bad.txt", &format!("{ranges}{BAD}"));
    agent.signal("HUP");
    until("the new policy decides", || reason(&mut peer) == "network.abusive");
    agent.wait_for_line("policy reloaded");
}
