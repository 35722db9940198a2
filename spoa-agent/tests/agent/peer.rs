//! HAProxy's side of a connection.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::net::UnixStream;

use bytes::BytesMut;
use spop::{
    Action, AgentHello, Arg, Capabilities, Disconnect, Frame, HaproxyHello, HdrsBin, MaxFrameSize,
    NotifyEncoder, Scope, Status, SupportedVersions, TypedData,
};

use crate::process::PATIENCE;

pub const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

trait Stream: Read + Write {
    fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()>;
}

impl Stream for TcpStream {
    fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        Self::set_nonblocking(self, nonblocking)
    }
}

impl Stream for UnixStream {
    fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        Self::set_nonblocking(self, nonblocking)
    }
}

pub struct Peer(Box<dyn Stream>);

/// What the agent said.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    Hello { max_frame_size: u32, capabilities: String },
    Ack(Answer),
    Disconnect { status: u32, message: String },
}

/// An ACK: whom it answers, and the variables that it sets in scope `txn`.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub ids: (u64, u64),
    pub variables: BTreeMap<String, String>,
}

impl Answer {
    /// The value of a variable, empty for one that is not set.
    pub fn get(&self, name: &str) -> &str {
        self.variables.get(name).map_or("", String::as_str)
    }

    /// Action, status and reason.
    pub fn verdict(&self) -> [&str; 3] {
        ["action", "status", "reason"].map(|name| self.get(name))
    }
}

impl Peer {
    pub fn connect(address: &str) -> Self {
        let stream: Box<dyn Stream> = match address.strip_prefix("unix@") {
            Some(path) => {
                let stream = UnixStream::connect(path).unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                Box::new(stream)
            }
            None => {
                let stream = TcpStream::connect(address).unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                stream.set_nodelay(true).unwrap();
                Box::new(stream)
            }
        };
        Self(stream)
    }

