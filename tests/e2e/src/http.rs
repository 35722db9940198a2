//! Asks one HTTP/1.1 request from a source address of its choice.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::Error;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

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
}

/// A request as it goes over the wire; bytes of any kind may stand in it.
#[derive(Clone, Debug)]
pub struct RawRequest<'a> {
    /// What a report names it by.
    pub name: &'a str,
    /// Address on loopback that it comes from.
    pub from: Ipv4Addr,
    /// Everything up to the empty line, without it.
    pub head: Vec<u8>,
}

impl<'a> RawRequest<'a> {
    /// A request with these header fields and no body.
    #[must_use]
    pub fn new<'h>(
        name: &'a str,
        from: Ipv4Addr,
        request_line: &str,
        headers: impl IntoIterator<Item = (&'h str, &'h [u8])>,
    ) -> Self {
        let mut head = format!("{request_line}\r\nConnection: close\r\n").into_bytes();
        for (field, value) in headers {
            head.extend_from_slice(field.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value);
            head.extend_from_slice(b"\r\n");
        }
        Self { name, from, head }
    }

    /// Sends the request to `server` and reads the answer to its end.
    ///
    /// # Errors
    /// If there is no answer, or none that is HTTP/1.1.
    pub fn ask(&self, server: SocketAddr) -> Result<Answer, Error> {
        let (client, bytes) =
            self.exchange(server).map_err(|source| Error::Answer { name: self.name.to_owned(), source })?;
        parse(client, &bytes).ok_or_else(|| Error::NotHttp { name: self.name.to_owned() })
    }

    fn exchange(&self, server: SocketAddr) -> std::io::Result<(SocketAddr, Vec<u8>)> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddr::new(IpAddr::V4(self.from), 0).into())?;
        socket.connect_timeout(&server.into(), PATIENCE)?;
        let mut stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(PATIENCE))?;
        let client = stream.local_addr()?;
        let mut request = self.head.clone();
        request.extend_from_slice(b"\r\n");
        stream.write_all(&request)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok((client, answer))
    }
}

fn parse(client: SocketAddr, answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = answer.split_at_checked(end)?;
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
    Some(Answer { client, status, headers, body: body.get(4..)?.to_vec() })
}
