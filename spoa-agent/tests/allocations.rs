//! From frame to ACK nothing is allocated: each kind of request is answered many times under an allocator that counts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a helper of a test expects holds, or the test has failed"
)]

use std::net::IpAddr;

use bytes::BytesMut;
use limits::{Seed, Table};
use policy::session::SessionCache;
use policy::{Policy, Timestamp};
use spoa_agent::service::{PolicyService, Service as _};
use spoa_agent::session::Session;
use spop::{
    Arg, Capabilities, HaproxyHello, HdrsBin, MaxFrameSize, NotifyEncoder, SupportedVersions, TypedData,
};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../policy/policy.yaml");
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const FRAMES: usize = 200;

/// Name and value of each header beside the host.
type Fields = [(&'static str, &'static str)];

/// What is shown, who asks for what, and how.
const KINDS: [(&str, &str, &str, &Fields); 9] = [
    ("a browser", "198.51.100.1", "/a.jpg", &[("user-agent", FIREFOX)]),
    ("a browser with IPv6", "2001:db8::1", "/a.jpg", &[("user-agent", FIREFOX)]),
    (
        "a bot with a contact",
        "198.51.100.2",
        "/wiki/A",
        &[("user-agent", "MyBot/1.0 (https://example.org/bot; me@example.org)")],
    ),
    (
        "a path whose escapes are in upper case",
        "198.51.100.3",
        "/w/%C3%A9.php",
        &[("user-agent", FIREFOX), ("cookie", "a=b; c=d")],
    ),
    ("a library, refused in text", "198.51.100.4", "/a", &[("user-agent", "python-requests/2.32.3")]),
    (
        "a library, refused in JSON",
        "198.51.100.5",
        "/w/api.php",
        &[("user-agent", "okhttp/4.12.0"), ("accept", "application/json")],
    ),
    (
        "a library, refused with a page",
        "198.51.100.6",
        "/a",
        &[("user-agent", "Java/17.0.9"), ("accept", "text/html"), ("origin", "https://example.net")],
    ),
    ("a tool at its limit", "198.51.100.7", "/a", &[("user-agent", "curl/8.5.0")]),
    ("nobody", "198.51.100.8", "/robots.txt", &[]),
];

/// A NOTIFY as HAProxy sends it with the shipped configuration.
fn notify(ip: &str, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let (mut frame, mut block) = (BytesMut::new(), BytesMut::new());
    let host = [("host", "upload.example.org")];
    let all = host.iter().chain(headers).map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    HdrsBin::encode(all, &mut block);
    let args = [
        Arg { name: b"ip", value: ip.parse::<IpAddr>().unwrap().into() },
        Arg { name: b"method", value: "GET".into() },
        Arg { name: b"path", value: path.into() },
        Arg { name: b"query", value: TypedData::Null },
        Arg { name: b"headers", value: TypedData::Binary(&block) },
    ];
    let mut encoder = NotifyEncoder::begin(&mut frame, 1, 1, MaxFrameSize::HAPROXY_DEFAULT);
    encoder.message("check-request", args).unwrap();
    encoder.finish();
    frame.to_vec()
}

fn hello() -> BytesMut {
    let mut hello = BytesMut::new();
    let frame = HaproxyHello {
        supported_versions: SupportedVersions::new(b"2.0"),
        max_frame_size: MaxFrameSize::HAPROXY_DEFAULT.get(),
        capabilities: Capabilities::new(b"pipelining"),
        healthcheck: false,
        engine_id: None,
    };
    frame.encode(&mut hello, MaxFrameSize::HAPROXY_DEFAULT).unwrap();
    hello
}

/// Blocks that answering `frames` allocates.
fn allocated(session: &mut Session, service: &PolicyService, frames: &[u8], output: &mut BytesMut) -> u64 {
    let now = "2026-01-01".parse::<Timestamp>().unwrap();
    let before = dhat::HeapStats::get().total_blocks;
    let mut unread = frames;
    while !unread.is_empty() {
        output.clear();
        let received = session.receive(unread, output, |notify, ack| service.answer(notify, now, ack));
        assert!(received.consumed > 0, "{:?}", received.next);
        unread = &unread[received.consumed..];
    }
    dhat::HeapStats::get().total_blocks - before
}

#[test]
fn answering_allocates_nothing() {
    let _profiler = dhat::Profiler::builder().testing().build();
    let policy = Policy::load(POLICY.as_ref()).unwrap();
    let limits = Table::new(1_000, &Seed::from([7; 16])).unwrap();
    let service = PolicyService::new(policy, limits, SessionCache::new(100, [7; 32]).unwrap());
    let (mut session, mut output) = (Session::default(), BytesMut::with_capacity(256 * 1024));
    session.receive(&hello(), &mut output, |_, _| {});
    for (kind, ip, path, headers) in KINDS {
        let frames = notify(ip, path, headers).repeat(FRAMES);
        // What is built when it is needed first is built now.
        allocated(&mut session, &service, &frames, &mut output);
        assert_eq!(allocated(&mut session, &service, &frames, &mut output), 0, "{kind}");
    }
}
