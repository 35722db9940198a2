//! Frames that real HAProxy versions sent: read field by field, and written again byte by byte.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use std::net::{Ipv4Addr, Ipv6Addr};

use bytes::BytesMut;
use spop::{
    AgentHello, Arg, Capabilities, Capability, Disconnect, Flags, Frame, HaproxyHello, HdrsBin, MaxFrameSize,
    Notify, NotifyEncoder, Status, SupportedVersions, TypedData, Version,
};

mod capture;

const MAX: MaxFrameSize = MaxFrameSize::HAPROXY_DEFAULT;

/// One of the four requests, by the arguments that it leads to.
struct Request {
    ip: TypedData<'static>,
    host: &'static [u8],
    path: &'static [u8],
    query: &'static [u8],
    headers: &'static [(&'static [u8], &'static [u8])],
}

const BROWSER: Request = Request {
    ip: TypedData::Ipv4(Ipv4Addr::LOCALHOST),
    host: b"127.0.0.1:8083",
    path: b"/wikipedia/commons/a/a9/Example.jpg",
    query: b"utm_source=en.wikipedia.org&utm_campaign=parser&utm_content=thumbnail",
    headers: &[
        (b"host", b"127.0.0.1:8083"),
        (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        (b"accept", b"*/*"),
    ],
};

const NO_USER_AGENT: Request = Request {
    ip: TypedData::Ipv4(Ipv4Addr::LOCALHOST),
    host: b"127.0.0.1:8083",
    path: b"/",
    query: b"",
    headers: &[(b"host", b"127.0.0.1:8083"), (b"accept", b"*/*")],
};

const PYTHON_OVER_IPV6: Request = Request {
    ip: TypedData::Ipv6(Ipv6Addr::LOCALHOST),
    host: b"[::1]:8083",
    path: b"/w/api.php",
    query: b"action=query",
    headers: &[
        (b"host", b"[::1]:8083"),
        (b"user-agent", b"python-requests/2.31.0"),
        (b"accept", b"*/*"),
        (b"cookie", b"a=b; sessionJwt=x.y.z"),
    ],
};

const USER_AGENT_NOT_UTF8: Request = Request {
    ip: TypedData::Ipv4(Ipv4Addr::LOCALHOST),
    host: b"x",
    path: b"/bin",
    query: b"",
    headers: &[(b"host", b"x"), (b"user-agent", b"caf\xe9\xff/1.0")],
};

fn assert_notify(notify: &Notify<'_>, request: &Request) {
    let messages: Vec<_> = notify.messages().collect::<Result<_, _>>().expect("messages");
    let [message] = &messages[..] else { panic!("{} messages", messages.len()) };
    assert_eq!(message.name, b"check-request");
    assert_eq!(message.args().announced(), 8);
    let args: Vec<_> = message.args().collect::<Result<_, _>>().expect("arguments");
    let Some((Arg { name: b"headers", value: TypedData::Binary(headers) }, args)) = args.split_last() else {
        panic!("the last argument is not req.hdrs_bin: {args:?}")
    };
    let expected = [
        Arg { name: b"ip", value: request.ip },
        Arg { name: b"method", value: TypedData::String(b"GET") },
        Arg { name: b"host", value: TypedData::String(request.host) },
        Arg { name: b"path", value: TypedData::String(request.path) },
        // `query` of a URL without one is NULL, not an empty string.
        Arg {
            name: b"query",
            value: if request.query.is_empty() { TypedData::Null } else { TypedData::String(request.query) },
        },
        Arg { name: b"version", value: TypedData::String(b"1.1") },
        Arg { name: b"tls", value: TypedData::Bool(false) },
    ];
    assert_eq!(args, expected);
    let headers: Vec<_> = HdrsBin::new(headers).collect::<Result<_, _>>().expect("headers");
    assert_eq!(headers, request.headers);
}

#[test]
fn every_notify_holds_what_its_request_held() {
    let streams = [("2.6", [0, 2, 3, 4]), ("3.0", [0, 2, 4, 5]), ("3.5-dev5", [1, 3, 5, 7])];
    for ((version, capture), (expected, streams)) in capture::all().into_iter().zip(streams) {
        assert_eq!(version, expected);
        let notifies: Vec<_> = capture.iter().filter(|(kind, _)| *kind == "notify").collect();
        assert_eq!(notifies.len(), 4, "{version}");
        let requests = [&BROWSER, &NO_USER_AGENT, &PYTHON_OVER_IPV6, &USER_AGENT_NOT_UTF8];
        for (((_, bytes), request), stream_id) in notifies.into_iter().zip(requests).zip(streams) {
            let Frame::Notify(notify) = capture::frame(bytes) else { panic!("no NOTIFY") };
            assert_eq!((notify.stream_id, notify.frame_id), (stream_id, 1), "{version}");
            assert_eq!(notify.flags, Flags::FIN);
            assert_notify(&notify, request);
        }
    }
}

fn hello<'a>(capture: &'a capture::Capture, kind: &str) -> HaproxyHello<'a> {
    let (_, bytes) = capture.iter().find(|(found, _)| *found == kind).expect("a hello");
    let Frame::HaproxyHello(hello) = capture::frame(bytes) else { panic!("no HAPROXY-HELLO") };
    hello
}

