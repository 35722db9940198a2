//! A small origin that tells the client what reached it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use crate::{Error, at};

/// Most bytes of a request head that are read.
const MAX_HEAD: u64 = 128 * 1024;

/// An origin on a free port of loopback; it serves until the process ends.
#[derive(Debug)]
pub struct Origin {
    /// Where it listens.
    pub address: SocketAddr,
}

impl Origin {
    /// Starts an origin.
    ///
    /// # Errors
    /// If no port is free.
    pub fn start() -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(at("origin"))?;
        let address = listener.local_addr().map_err(at("origin"))?;
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away is its own affair.
                thread::spawn(move || drop(serve(&stream)));
            }
        });
        Ok(Self { address })
    }
}

/// What the origin says of `/deprecated` by itself.
const OWN_NOTICE: &str = "Deprecation: @1\r\nSunset: Thu, 01 Jan 2026 00:00:00 GMT\r\n";

/// Answers one request with its own head as plain text.
fn serve(mut stream: &TcpStream) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut reader = BufReader::new(stream.take(MAX_HEAD));
    loop {
        let before = head.len();
        if reader.read_until(b'\n', &mut head)? == 0 {
            return Ok(());
        }
        if matches!(head.get(before..), Some(b"\r\n" | b"\n")) {
            break;
        }
    }
    let length = head.len();
    let own_notice = if head.starts_with(b"GET /deprecated ") { OWN_NOTICE } else { "" };
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: max-age=60\r\n{own_notice}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(&head)
}
