//! A service manager's side: the sockets that it passes and what it is told.

use std::os::unix::net::UnixDatagram;
use std::process::Command;

use crate::http::{ask, get};
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

/// Starts the agent as systemd would, with sockets from descriptor 3 on: each NAME=/PATH or NAME=ADDRESS, up to the first `--`.
const ACTIVATE: &str = r#"
import os, socket, sys
end = sys.argv.index("--")
names, kept = [], []
for given in sys.argv[1:end]:
    name, _, where = given.partition("=")
    s = socket.socket(socket.AF_UNIX if where.startswith("/") else socket.AF_INET)
    s.bind(where if where.startswith("/") else (where, 0))
    s.listen()
    names.append(name)
    kept.append((s, os.dup2(s.fileno(), 20 + len(kept))))
for n, (_, fd) in enumerate(kept):
    os.dup2(fd, 3 + n)
os.environ.update(LISTEN_FDS=str(len(names)), LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES=":".join(names))
os.execv(sys.argv[end + 1], sys.argv[end + 1:])
"#;

/// An agent with these sockets and these options.
fn activated(sockets: &[String], options: &[&str]) -> Command {
    let mut command = Command::new("python3");
    command.args(["-c", ACTIVATE]).args(sockets).arg("--").arg(program());
    command.arg("--policy").arg(data("policy.yaml")).args(options).env("RUST_LOG", "debug");
    command
}

fn unix(scratch: &Scratch, name: &str) -> String {
    format!("{name}={}", scratch.path(name).display())
}

#[test]
fn sockets_that_systemd_passes_are_served_and_stay() {
    let scratch = Scratch::new();
    let sockets = [unix(&scratch, "spop"), "admin=127.0.0.1".to_owned()];
    let agent = Agent::ready(activated(&sockets, &["--listen", "systemd", "--admin", "systemd@admin"]));
    assert_eq!(agent.addresses(), [scratch.socket("spop")]);
    let answer = Peer::connect(&agent.addresses()[0]).greeted().ask(&Request::by_browser([192, 0, 2, 7]));
    assert_eq!(answer.get("action"), "allow");
    assert_eq!(get(agent.admin(), "/healthz").status, 200);
    agent.signal("TERM");
    assert!(agent.wait().0.success());
    assert!(scratch.path("spop").exists(), "it is systemd's");
}

#[test]
fn what_has_no_name_takes_what_no_other_option_names_wherever_it_stands() {
    let scratch = Scratch::new();
    let sockets = ["a", "spop", "b"].map(|name| unix(&scratch, name));
    let agent = Agent::ready(activated(&sockets, &["--listen", "systemd", "--listen", "systemd@spop"]));
    assert_eq!(agent.addresses(), ["a", "b", "spop"].map(|name| scratch.socket(name)));
    drop(agent);
    let scratch = Scratch::new();
    let sockets = ["spop", "admin"].map(|name| unix(&scratch, name));
    let agent = Agent::ready(activated(&sockets, &["--admin", "systemd", "--listen", "systemd@spop"]));
    assert_eq!(agent.addresses(), [scratch.socket("spop")]);
    assert_eq!(agent.admin(), scratch.socket("admin"));
}

#[test]
fn a_passed_socket_that_nobody_takes_is_told_by_its_name() {
    let scratch = Scratch::new();
    let sockets = ["spop", "forgotten"].map(|name| unix(&scratch, name));
    let mut agent = Agent::ready(activated(&sockets, &["--listen", "systemd@spop"]));
    let told = |line: &String| line.contains("nobody answers at a socket") && line.contains("\"forgotten\"");
    assert!(agent.seen().iter().any(told), "{:#?}", agent.seen());
}

#[test]
fn a_passed_socket_that_other_machines_reach_is_for_administration_only_where_that_is_said() {
    let scratch = Scratch::new();
    let sockets = [unix(&scratch, "spop"), "admin=0.0.0.0".to_owned()];
    let options = ["--listen", "systemd@spop", "--admin", "systemd@admin"];
    let mut agent = Agent::starting(activated(&sockets, &options));
    agent.wait_for_line("spoa-agent: --admin systemd@admin is 0.0.0.0:");
    assert_eq!(agent.wait().0.code(), Some(2));

    let scratch = Scratch::new();
    let sockets = [unix(&scratch, "spop"), "admin=0.0.0.0".to_owned()];
    let agent = Agent::ready(activated(&sockets, &[&options[..], &["--admin-anywhere"]].concat()));
    let port = agent.admin().rsplit(':').next().unwrap();
    let by_name = ask(&format!("127.0.0.1:{port}"), "GET", "/explain", &["Host: edge1.example.org"]);
    assert_eq!(by_name.status, 200, "{by_name:?}");
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