#[test]
fn every_hello_offers_what_its_version_offers() {
    let offers: [(&[u8], &[u8]); 3] = [
        (b"pipelining,async", b"a034fbde-e611-4c49-91ee-3b8e964e3230"),
        (b"pipelining,async", b"757626ee-b268-4992-8f00-c9249639d86f"),
        (b"pipelining", b"e6769b49-4260-47eb-a8f6-c65122815280"),
    ];
    for ((version, capture), (capabilities, engine_id)) in capture::all().iter().zip(offers) {
        let hello = hello(capture, "hello");
        assert_eq!(hello.supported_versions, SupportedVersions::new(b"2.0"), "{version}");
        assert_eq!(hello.max_frame_size, 16_380);
        assert_eq!(hello.capabilities, Capabilities::new(capabilities));
        assert!(hello.capabilities.contains(Capability::Pipelining));
        assert!(!hello.healthcheck);
        assert_eq!(hello.engine_id, Some(engine_id));
    }
}

#[test]
fn a_health_check_says_so_and_offers_no_capability() {
    for (version, capture) in capture::all() {
        let expected = HaproxyHello {
            supported_versions: SupportedVersions::new(b"2.0"),
            max_frame_size: 16_380,
            capabilities: Capabilities::NONE,
            healthcheck: true,
            engine_id: None,
        };
        assert_eq!(hello(&capture, "hello-healthcheck"), expected, "{version}");
    }
}

#[test]
fn a_hello_is_answered_with_what_both_sides_can() {
    for (_, capture) in capture::all() {
        let ours = MaxFrameSize::new(8192).expect("a size within the limits");
        let expected = AgentHello {
            version: Version::V2_0,
            max_frame_size: ours,
            capabilities: Capabilities::PIPELINING,
        };
        assert_eq!(AgentHello::answer(&hello(&capture, "hello"), ours), Ok(expected));
        let check = AgentHello::answer(&hello(&capture, "hello-healthcheck"), MaxFrameSize::MAX);
        assert_eq!(
            check.map(|hello| (hello.max_frame_size, hello.capabilities)),
            Ok((MAX, Capabilities::NONE))
        );
    }
}

#[test]
fn debug_output_of_a_notify_holds_nothing_of_the_request() {
    for (_, bytes) in capture::all().iter().flat_map(|(_, capture)| capture) {
        let Frame::Notify(notify) = capture::frame(bytes) else { continue };
        let messages: Vec<_> = notify.messages().flatten().collect();
        let args: Vec<_> = messages.iter().flat_map(spop::Message::args).flatten().collect();
        let debug = format!("{notify:?} {messages:?} {args:?}");
        for value in args.iter().filter_map(|arg| arg.value.as_bytes()).filter(|value| value.len() > 3) {
            assert!(!debug.contains(&*String::from_utf8_lossy(value)), "{debug}");
        }
        assert!(debug.contains("check-request") && debug.contains("BINARY("), "{debug}");
    }
}

#[test]
fn an_idle_connection_ends_with_a_timeout() {
    let captures = capture::all();
    let disconnects =
        captures.iter().flat_map(|(_, capture)| capture).filter(|(kind, _)| *kind == "disconnect");
    let disconnects: Vec<_> = disconnects.map(|(_, bytes)| capture::frame(bytes)).collect();
    assert_eq!(disconnects.len(), 3);
    for frame in disconnects {
        let Frame::HaproxyDisconnect(disconnect) = frame else { panic!("no HAPROXY-DISCONNECT") };
        assert_eq!(disconnect, Disconnect::from(Status::Timeout));
        assert_eq!(disconnect.status(), Some(Status::Timeout));
    }
}

#[test]
fn every_frame_is_written_as_haproxy_wrote_it() {
    let captures = capture::all();
    let frames: Vec<_> = captures.iter().flat_map(|(_, capture)| capture).map(|(_, bytes)| bytes).collect();
    assert_eq!(frames.len(), 21);
    for bytes in frames {
        let mut out = BytesMut::new();
        capture::frame(bytes).encode(&mut out, MAX).expect("room for a frame of HAProxy's own size");
        assert_eq!(out, bytes);
    }
}

#[test]
fn every_message_is_written_as_haproxy_wrote_it() {
    for (kind, bytes) in capture::all().iter().flat_map(|(_, capture)| capture) {
        let Frame::Notify(notify) = capture::frame(bytes) else {
            assert_ne!(*kind, "notify");
            continue;
        };
        let mut out = BytesMut::new();
        let mut encoder = NotifyEncoder::begin(&mut out, notify.stream_id, notify.frame_id, MAX);
        for message in notify.messages().map(|message| message.expect("a message")) {
            let args = message.args().map(|arg| arg.expect("an argument"));
            encoder.message(message.name, args).expect("room for a message of HAProxy's own size");
        }
        assert_eq!(encoder.finish(), bytes.len());
        assert_eq!(out, bytes);
    }
}
