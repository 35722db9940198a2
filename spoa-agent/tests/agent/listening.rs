//! Sockets: where the agent listens, how many it serves, and what it leaves behind.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::process::Command;

use crate::peer::{Heard, Peer, Request, hello};
use crate::process::{Agent, agent, program, run};
use crate::scratch::{Scratch, data};

const CLOUD: [u8; 4] = [192, 0, 2, 7];

#[test]
fn listens_on_tcp_and_on_a_unix_socket_at_once() {
    let scratch = Scratch::new();
    let agent = Agent::on(&["127.0.0.1:0", &scratch.socket("agent.sock"), "[::1]:0"]);
    for address in agent.addresses() {
        let answer = Peer::connect(address).greeted().ask(&Request::by_browser(CLOUD));
        assert_eq!(answer.get("action"), "allow", "{address}");
    }
    let mode = fs::metadata(scratch.path("agent.sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
}

#[test]
fn ends_on_a_signal_with_a_goodbye_and_without_its_socket() {
    for signal in ["TERM", "INT"] {
        let scratch = Scratch::new();
        let agent = Agent::on(&[&scratch.socket("agent.sock"), "127.0.0.1:0"]);
        let peers =
            agent.addresses().iter().map(|address| Peer::connect(address).greeted()).collect::<Vec<_>>();
        agent.signal(signal);
        for peer in peers {
            assert_eq!(peer.goodbye(), (0, "normal".to_owned()));
        }
        let (status, log) = agent.wait();
        assert_eq!(status.code(), Some(0), "{log:#?}");
        assert!(log.last().unwrap().ends_with("stopped"), "{log:#?}");
        assert!(!scratch.path("agent.sock").exists());
    }
}

#[test]
fn a_second_signal_ends_it_without_waiting_for_peers() {
    let scratch = Scratch::new();
    let agent = Agent::on(&[&scratch.socket("agent.sock")]);
    let peer = agent.connect().greeted();
    // Both wait for a process that stands still, so that the second is there before the first has had an effect.
    for signal in ["STOP", "TERM", "INT", "CONT"] {
        agent.signal(signal);
    }
    let (status, log) = agent.wait();
    assert_eq!(status.code(), Some(0), "{log:#?}");
    assert!(log.last().unwrap().contains("stopped at once"), "{log:#?}");
    assert!(!scratch.path("agent.sock").exists());
    drop(peer);
}

#[test]
fn answers_what_has_arrived_before_it_ends() {
    let agent = Agent::on(&["127.0.0.1:0"]);
    let mut peer = agent.connect().greeted();
    let frames: Vec<u8> =
        (0..200).flat_map(|n| Request::by_browser([10, 0, 0, n]).notify(n.into(), 1)).collect();
    peer.send(&frames);
    agent.signal("TERM");
    for n in 0..200 {
        assert_eq!(peer.answer().ids, (n, 1));
    }
    assert_eq!(peer.goodbye().0, 0);
}

#[test]
fn replaces_the_socket_of_an_agent_that_was_killed() {
    let scratch = Scratch::new();
    let address = scratch.socket("agent.sock");
    let killed = Agent::on(&[&address]);
    killed.signal("KILL");
    killed.wait();
    assert!(scratch.path("agent.sock").exists());
    Agent::on(&[&address]).connect().greeted();
}

#[test]
fn leaves_the_socket_of_a_running_agent_alone() {
    let scratch = Scratch::new();
    let address = scratch.socket("agent.sock");
    let first = Agent::on(&[&address]);
    let output = refused(&address);
    let expected = format!("spoa-agent: cannot listen on {address}: another process is listening there\n");
    assert_eq!((output.0, output.1), (Some(3), expected));
    first.connect().greeted();
}

#[test]
fn leaves_a_file_that_is_no_socket_alone() {
    let scratch = Scratch::new();
    let file = scratch.write("notes.txt", "precious");
    let address = scratch.socket("notes.txt");
    let expected = format!("spoa-agent: cannot listen on {address}: the file exists and is not a socket\n");
    assert_eq!(refused(&address), (Some(3), expected));
    assert_eq!(fs::read_to_string(file).unwrap(), "precious");
}

/// Exit code and last words of an agent that cannot listen.
fn refused(address: &str) -> (Option<i32>, String) {
    let policy = data("policy.yaml");
    let output = run(&["--policy", policy.to_str().unwrap(), "--listen", address]);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn leaves_the_socket_that_took_its_place_alone() {
    let scratch = Scratch::new();
    let agent = Agent::on(&[&scratch.socket("agent.sock")]);
    fs::remove_file(scratch.path("agent.sock")).unwrap();
    let successor = UnixListener::bind(scratch.path("agent.sock")).unwrap();
    agent.signal("TERM");
    assert!(agent.wait().0.success());
    assert!(scratch.path("agent.sock").exists());
    drop(successor);
}

#[test]
fn a_port_in_use_ends_it_before_it_serves() {
    let first = Agent::on(&["127.0.0.1:0"]);
    let address = &first.addresses()[0];
    let (code, stderr) = refused(address);
    assert_eq!(code, Some(3));
    assert_eq!(
        stderr,
        format!("spoa-agent: cannot listen on {address}: Address already in use (os error 98)\n")
    );
}

#[test]
fn connections_above_the_maximum_wait_for_their_turn() {
    let mut agent = Agent::with(&["127.0.0.1:0"], &["--max-connections", "1"]);
    let mut first = agent.connect().greeted();
    let mut second = agent.connect();
    second.send(&hello(16_380));
    agent.wait_for_line("all connections are in use");
    assert_eq!(first.ask(&Request::by_browser(CLOUD)).get("action"), "allow");
    assert!(second.hears_nothing());
    drop(first);
    assert!(matches!(second.hear(), Heard::Hello { .. }));
}

#[test]
fn the_maximum_counts_all_addresses_together() {
    let mut agent = Agent::with(&["127.0.0.1:0", "127.0.0.1:0"], &["--max-connections", "1"]);
    let [first, second] = [0, 1].map(|n| agent.addresses()[n].clone());
    let served = Peer::connect(&first).greeted();
    let mut waiting = Peer::connect(&second);
    waiting.send(&hello(16_380));
    agent.wait_for_line("all connections are in use");
    drop(served);
    assert!(matches!(waiting.hear(), Heard::Hello { .. }));
}

#[test]
fn a_waiting_connection_does_not_keep_it_from_stopping() {
    let mut agent = Agent::with(&["127.0.0.1:0"], &["--max-connections", "1"]);
    let (first, second) = (agent.connect().greeted(), agent.connect());
    agent.wait_for_line("all connections are in use");
    agent.signal("TERM");
    assert_eq!(first.goodbye().0, 0);
    assert!(agent.wait().0.success());
    drop(second);
}

#[test]
fn survives_running_out_of_files() {
    const FILES: usize = 32;
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -n {FILES} && exec \"$0\" \"$@\"")]).arg(program());
    command.args(["--workers", "1", "--listen", "127.0.0.1:0", "--policy"]).arg(data("policy.yaml"));
    let mut agent = Agent::ready(command);
    let peers: Vec<_> = (0..FILES).map(|_| agent.connect()).collect();
    assert!(agent.wait_for_line("cannot accept a connection").contains("Too many open files"));
    drop(peers);
    agent.connect().greeted();
}

#[test]
fn nothing_listens_before_the_policy_is_valid() {
    let scratch = Scratch::new();
    let mut command = agent();
    command.arg("--policy").arg(data("unknown-key.yaml")).args(["--listen", &scratch.socket("agent.sock")]);
    assert_eq!(command.output().unwrap().status.code(), Some(1));
    assert!(!scratch.path("agent.sock").exists());
}
