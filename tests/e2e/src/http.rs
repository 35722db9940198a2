//! Asks HTTP/1.1 requests from a source address of one's choice.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::Error;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Address and port that the request came from: how HAProxy names it in its log.
    pub client: SocketAddr,
    /// Status.
    pub status: u16,
    /// Header fields in the order of their coming, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header field of this name, which is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The body as text; what is not UTF-8 in it is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A request as it goes over the wire; bytes of any kind may stand in it.
#[derive(Clone, Debug)]
pub struct RawRequest<'a> {
    /// What a report names it by.
    pub name: &'a str,
    /// Address that it comes from: one of loopback (`127.0.0.0/8`) is that of the connection, any other is said by the PROXY
    /// protocol, to a listener that takes it.
    pub from: IpAddr,
    /// Request line and header fields, each with its line end.
    pub head: Vec<u8>,
}

impl<'a> RawRequest<'a> {
    /// A request with these header fields and no body.
    #[must_use]
    pub fn new<'h>(
        name: &'a str,
        from: impl Into<IpAddr>,
        request_line: &str,
        headers: impl IntoIterator<Item = (&'h str, &'h [u8])>,
    ) -> Self {
        let mut head = format!("{request_line}\r\n").into_bytes();
        for (field, value) in headers {
            head.extend_from_slice(field.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value);
            head.extend_from_slice(b"\r\n");
        }
        Self { name, from: from.into(), head }
    }

    /// Sends the request to `server` and reads the answer to its end.
    ///
    /// # Errors
    /// If there is no answer, or none that is HTTP/1.1.
    pub fn ask(&self, server: SocketAddr) -> Result<Answer, Error> {
        let (client, bytes) = self.exchange(server, 1)?;
        let (head, body) = parse_head(client, &bytes).ok_or_else(|| self.not_http())?;
        Ok(Answer { body: body.to_vec(), ..head })
    }

    /// Sends the request `count` times over one connection, each without waiting for the answer to the one before.
    ///
    /// # Errors
    /// If a request gets no answer, or none that is HTTP/1.1 and says its length.
    pub fn repeat(&self, server: SocketAddr, count: usize) -> Result<Vec<Answer>, Error> {
        let (client, bytes) = self.exchange(server, count)?;
        let mut rest = bytes.as_slice();
        let mut answers = Vec::new();
        while !rest.is_empty() {
            let (answer, after) = self.next_answer(client, rest).ok_or_else(|| self.not_http())?;
            answers.push(answer);
            rest = after;
        }
        if answers.len() == count { Ok(answers) } else { Err(self.not_http()) }
    }

    fn next_answer<'b>(&self, client: SocketAddr, bytes: &'b [u8]) -> Option<(Answer, &'b [u8])> {
        let (head, rest) = parse_head(client, bytes)?;
        // RFC 9112 section 6.3: an answer to HEAD ends behind its header fields.
        let length =
            if self.head.starts_with(b"HEAD ") { 0 } else { head.header("content-length")?.parse().ok()? };
        let (body, rest) = rest.split_at_checked(length)?;
        Some((Answer { body: body.to_vec(), ..head }, rest))
    }

    fn exchange(&self, server: SocketAddr, count: usize) -> Result<(SocketAddr, Vec<u8>), Error> {
        let exchanged = self.connect(server).and_then(|(client, mut stream)| {
            let requests = self.requests(client, server, count);
            let mut answers = Vec::new();
            // Who sends many requests has to read meanwhile, or both sides wait for the other to read.
            let mut writer = stream.try_clone()?;
            thread::scope(|scope| {
                let written = scope.spawn(move || writer.write_all(&requests));
                let read = stream.read_to_end(&mut answers);
                // A server that refuses a long request does not read it to its end.
                drop(written.join());
                read
            })?;
            Ok((client, answers))
        });
        exchanged.map_err(|source| Error::Answer { name: self.name.to_owned(), source })
    }

    fn connect(&self, server: SocketAddr) -> std::io::Result<(SocketAddr, TcpStream)> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        if self.is_local() {
            socket.bind(&SocketAddr::new(self.from, 0).into())?;
        }
        socket.connect_timeout(&server.into(), PATIENCE)?;
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let client =
            if self.is_local() { stream.local_addr()? } else { SocketAddr::new(self.from, next_port()) };
        Ok((client, stream))
    }

    fn requests(&self, client: SocketAddr, server: SocketAddr, count: usize) -> Vec<u8> {
        let mut bytes = if self.is_local() { Vec::new() } else { proxy_line(client, server).into_bytes() };
        for n in (0..count).rev() {
            bytes.extend_from_slice(&self.head);
            bytes.extend_from_slice(if n == 0 { b"Connection: close\r\n\r\n" } else { b"\r\n" });
        }
        bytes
    }

    fn is_local(&self) -> bool {
        is_local(self.from)
    }

    fn not_http(&self) -> Error {
        Error::NotHttp { name: self.name.to_owned() }
    }
}

/// Whether a connection can come from this address.
pub(crate) fn is_local(address: IpAddr) -> bool {
    address.is_ipv4() && address.is_loopback()
}

/// A port that no other client of the PROXY protocol has said in this run, or not lately.
fn next_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    1024 + NEXT.fetch_add(1, Ordering::Relaxed) % 60_000
}

/// The header of the PROXY protocol, version 1 (proxy-protocol.txt section 2.1).
fn proxy_line(client: SocketAddr, server: SocketAddr) -> String {
    let (family, destination) = match client {
        SocketAddr::V4(_) => ("TCP4", IpAddr::from(Ipv4Addr::LOCALHOST)),
        SocketAddr::V6(_) => ("TCP6", IpAddr::from(Ipv4Addr::LOCALHOST.to_ipv6_mapped())),
    };
    format!("PROXY {family} {} {destination} {} {}\r\n", client.ip(), client.port(), server.port())
}

/// An answer without its body, and what stands behind the header.
pub(crate) fn parse_head(client: SocketAddr, answer: &[u8]) -> Option<(Answer, &[u8])> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, rest) = answer.split_at_checked(end)?;
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n");
    let mut status_line = lines.next()?.splitn(3, ' ');
    if status_line.next()? != "HTTP/1.1" {
        return None;
    }
    let status = status_line.next()?.parse().ok()?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Some((Answer { client, status, headers, body: Vec::new() }, rest.get(4..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_not_local_is_said_in_the_proxy_protocol() {
        let server = SocketAddr::from((Ipv4Addr::LOCALHOST, 8081));
        let line = |client: &str| proxy_line(client.parse().unwrap(), server);
        assert_eq!(line("192.0.2.7:4000"), "PROXY TCP4 192.0.2.7 127.0.0.1 4000 8081\r\n");
        assert_eq!(line("[2001:db8::7]:4000"), "PROXY TCP6 2001:db8::7 ::ffff:127.0.0.1 4000 8081\r\n");
    }

    #[test]
    fn answers_in_a_row_are_told_apart_by_their_lengths() {
        let request = RawRequest::new("row", Ipv4Addr::LOCALHOST, "GET / HTTP/1.1", []);
        let bytes =
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 429 x\r\nContent-Length: 0\r\n\r\n";
        let client = "127.0.0.1:1".parse().unwrap();
        let (first, rest) = request.next_answer(client, bytes).unwrap();
        let (second, rest) = request.next_answer(client, rest).unwrap();
        assert_eq!((first.status, first.text().as_str(), second.status, rest), (200, "ab", 429, &b""[..]));
        assert!(
            request.next_answer(client, b"HTTP/1.1 200 OK\r\n\r\n").is_none(),
            "a length that is not told"
        );
    }
}
