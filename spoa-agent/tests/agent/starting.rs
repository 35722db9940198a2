//! Signals that come while the policy is still read.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;

use crate::peer::{Peer, Request};
use crate::process::{Agent, PATIENCE, agent, lines};
use crate::scratch::Scratch;

const POLICY: &str = "version: 1\ncontact: { email: noc@example.org, url: \"https://example.org/policy\" }\n";

/// Holds a lease on a file (fcntl(2)): whoever opens it waits until the lease is given back, and the holder is told.
const LEASE: &str = r#"
import fcntl, os, signal, sys
signal.signal(signal.SIGIO, lambda *_: print("opened", flush=True))
fd = os.open(sys.argv[1], os.O_RDWR)
fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print("held", flush=True)
sys.stdin.readline()
fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
"#;

struct Lease {
    holder: Child,
    told: Receiver<String>,
}

impl Lease {
    fn hold(scratch: &Scratch) -> Self {
        let mut command = Command::new("python3");
        command.args(["-c", LEASE]).arg(scratch.path("policy.yaml"));
        let mut holder = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let told = lines(holder.stdout.take().unwrap());
        let lease = Self { holder, told };
        lease.wait_for("held");
        lease
    }

    fn wait_for(&self, word: &str) {
        assert_eq!(self.told.recv_timeout(PATIENCE).unwrap(), word);
    }

    fn give_back(&mut self) {
        self.holder.stdin.take().unwrap().write_all(b"\n").unwrap();
        assert!(self.holder.wait().unwrap().success());
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// An agent that waits for its policy.
fn starting(scratch: &Scratch) -> (Agent, Lease) {
    scratch.write("policy.yaml", POLICY);
    let lease = Lease::hold(scratch);
    let mut command = agent();
    command.arg("--policy").arg(scratch.path("policy.yaml")).args([
        "--listen",
        "127.0.0.1:0",
        "--watch",
        "off",
    ]);
    let agent = Agent::starting(command);
    lease.wait_for("opened");
    (agent, lease)
}

#[test]
fn a_hangup_while_it_starts_has_the_policy_read_once_more_and_ends_nothing() {
    let scratch = Scratch::new();
    let (mut agent, mut lease) = starting(&scratch);
    agent.signal("HUP");
    lease.give_back();
    agent.become_ready();
    agent.wait_for_line("policy reloaded");
    let answer = Peer::connect(&agent.addresses()[0]).greeted().ask(&Request::by_browser([192, 0, 2, 7]));
    assert_eq!(answer.get("action"), "allow");
}

#[test]
fn a_signal_to_end_is_heard_while_it_starts() {
    let scratch = Scratch::new();
    let (mut agent, _lease) = starting(&scratch);
    agent.signal("TERM");
    assert!(agent.wait_for_line("stopped before it was ready").contains("SIGTERM"));
    assert_eq!(agent.wait().0.code(), Some(0));
}
