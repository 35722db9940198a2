//! A service manager's side: the sockets that it passes and what it is told.

use std::os::unix::net::UnixDatagram;
use std::process::Command;

use crate::http::get;
use crate::peer::{Peer, Request};
use crate::process::{Agent, PATIENCE, program, run};
use crate::scratch::{Scratch, data};

/// An agent that tells this socket of itself.
fn notifying(scratch: &Scratch) -> (UnixDatagram, Command) {
    let socket = UnixDatagram::bind(scratch.path("notify")).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut command = crate::process::agent();
    command.env("NOTIFY_SOCKET", scratch.path("notify"));
    command.arg("--policy").arg(data("policy.yaml")).args(["--listen", "127.0.0.1:0", "--watch", "off"]);
    (socket, command)
}

fn told(socket: &UnixDatagram) -> String {
    let mut message = [0; 1024];
    let length = socket.recv(&mut message).unwrap();
    String::from_utf8(message[..length].to_vec()).unwrap()
}

#[test]
fn the_service_manager_is_told_of_start_reload_and_end() {
    let scratch = Scratch::new();
    let (socket, command) = notifying(&scratch);
    let agent = Agent::ready(command);
    let ready = told(&socket);
    assert!(ready.starts_with("READY=1\nSTATUS=policy ") && ready.ends_with(" in force\n"), "{ready}");
    agent.signal("HUP");
    let reloading = told(&socket);
    assert!(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC="), "{reloading}");
    assert!(told(&socket).starts_with("READY=1\nSTATUS="));
    agent.signal("TERM");
    assert_eq!(told(&socket), "STOPPING=1\nSTATUS=draining\n");
    assert!(agent.wait().0.success());
}

#[test]
fn a_watchdog_is_fed() {
    let scratch = Scratch::new();
    let (socket, mut command) = notifying(&scratch);
    command.env("WATCHDOG_USEC", "100000");
    let _agent = Agent::ready(command);
    let fed = std::iter::repeat_with(|| told(&socket)).take(10).filter(|told| told == "WATCHDOG=1\n").count();
    assert!(fed >= 3, "{fed}");
}

/// Starts the agent as systemd would: two sockets from descriptor 3 on, the second for administration.
const ACTIVATE: &str = r#"
import os, socket, sys
sockets = []
for path in sys.argv[1:3]:
    s = socket.socket(socket.AF_UNIX if path.startswith("/") else socket.AF_INET)
    s.bind(path if path.startswith("/") else ("127.0.0.1", 0))
    s.listen()
    sockets.append(os.dup2(s.fileno(), 3 + len(sockets) + 10))
for n, fd in enumerate(sockets):
    os.dup2(fd, 3 + n)
os.environ.update(LISTEN_FDS="2", LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES="spop:admin")
os.execv(sys.argv[3], sys.argv[3:])
"#;

#[test]
fn sockets_that_systemd_passes_are_served_and_stay() {
    let scratch = Scratch::new();
    let mut command = Command::new("python3");
    command.args(["-c", ACTIVATE]).arg(scratch.path("spop.sock")).arg("tcp").arg(program());
    command.arg("--policy").arg(data("policy.yaml"));
    command.args(["--listen", "systemd", "--admin", "systemd@admin"]).env("RUST_LOG", "debug");
    let agent = Agent::ready(command);
    assert_eq!(agent.addresses(), [scratch.socket("spop.sock")]);
    let answer = Peer::connect(&agent.addresses()[0]).greeted().ask(&Request::by_browser([192, 0, 2, 7]));
    assert_eq!(answer.get("action"), "allow");
    assert_eq!(get(agent.admin(), "/healthz").status, 200);
    agent.signal("TERM");
    assert!(agent.wait().0.success());
    assert!(scratch.path("spop.sock").exists(), "it is systemd's");
}

#[test]
fn a_socket_that_was_not_passed_is_missed() {
    let policy = data("policy.yaml");
    let output = run(&["--policy", policy.to_str().unwrap(), "--listen", "systemd@spop"]);
    assert_eq!(output.status.code(), Some(3));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.starts_with("spoa-agent: cannot listen on systemd@spop: systemd has passed no such socket"),
        "{stderr}"
    );
}

#[test]
fn the_limit_of_open_files_is_raised_as_far_as_it_goes() {
    let limited = |hard: u32, connections: &str| {
        let mut command = Command::new("sh");
        let script = format!("ulimit -Sn 64 && ulimit -Hn {hard} && exec \"$0\" \"$@\"");
        command.args(["-c", &script]).arg(program()).arg("--policy").arg(data("policy.yaml"));
        command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--max-connections", connections]);
        Agent::ready(command)
    };
    let agent = limited(1024, "500");
    let limit = |agent: &Agent| crate::http::metric(agent.admin(), "process_max_fds").unwrap();
    assert_eq!(limit(&agent), 628.0);
    let mut agent = limited(256, "500");
    assert_eq!(limit(&agent), 256.0);
    let warned = |line: &String| line.contains("fewer files may be open than --max-connections needs");
    assert!(agent.seen().iter().any(warned), "{:#?}", agent.seen());
}
