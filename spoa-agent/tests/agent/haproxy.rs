//! A real HAProxy in front: hello, health check, variables, soft stop.

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;

use crate::peer::FIREFOX;
use crate::process::{Agent, PATIENCE, lines, send};
use crate::scratch::Scratch;

const ENGINE: &str = "\
[edge]
spoe-agent edge
    messages check-request
    option var-prefix prov
    option set-on-error error
    no option send-frag-payload
    timeout hello 5s
    timeout idle 1m
    timeout processing 5s
    use-backend agents

spoe-message check-request
    args ip=src method=method host=req.hdr(host) path=path query=query version=req.ver tls=ssl_fc headers=req.hdrs_bin
    event on-frontend-http-request
";

fn configuration(scratch: &Scratch) -> String {
    let (log, front) = (scratch.path("log.sock"), scratch.path("front.sock"));
    let (engine, agent) = (scratch.path("spoe.conf"), scratch.path("agent.sock"));
    format!(
        "\
global
    log {} local0
defaults
    log global
    mode http
    timeout connect 5s
    timeout client 1m
    timeout server 1m
frontend edge
    bind unix@{} accept-proxy
    filter spoe engine edge config {}
    http-request return status 200 hdr x-action %[var(txn.prov.action)] hdr x-status %[var(txn.prov.status)] \
hdr x-reason %[var(txn.prov.reason)] hdr x-labels %[var(txn.prov.labels)] hdr x-error %[var(txn.prov.error)] \
hdr x-retry-after %[var(txn.prov.retry_after)]
backend agents
    mode tcp
    option spop-check
    option log-health-checks
    server agent unix@{} check inter 100ms
",
        log.display(),
        front.display(),
        engine.display(),
        agent.display()
    )
}

struct Haproxy {
    child: Child,
    log: UnixDatagram,
    stderr: Receiver<String>,
}

impl Haproxy {
    fn start(scratch: &Scratch) -> Self {
        let log = UnixDatagram::bind(scratch.path("log.sock")).unwrap();
        log.set_read_timeout(Some(PATIENCE)).unwrap();
        scratch.write("spoe.conf", ENGINE);
        let file = scratch.write("haproxy.cfg", &configuration(scratch));
        let mut command = Command::new("haproxy");
        command.arg("-db").arg("-f").arg(file).stdout(Stdio::null()).stderr(Stdio::piped());
        // Distributions install it in sbin, which is not on everybody's PATH.
        let path = std::env::var("PATH").unwrap_or_default();
        match command.env("PATH", format!("{path}:/usr/sbin:/sbin")).spawn() {
            Ok(mut child) => {
                let stderr = lines(child.stderr.take().unwrap());
                Self { child, log, stderr }
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                panic!("HAProxy is not installed: run scripts/setup, which installs what the tests need")
            }
            Err(error) => panic!("cannot start haproxy: {error}"),
        }
    }

    /// Waits for a line in its log.
    fn wait_for_line(&self, text: &str) -> String {
        let mut datagram = [0; 4096];
        loop {
            let Ok(len) = self.log.recv(&mut datagram) else {
                panic!("no {text:?} in HAProxy's log; {:#?}", self.stderr.try_iter().collect::<Vec<_>>());
            };
            let line = String::from_utf8_lossy(&datagram[..len]).into_owned();
            if line.contains(text) {
                return line;
            }
        }
    }

    fn signal(&self, signal: &str) {
        send(signal, self.child.id());
    }
}

impl Drop for Haproxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The response head to a request from `ip`, in lines.
fn get(scratch: &Scratch, ip: &str, headers: &str) -> Vec<String> {
    let mut stream = UnixStream::connect(scratch.path("front.sock")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = format!("GET / HTTP/1.1\r\nhost: upload.example.org\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(format!("PROXY TCP4 {ip} 192.0.2.1 40000 80\r\n{request}").as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response.lines().filter(|line| line.starts_with("x-")).map(str::to_owned).collect()
}

#[test]
fn haproxy_gets_hello_health_check_and_variables() {
    let scratch = Scratch::new();
    let mut agent = Agent::on(&[&scratch.socket("agent.sock")]);
    let mut haproxy = Haproxy::start(&scratch);

    let check = haproxy.wait_for_line("Health check for server agents/agent succeeded");
    assert!(check.contains("Layer7 check passed"), "{check}");
    agent.wait_for_line("health check answered");

    let browser = format!("user-agent: {FIREFOX}\r\n");
    assert_eq!(
        get(&scratch, "192.0.2.7", &browser),
        ["x-action: allow", "x-status: 200", "x-reason: default", "x-labels: cloud=example-cloud"]
    );
    assert_eq!(
        get(&scratch, "192.0.2.8", "user-agent: python-requests/2.31.0\r\n"),
        ["x-action: deny", "x-status: 403", "x-reason: ua.library_default", "x-labels: cloud=example-cloud"]
    );
    assert_eq!(
        get(&scratch, "203.0.113.9", &browser),
        ["x-action: deny", "x-status: 403", "x-reason: network.abusive", "x-labels: abuse=scrapers"]
    );

    // HAProxy waits for the agent to close its connections, for up to `timeout idle`.
    haproxy.signal("USR1");
    agent.wait_for_line("HAProxy disconnects with status 0 (normal)");
    haproxy.child.wait().unwrap();
}
