//! What a person or Prometheus asks an admin address.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use crate::process::PATIENCE;

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// Asks with this method and path, and these header lines.
pub fn ask(address: &str, method: &str, path: &str, headers: &[&str]) -> Response {
    let host = if headers.iter().any(|line| line.starts_with("Host:")) { "" } else { "Host: localhost\r\n" };
    let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    send(address, format!("{method} {path} HTTP/1.1\r\n{host}{lines}\r\n").as_bytes())
}

pub fn get(address: &str, path: &str) -> Response {
    ask(address, "GET", path, &[])
}

/// Sends bytes and reads all that comes back.
pub fn send(address: &str, bytes: &[u8]) -> Response {
    match address.strip_prefix("unix@") {
        Some(path) => {
            let stream = UnixStream::connect(path).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            exchange(stream, bytes)
        }
        None => {
            let stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            exchange(stream, bytes)
        }
    }
}

fn exchange(mut stream: impl Read + Write, bytes: &[u8]) -> Response {
    stream.write_all(bytes).unwrap();
    let mut text = Vec::new();
    // An answer that comes before the whole request was read may end in a reset.
    let _ = stream.read_to_end(&mut text);
    let text = String::from_utf8(text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Response { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

/// The sample of this name and labels.
pub fn metric(address: &str, sample: &str) -> Option<f64> {
    let metrics = get(address, "/metrics").body;
    let line = metrics.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.map(|value| value.parse().unwrap())
}

/// Asks until it holds; there is no other sign of what happens inside of the agent.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