    /// Exchanges hellos.
    pub fn greeted(mut self) -> Self {
        self.send(&hello(16_380));
        assert!(matches!(self.hear(), Heard::Hello { .. }));
        self
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// Sends until there is no room for more on the way. Nobody reads the answers to it, which are longer: the agent cannot send all
    /// of them, however quick or slow it is.
    pub fn send_until_full(&mut self, bytes: &[u8]) {
        self.0.set_nonblocking(true).unwrap();
        let mut rest = bytes;
        loop {
            match self.0.write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error}"),
            }
            assert!(!rest.is_empty(), "there was room for everything");
        }
        self.0.set_nonblocking(false).unwrap();
    }

    /// Reads one frame.
    pub fn hear(&mut self) -> Heard {
        let mut length = [0; 4];
        self.0.read_exact(&mut length).unwrap();
        let mut frame = vec![0; u32::from_be_bytes(length) as usize];
        self.0.read_exact(&mut frame).unwrap();
        understand(&frame)
    }

    /// Reads a frame, which must be an ACK.
    pub fn answer(&mut self) -> Answer {
        match self.hear() {
            Heard::Ack(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    /// Sends a NOTIFY and returns its answer.
    pub fn ask(&mut self, request: &Request<'_>) -> Answer {
        self.send(&request.notify(1, 1));
        self.answer()
    }

    /// Reads an AGENT-DISCONNECT and the end of the connection; returns its status and message.
    pub fn goodbye(mut self) -> (u32, String) {
        let Heard::Disconnect { status, message } = self.hear() else { panic!("no disconnect") };
        assert!(self.is_closed(), "still open after the disconnect");
        (status, message)
    }

    /// Waits for the agent to close, or for more bytes.
    pub fn is_closed(&mut self) -> bool {
        match self.0.read(&mut [0]) {
            Ok(read) => read == 0,
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        }
    }

    /// Whether there is nothing to read at this moment.
    pub fn hears_nothing(&mut self) -> bool {
        self.0.set_nonblocking(true).unwrap();
        let read = self.0.read(&mut [0]);
        self.0.set_nonblocking(false).unwrap();
        matches!(read, Err(error) if error.kind() == ErrorKind::WouldBlock)
    }
}

fn understand(frame: &[u8]) -> Heard {
    match Frame::parse(frame).unwrap() {
        Frame::AgentHello(AgentHello { max_frame_size, capabilities, .. }) => Heard::Hello {
            max_frame_size: max_frame_size.get(),
            capabilities: String::from_utf8(capabilities.as_bytes().to_vec()).unwrap(),
        },
        Frame::Ack(ack) => Heard::Ack(Answer {
            ids: (ack.stream_id, ack.frame_id),
            variables: ack.actions().map(|action| variable(&action.unwrap())).collect(),
        }),
        Frame::AgentDisconnect(Disconnect { status_code, message }) => {
            Heard::Disconnect { status: status_code, message: String::from_utf8(message.to_vec()).unwrap() }
        }
        other => panic!("{other:?}"),
    }
}

fn variable(action: &Action<'_>) -> (String, String) {
    let Action::SetVar { scope: Scope::Txn, name, value } = action else { panic!("{action:?}") };
    let value = match value {
        TypedData::String(text) => String::from_utf8(text.to_vec()).unwrap(),
        TypedData::Int64(number) => number.to_string(),
        other => panic!("{other:?}"),
    };
    (String::from_utf8(name.to_vec()).unwrap(), value)
}

pub fn hello(max_frame_size: u32) -> BytesMut {
    hello_of(b"2.0", max_frame_size, false)
}

pub fn hello_of(versions: &[u8], max_frame_size: u32, healthcheck: bool) -> BytesMut {
    let mut bytes = BytesMut::new();
    let hello = HaproxyHello {
        supported_versions: SupportedVersions::new(versions),
        max_frame_size,
        capabilities: if healthcheck { Capabilities::NONE } else { Capabilities::new(b"pipelining,async") },
        healthcheck,
        engine_id: (!healthcheck).then_some(b"a034fbde-e611-4c49-91ee-3b8e964e3230"),
    };
    hello.encode(&mut bytes, MaxFrameSize::MAX).unwrap();
    bytes
}

pub fn disconnect(status: Status) -> BytesMut {
    let mut bytes = BytesMut::new();
    Disconnect::from(status).encode(spop::Peer::Haproxy, &mut bytes, MaxFrameSize::MAX).unwrap();
    bytes
}

/// A request as HAProxy tells of it.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub ip: [u8; 4],
    pub path: &'a [u8],
    pub user_agent: Option<&'a [u8]>,
}

impl Request<'_> {
    /// What a browser sends from an address.
    pub fn by_browser(ip: [u8; 4]) -> Self {
        Request { ip, path: b"/", user_agent: Some(FIREFOX.as_bytes()) }
    }

    pub fn notify(&self, stream_id: u64, frame_id: u64) -> BytesMut {
        let headers = self.user_agent.map(|value| (&b"user-agent"[..], value));
        let mut hdrs_bin = BytesMut::new();
        HdrsBin::encode(headers, &mut hdrs_bin);
        let args = [
            arg("ip", TypedData::Ipv4(Ipv4Addr::from(self.ip))),
            arg("method", TypedData::String(b"GET")),
            arg("host", TypedData::String(b"upload.example.org")),
            arg("path", TypedData::String(self.path)),
            arg("query", TypedData::Null),
            arg("version", TypedData::String(b"1.1")),
            arg("tls", TypedData::Bool(true)),
            arg("headers", TypedData::Binary(&hdrs_bin)),
        ];
        notify("check-request", &args, stream_id, frame_id)
    }
}

pub fn arg<'a>(name: &'a str, value: TypedData<'a>) -> Arg<'a> {
    Arg { name: name.as_bytes(), value }
}

pub fn notify(message: &str, args: &[Arg<'_>], stream_id: u64, frame_id: u64) -> BytesMut {
    let mut bytes = BytesMut::new();
    let mut encoder = NotifyEncoder::begin(&mut bytes, stream_id, frame_id, MaxFrameSize::MAX);
    encoder.message(message, args.iter().copied()).unwrap();
    encoder.finish();
    bytes
}
