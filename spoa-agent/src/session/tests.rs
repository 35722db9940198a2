use proptest::prelude::*;
use spop::{Arg, Capabilities, Capability, NotifyEncoder, Scope, SupportedVersions, TypedData};

use super::*;

/// A frame of the agent, as far as the tests look at it.
#[derive(Debug, PartialEq, Eq)]
enum Heard {
    Hello { max_frame_size: u32, pipelining: bool },
    Ack { stream_id: u64, frame_id: u64, variables: usize },
    Disconnect { status_code: u32 },
}

fn heard(mut bytes: &[u8]) -> Vec<Heard> {
    let mut heard = Vec::new();
    while let Split::Complete { frame, rest } = split_frame(bytes, MaxFrameSize::MAX).unwrap() {
        bytes = rest;
        heard.push(match Frame::parse(frame).unwrap() {
            Frame::AgentHello(hello) => Heard::Hello {
                max_frame_size: hello.max_frame_size.get(),
                pipelining: hello.capabilities.contains(Capability::Pipelining),
            },
            Frame::Ack(ack) => Heard::Ack {
                stream_id: ack.stream_id,
                frame_id: ack.frame_id,
                variables: ack.actions().map(Result::unwrap).count(),
            },
            Frame::AgentDisconnect(disconnect) => Heard::Disconnect { status_code: disconnect.status_code },
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(bytes, b"", "half a frame");
    heard
}

fn ack(stream_id: u64, frame_id: u64) -> Heard {
    Heard::Ack { stream_id, frame_id, variables: 1 }
}

/// Sets one variable. Panics at a message `panic`, after it was set.
fn answer(notify: &Notify<'_>, ack: &mut AckEncoder<'_>) {
    ack.set_var(Scope::Txn, "action", "allow").unwrap();
    for message in notify.messages() {
        assert_ne!(message.unwrap().name, b"panic");
    }
}

struct Talk {
    session: Session,
    output: BytesMut,
}

impl Talk {
    fn new() -> Self {
        Self { session: Session::default(), output: BytesMut::new() }
    }

    /// A session after an exchange of hellos.
    fn open() -> Self {
        let mut talk = Self::new();
        assert_eq!(talk.say(&hello(16_380, "pipelining,async")).1, Next::Read { needed: 4 });
        talk
    }

    fn say(&mut self, bytes: &[u8]) -> (Vec<Heard>, Next) {
        self.output.clear();
        let received = self.session.receive(bytes, &mut self.output, answer);
        (heard(&self.output), received.next)
    }
}

fn hello_of(versions: &str, max_frame_size: u32, capabilities: &str, healthcheck: bool) -> BytesMut {
    let mut bytes = BytesMut::new();
    let hello = HaproxyHello {
        supported_versions: SupportedVersions::new(versions.as_bytes()),
        max_frame_size,
        capabilities: Capabilities::new(capabilities.as_bytes()),
        healthcheck,
        engine_id: None,
    };
    hello.encode(&mut bytes, MaxFrameSize::MAX).unwrap();
    bytes
}

fn hello(max_frame_size: u32, capabilities: &str) -> BytesMut {
    hello_of("2.0", max_frame_size, capabilities, false)
}

fn notify_of(message: &str, stream_id: u64, frame_id: u64) -> BytesMut {
    let mut bytes = BytesMut::new();
    let path = Arg { name: b"path", value: TypedData::String(b"/") };
    NotifyEncoder::begin(&mut bytes, stream_id, frame_id, MaxFrameSize::MAX)
        .message(message, [path])
        .unwrap();
    bytes
}

fn notify(stream_id: u64, frame_id: u64) -> BytesMut {
    notify_of("check-request", stream_id, frame_id)
}

fn disconnect(status: Status) -> BytesMut {
    let mut bytes = BytesMut::new();
    Disconnect::from(status).encode(Peer::Haproxy, &mut bytes, MaxFrameSize::MAX).unwrap();
    bytes
}

/// A frame of `frame_type` that consists of its header.
fn bare_frame(frame_type: u8, flags: u32) -> Vec<u8> {
    [&7_u32.to_be_bytes()[..], &[frame_type], &flags.to_be_bytes(), &[0, 0]].concat()
}

#[test]
fn agrees_to_the_frame_size_that_haproxy_offers() {
    for (offered, agreed) in [(256, 256), (16_380, 16_380), (65_532, 65_532), (u32::MAX, 256 * 1024)] {
        let (heard, next) = Talk::new().say(&hello(offered, "pipelining"));
        assert_eq!(heard, [Heard::Hello { max_frame_size: agreed, pipelining: true }]);
        assert_eq!(next, Next::Read { needed: 4 });
    }
}

#[test]
fn pipelines_only_with_a_peer_that_does() {
    let (heard, _) = Talk::new().say(&hello(16_380, "async"));
    assert_eq!(heard, [Heard::Hello { max_frame_size: 16_380, pipelining: false }]);
}

#[test]
fn a_hello_that_cannot_be_agreed_on_is_told_why() {
    for (hello, status) in [
        (hello_of("1.0,3.0", 16_380, "", false), Status::UnsupportedVersion),
        (hello_of("2.0", 255, "", false), Status::BadMaxFrameSize),
        (hello_of("3.0", 16_380, "", true), Status::UnsupportedVersion),
    ] {
        let (heard, next) = Talk::new().say(&hello);
        assert_eq!(heard, [Heard::Disconnect { status_code: status.code() }]);
        assert!(matches!(next, Next::Close(Closed::Malformed(_))), "{next:?}");
    }
}

#[test]
fn a_health_check_is_answered_and_closed() {
    let mut talk = Talk::new();
    let (heard, next) = talk.say(&hello_of("2.0", 16_380, "", true));
    assert_eq!(heard, [Heard::Hello { max_frame_size: 16_380, pipelining: false }]);
    assert_eq!(next, Next::Close(Closed::HealthCheck));
}

#[test]
fn each_of_many_frames_is_answered_with_its_own_ids() {
    let ids: Vec<(u64, u64)> = (0..500).map(|n| (n / 2, 1 + n % 2)).collect();
    let frames: Vec<u8> = ids.iter().flat_map(|&(stream, frame)| notify(stream, frame)).collect();
    let (heard, next) = Talk::open().say(&frames);
    assert_eq!(heard, ids.iter().map(|&(stream, frame)| ack(stream, frame)).collect::<Vec<_>>());
    assert_eq!(next, Next::Read { needed: 4 });
}

#[test]
fn says_how_much_of_a_frame_is_missing() {
    let mut talk = Talk::open();
    let frame = notify(7, 1);
    let (heard, next) = talk.say(&frame[..frame.len() - 3]);
    assert_eq!((heard, next), (vec![], Next::Read { needed: 3 }));
    assert_eq!(talk.say(&frame).0, [ack(7, 1)]);
    assert_eq!(talk.session.answered(), 1);
}

#[test]
fn stops_for_long_answers_to_be_sent_and_goes_on_where_it_was() {
    let mut session = Talk::open().session;
    let frames: Vec<u8> = (0..5).flat_map(|n| notify(n, 1)).collect();
    let long = "x".repeat(FLUSH_FROM / 2 - 100);
    let (mut unread, mut turns, mut streams) = (&frames[..], Vec::new(), Vec::new());
    loop {
        let mut output = BytesMut::new();
        let received = session.receive(unread, &mut output, |notify, ack| {
            streams.push(notify.stream_id);
            ack.set_var(Scope::Txn, "long", long.as_str()).unwrap();
        });
        unread = &unread[received.consumed..];
        turns.push(heard(&output).len());
        match received.next {
            Next::Continue => {}
            next => break assert_eq!(next, Next::Read { needed: 4 }),
        }
    }
    assert_eq!((turns, streams, unread), (vec![3, 2], vec![0, 1, 2, 3, 4], &b""[..]));
}

#[test]
fn haproxys_disconnect_is_answered_before_and_after_the_hello() {
    for (mut talk, status) in [(Talk::new(), Status::Normal), (Talk::open(), Status::Timeout)] {
        let (heard, next) = talk.say(&[disconnect(status), notify(1, 1)].concat());
        assert_eq!(heard, [Heard::Disconnect { status_code: 0 }]);
        assert_eq!(next, Next::Close(Closed::Disconnected { status_code: status.code() }));
    }
}

#[test]
fn what_came_before_a_bad_frame_is_answered() {
    let frames = [&notify(1, 1)[..], &notify(2, 1), &u32::MAX.to_be_bytes()].concat();
    let (heard, next) = Talk::open().say(&frames);
    assert_eq!(heard, [ack(1, 1), ack(2, 1), Heard::Disconnect { status_code: Status::TooBig.code() }]);
    assert!(matches!(next, Next::Close(Closed::Malformed(spop::Error::FrameTooBig { .. }))));
}

#[test]
fn refuses_what_is_no_hello() {
    for (bytes, status) in [
        (&b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"[..], Status::TooBig),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", Status::TooBig),
        (b"\0\0\0\x02\r\n", Status::Invalid),
        (&notify(0, 1), Status::Invalid),
        (&bare_frame(42, 1), Status::Invalid),
        (&bare_frame(1, 1), Status::NoVersion),
    ] {
        let (heard, next) = Talk::new().say(bytes);
        assert_eq!(heard, [Heard::Disconnect { status_code: status.code() }], "{}", bytes.escape_ascii());
        assert!(matches!(next, Next::Close(_)));
    }
}

#[test]
fn refuses_a_hello_in_the_middle_and_frames_of_agents() {
    for (bytes, of) in
        [(hello(16_380, "").to_vec(), FrameType::HaproxyHello), (bare_frame(103, 1), FrameType::Ack)]
    {
        let (heard, next) = Talk::open().say(&bytes);
        assert_eq!(heard, [Heard::Disconnect { status_code: Status::Invalid.code() }]);
        assert_eq!(next, Next::Close(Closed::Unexpected(of)));
    }
}

#[test]
fn refuses_fragments() {
    let mut first = notify(1, 1);
    first[8] = 0;
    for bytes in [&first[..], &bare_frame(0, 1)] {
        let (heard, _) = Talk::open().say(bytes);
        assert_eq!(heard, [Heard::Disconnect { status_code: Status::FragmentationNotSupported.code() }]);
    }
}

#[test]
fn refuses_a_frame_longer_than_negotiated() {
    let mut talk = Talk::new();
    talk.say(&hello(256, "pipelining"));
    let (heard, _) = talk.say(&257_u32.to_be_bytes());
    assert_eq!(heard, [Heard::Disconnect { status_code: Status::TooBig.code() }]);
}

#[test]
fn skips_frames_of_a_type_to_come() {
    let frames = [&bare_frame(42, 1)[..], &notify(3, 1)].concat();
    let (heard, next) = Talk::open().say(&frames);
    assert_eq!((heard, next), (vec![ack(3, 1)], Next::Read { needed: 4 }));
}

#[test]
fn a_notify_that_makes_no_sense_is_answered_too() {
    let mut broken = notify(5, 1);
    broken.truncate(12);
    let length = u32::try_from(broken.len() - 4).unwrap();
    broken[..4].copy_from_slice(&length.to_be_bytes());
    let mut output = BytesMut::new();
    let mut talk = Talk::open();
    let received = talk.session.receive(&broken, &mut output, |notify, _| {
        assert!(notify.messages().next().unwrap().is_err());
    });
    assert_eq!(received.next, Next::Read { needed: 4 });
    assert_eq!(heard(&output), [Heard::Ack { stream_id: 5, frame_id: 1, variables: 0 }]);
}

#[test]
fn a_panic_costs_one_request_and_not_the_connection() {
    let frames = [notify(1, 1), notify_of("panic", 2, 1), notify(3, 1)].concat();
    let (heard, next) = Talk::open().say(&frames);
    assert_eq!(heard, [ack(1, 1), ack(2, 1), ack(3, 1)]);
    assert_eq!(next, Next::Read { needed: 4 });
}

#[test]
fn the_smallest_frame_has_room_for_what_a_session_says() {
    let mut talk = Talk::new();
    talk.say(&hello(256, "pipelining"));
    for status in Status::ALL {
        talk.output.clear();
        talk.session.disconnect(status, &mut talk.output);
        assert_eq!(heard(&talk.output), [Heard::Disconnect { status_code: status.code() }]);
    }
}

/// Feeds bytes in pieces as a connection does, and returns all that was answered.
fn say_in_pieces(bytes: &[u8], pieces: &[usize]) -> Vec<Heard> {
    let mut session = Session::default();
    let (mut unread, mut output, mut input) = (bytes, BytesMut::new(), Vec::new());
    let mut sizes = pieces.iter().copied().chain(std::iter::repeat(usize::MAX));
    while !unread.is_empty() {
        let (piece, rest) = unread.split_at(sizes.next().unwrap().clamp(1, unread.len()));
        unread = rest;
        input.extend_from_slice(piece);
        let received = session.receive(&input, &mut output, answer);
        input.drain(..received.consumed);
        match received.next {
            Next::Read { needed } => assert_ne!(needed, 0),
            Next::Continue => panic!("these answers are short"),
            Next::Close(_) => break,
        }
    }
    heard(&output)
}

fn any_frame() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => (any::<u64>(), any::<u64>()).prop_map(|(stream, frame)| notify(stream, frame).to_vec()),
        1 => Just(bare_frame(42, 1)),
        1 => Just(disconnect(Status::Normal).to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..40),
    ]
}

proptest! {
    #[test]
    fn how_the_bytes_are_cut_makes_no_difference(
        frames in proptest::collection::vec(any_frame(), 0..12),
        pieces in proptest::collection::vec(1_usize..60, 0..40),
    ) {
        let bytes = [hello(16_380, "pipelining").to_vec(), frames.concat()].concat();
        prop_assert_eq!(say_in_pieces(&bytes, &pieces), say_in_pieces(&bytes, &[]));
    }

    #[test]
    fn no_bytes_at_all_confuse_it(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut open = Talk::open();
        for talk in [&mut Talk::new(), &mut open] {
            let (heard, next) = talk.say(&bytes);
            prop_assert_eq!(
                matches!(next, Next::Close(_)),
                matches!(heard.last(), Some(Heard::Disconnect { .. }))
            );
        }
    }
}
