//! The agent's process and its log.

use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::peer::Peer;
use crate::scratch::data;

/// When to give up on something that does not happen. No test waits for it to pass.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A time at which all stages of `policy.yaml` have begun.
pub const LAST_STAGE: &str = "2025-08-18";

/// An agent that is ready, or another process whose standard error is watched. Killed when dropped.
pub struct Agent {
    child: Child,
    log: Receiver<String>,
    seen: Vec<String>,
    addresses: Vec<String>,
    admin: Vec<String>,
}

impl Agent {
    /// Starts an agent with the policy of the tests, all of its stages begun, on these addresses.
    pub fn on(listen: &[&str]) -> Self {
        Self::with(listen, &["--clock", LAST_STAGE])
    }

    /// The same with more options instead of the clock.
    pub fn with(listen: &[&str], options: &[&str]) -> Self {
        let mut command = agent();
        command.arg("--policy").arg(data("policy.yaml"));
        command.args(listen.iter().flat_map(|address| ["--listen", address])).args(options);
        Self::ready(command)
    }

    /// Runs `command`, which ends in the command line of an agent, and waits until it is ready.
    pub fn ready(command: Command) -> Self {
        let mut agent = Self::starting(command);
        agent.become_ready();
        agent
    }

    /// The same without waiting: it has no addresses yet.
    pub fn starting(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = lines(child.stderr.take().unwrap());
        Self { child, log, seen: Vec::new(), addresses: Vec::new(), admin: Vec::new() }
    }

    /// Waits until it is ready.
    pub fn become_ready(&mut self) {
        let ready = self.wait_for_line(" ready ");
        let named = |name: &str| {
            let text = ready.split(&format!(" {name}=\"")).nth(1).unwrap().split('"').next().unwrap();
            text.split(' ').map(str::to_owned).collect()
        };
        (self.addresses, self.admin) = (named("listen"), named("admin"));
    }

    /// The addresses that it listens on, with the ports that the system chose.
    pub fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// Its admin address.
    pub fn admin(&self) -> &str {
        &self.admin[0]
    }

    /// Connects to its first address.
    pub fn connect(&self) -> Peer {
        Peer::connect(&self.addresses[0])
    }

    /// Waits for a line in the log that has `text`.
    pub fn wait_for_line(&mut self, text: &str) -> String {
        loop {
            match self.log.recv_timeout(PATIENCE) {
                Ok(line) if line.contains(text) => return line,
                Ok(line) => self.seen.push(line),
                Err(RecvTimeoutError::Timeout) => panic!("no {text:?} in the log: {:#?}", self.seen),
                Err(RecvTimeoutError::Disconnected) => panic!("ended without {text:?}: {:#?}", self.seen),
            }
        }
    }

    /// What was logged so far and not waited for.
    pub fn seen(&mut self) -> &[String] {
        self.seen.extend(self.log.try_iter());
        &self.seen
    }

    pub fn signal(&self, signal: &str) {
        send(signal, self.child.id());
    }

    /// Waits for the process to end, and returns its status and what was in its log since the last line waited for.
    pub fn wait(mut self) -> (ExitStatus, Vec<String>) {
        let status = self.child.wait().unwrap();
        (status, self.log.iter().collect())
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal. The shell has `kill` built in; the program of that name is not on every machine.
pub fn send(signal: &str, process: u32) {
    let kill = format!("kill -s {signal} {process}");
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

/// The program, with a log that shows everything.
pub fn agent() -> Command {
    let mut command = Command::new(program());
    command.env("RUST_LOG", "debug");
    command
}

pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_spoa-agent"))
}

/// Runs the program to its end.
pub fn run(args: &[&str]) -> Output {
    Command::new(program()).args(args).env_remove("RUST_LOG").output().unwrap()
}

/// The lines of a stream, as they come.
pub fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}
