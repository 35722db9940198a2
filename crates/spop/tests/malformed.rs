//! Frames that are cut, changed or made up: a typed error or a frame, never a panic, and never more than is
//! there.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use bytes::BytesMut;
use proptest::prelude::*;
use spop::{
    AckEncoder, Action, AgentHello, Capabilities, Defect, Disconnect, Error, Field, Frame, HaproxyHello,
    HdrsBin, Key, MaxFrameSize, Notify, Peer, Scope, Split, Status, TypedData, Version, split_frame, varint,
};

mod capture;

const MAX: MaxFrameSize = MaxFrameSize::HAPROXY_DEFAULT;

/// Reads all that a buffer holds, as an agent or HAProxy would, and returns the first error.
fn read_all(mut buffer: &[u8]) -> Result<(), Error> {
    while let Split::Complete { frame, rest } = split_frame(buffer, MAX)? {
        buffer = rest;
        match Frame::parse(frame)? {
            Frame::Notify(notify) => read_messages(&notify)?,
            Frame::Ack(ack) => ack.actions().try_for_each(|action| action.map(drop))?,
            Frame::HaproxyHello(hello) => drop(AgentHello::answer(&hello, MAX)?),
            Frame::AgentHello(_) | Frame::HaproxyDisconnect(_) | Frame::AgentDisconnect(_) => {}
        }
    }
    Ok(())
}

fn read_messages(notify: &Notify<'_>) -> Result<(), Error> {
    for message in notify.messages() {
        for arg in message?.args() {
            if let TypedData::Binary(bytes) = arg?.value {
                HdrsBin::new(bytes).try_for_each(|header| header.map(drop))?;
            }
        }
    }
    Ok(())
}

/// A frame with its length prefix: type, FIN, ids 0 and this payload.
fn frame(frame_type: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len() + 7).expect("a short payload");
    [&length.to_be_bytes()[..], &[frame_type, 0, 0, 0, 1, 0, 0], payload].concat()
}

fn malformed(field: Field, offset: usize, defect: Defect) -> Error {
    Error::Malformed { field, offset, defect }
}

/// Every captured frame, and one of each kind that an agent sends.
fn samples() -> Vec<Vec<u8>> {
    let mut samples: Vec<_> =
        capture::all().into_iter().flat_map(|(_, capture)| capture).map(|(_, bytes)| bytes).collect();
    let hello =
        AgentHello { version: Version::V2_0, max_frame_size: MAX, capabilities: Capabilities::PIPELINING };
    let mut agent = [BytesMut::new(), BytesMut::new(), BytesMut::new()];
    hello.encode(&mut agent[0], MAX).expect("room");
    Disconnect::from(Status::Timeout).encode(Peer::Agent, &mut agent[1], MAX).expect("room");
    let mut ack = AckEncoder::begin(&mut agent[2], 1000, 1, MAX);
    ack.set_var(Scope::Txn, "labels", "net=unknown").expect("room");
    ack.unset_var(Scope::Sess, "x").expect("room");
    ack.finish();
    samples.extend(agent.map(|bytes| bytes.to_vec()));
    samples
}

#[test]
fn a_frame_cut_anywhere_in_the_stream_is_incomplete() {
    for bytes in samples() {
        for len in 0..bytes.len() {
            let Ok(Split::Incomplete { needed }) = split_frame(&bytes[..len], MAX) else {
                panic!("cut at {len}")
            };
            assert!(needed > 0 && len + needed <= bytes.len(), "cut at {len}, {needed} asked for");
        }
        assert_eq!(read_all(&bytes), Ok(()));
    }
}

#[test]
fn a_frame_that_ends_within_a_field_is_truncated_there() {
    for bytes in samples() {
        for len in 1..bytes.len() - 4 {
            let result = Frame::parse(&bytes[4..4 + len]).and_then(|frame| match frame {
                Frame::Notify(notify) => read_messages(&notify),
                Frame::Ack(ack) => ack.actions().try_for_each(|action| action.map(drop)),
                Frame::HaproxyHello(HaproxyHello { healthcheck: false, engine_id: None, .. }) => Ok(()),
                other => panic!("{other:?} of {len} bytes lacks an item and was taken"),
            });
            match result {
                Err(Error::Malformed { offset, defect: Defect::Truncated, .. }) => assert!(offset <= len),
                // Cut between two items, messages or actions, or before an optional item.
                Err(Error::Missing { .. }) | Ok(()) => {}
                other => panic!("{len} of {} bytes: {other:?}", bytes.len()),
            }
        }
    }
}

#[test]
fn no_changed_byte_leads_to_a_panic() {
    for sample in samples() {
        for position in 0..sample.len() {
            for byte in
                [0x00, 0x01, 0x7f, 0x80, 0xef, 0xf0, 0xff, sample[position] ^ 0x10, sample[position] ^ 0x80]
            {
                let mut bytes = sample.clone();
                bytes[position] = byte;
                if let Err(error) = read_all(&bytes) {
                    assert_ne!(error.status(), Status::Normal);
                    assert!(!error.to_string().is_empty());
                }
            }
        }
    }
}

#[test]
fn an_empty_notify_has_no_message() {
    let bytes = frame(3, b"");
    let Frame::Notify(notify) = capture::frame(&bytes) else { panic!("no NOTIFY") };
    assert_eq!((notify.stream_id, notify.frame_id), (0, 0));
    assert!(notify.messages().next().is_none());
}

#[test]
fn two_messages_are_found_whether_or_not_the_arguments_of_the_first_are_read() {
    let bytes = frame(3, b"\x03one\x02\x01a\x11\x00\x08\x01x\x03two\x00");
    let Frame::Notify(notify) = capture::frame(&bytes) else { panic!("no NOTIFY") };
    let names = notify.messages().map(|message| message.map(|message| message.name));
    assert_eq!(names.collect::<Result<Vec<_>, _>>(), Ok([&b"one"[..], b"two"].to_vec()));
    let mut messages = notify.messages();
    let one = messages.next().expect("two messages").expect("no defect");
    let args: Vec<_> =
        one.args().map(|arg| arg.expect("no defect")).map(|arg| (arg.name, arg.value)).collect();
    assert_eq!(args, [(&b"a"[..], TypedData::Bool(true)), (b"", TypedData::String(b"x"))]);
    let two = messages.next().expect("two messages").expect("no defect");
    assert_eq!((two.name, two.args().count()), (&b"two"[..], 0));
    assert!(messages.next().is_none());
}

#[test]
fn a_count_that_promises_more_arguments_is_found_out() {
    let bytes = frame(3, b"\x03one\xff\x01a\x11");
    let Frame::Notify(notify) = capture::frame(&bytes) else { panic!("no NOTIFY") };
    let truncated = malformed(Field::ArgumentName, 15, Defect::Truncated);
    let mut messages = notify.messages();
    let mut args = messages.next().expect("a message").expect("no defect").args();
    assert_eq!((args.announced(), args.size_hint()), (255, (1, Some(255))));
    assert!(args.next().expect("an argument").is_ok());
    assert_eq!(args.next(), Some(Err(truncated)));
    assert_eq!(args.next(), None);
    assert_eq!(messages.next().map(|message| message.map(drop)), Some(Err(truncated)));
    assert!(messages.next().is_none());
}

#[test]
fn messages_end_after_one_without_its_whole_name() {
    let bytes = frame(3, b"\x03one\x00\x09two");
    let Frame::Notify(notify) = capture::frame(&bytes) else { panic!("no NOTIFY") };
    let mut messages = notify.messages();
    assert!(messages.next().expect("a message").is_ok());
    let error = messages.next().expect("an error").expect_err("a name of 9 bytes");
    assert_eq!(error, malformed(Field::MessageName, 13, Defect::Truncated));
    assert!(messages.next().is_none());
}

#[test]
fn a_count_that_conceals_arguments_makes_the_rest_another_message() {
    // The argument `a` is read as a message, and its value as a number of arguments.
    let error = read_all(&frame(3, b"\x03one\x00\x01a\x11"));
    assert_eq!(error, Err(malformed(Field::ArgumentName, 15, Defect::Truncated)));
}

#[test]
fn a_length_beyond_the_frame_is_truncated_however_large() {
    let mut huge = vec![1, b'm', 1, 0, 0x08];
    varint::encode(u64::MAX, &mut huge);
    assert_eq!(read_all(&frame(3, &huge)), Err(malformed(Field::ArgumentValue, 22, Defect::Truncated)));
    let short = b"\x01m\x01\x00\x08\x05four";
    assert_eq!(read_all(&frame(3, short)), Err(malformed(Field::ArgumentValue, 13, Defect::Truncated)));
    let endless = [&b"\x01m\x01\x00\x05"[..], &[0xff; 30]].concat();
    assert_eq!(
        read_all(&frame(3, &endless)),
        Err(malformed(Field::ArgumentValue, 12, Defect::VarintOverflow))
    );
}

#[test]
fn each_defect_of_an_action_is_named_and_ends_the_list() {
    let good = b"\x02\x02\x01\x01x";
    for (bad, field, offset, defect) in [
        (&b"\x03\x02\x01\x01x"[..], Field::ActionType, 0, Defect::UnknownAction { code: 3 }),
        (b"\x00", Field::ActionType, 0, Defect::UnknownAction { code: 0 }),
        (
            b"\x01\x02\x01\x01x\x00",
            Field::ArgumentCount,
            1,
            Defect::WrongArgumentCount { found: 2, expected: 3 },
        ),
        (b"\x02\x03\x01\x01x", Field::ArgumentCount, 1, Defect::WrongArgumentCount { found: 3, expected: 2 }),
        (b"\x01\x03\x05\x01x\x00", Field::VariableScope, 2, Defect::UnknownScope { code: 5 }),
        (b"\x01\x03\x02\x02x", Field::VariableName, 4, Defect::Truncated),
        (b"\x01\x03\x02\x01x", Field::VariableValue, 5, Defect::Truncated),
        (b"\x01\x03\x02\x01x\x18", Field::VariableValue, 5, Defect::UnknownDataType { type_byte: 0x18 }),
    ] {
        let bytes = frame(103, &[good, bad].concat());
        let Frame::Ack(ack) = capture::frame(&bytes) else { panic!("no ACK") };
        let mut actions = ack.actions();
        assert_eq!(actions.next(), Some(Ok(Action::UnsetVar { scope: Scope::Sess, name: b"x" })));
        assert_eq!(actions.next(), Some(Err(malformed(field, 7 + good.len() + offset, defect))));
        assert_eq!(actions.next(), None);
    }
}

/// The items that a hello of HAProxy cannot do without.
const VERSIONS: &[u8] = b"\x12supported-versions\x08\x032.0";
const SIZE: &[u8] = b"\x0emax-frame-size\x03\xfc\xf0\x06";
const CAPABILITIES: &[u8] = b"\x0ccapabilities\x08\x00";

#[test]
fn a_hello_without_a_mandatory_item_has_the_status_for_it() {
    for (items, key, status) in [
        ([SIZE, CAPABILITIES], Key::SupportedVersions, Status::NoVersion),
        ([VERSIONS, CAPABILITIES], Key::MaxFrameSize, Status::NoMaxFrameSize),
        ([VERSIONS, SIZE], Key::Capabilities, Status::NoCapabilities),
    ] {
        let error = read_all(&frame(1, &items.concat())).expect_err("an item is missing");
        assert_eq!((error, error.status()), (Error::Missing { key }, status));
    }
    for (frame_type, key, status) in [
        (101, Key::Version, Status::NoVersion),
        (2, Key::StatusCode, Status::Invalid),
        (102, Key::StatusCode, Status::Invalid),
    ] {
        let error = read_all(&frame(frame_type, b"")).expect_err("an item is missing");
        assert_eq!((error, error.status()), (Error::Missing { key }, status));
    }
}

#[test]
fn items_come_in_any_order_and_unknown_ones_are_skipped() {
    let unknown = b"\x01x\x09\x02\xe9\xff";
    let payload = [CAPABILITIES, unknown, SIZE, unknown, VERSIONS].concat();
    assert_eq!(read_all(&frame(1, &payload)), Ok(()));
}

#[test]
fn refuses_an_item_that_is_given_twice() {
    let payload = [VERSIONS, SIZE, CAPABILITIES, SIZE].concat();
    let offset = 7 + VERSIONS.len() + SIZE.len() + CAPABILITIES.len();
    let refused = malformed(Field::Item(Key::MaxFrameSize), offset, Defect::Duplicate);
    assert_eq!(read_all(&frame(1, &payload)), Err(refused));
}

#[test]
fn refuses_an_item_without_name() {
    let payload = [VERSIONS, b"\x00\x00"].concat();
    let refused = malformed(Field::ItemName, 7 + VERSIONS.len(), Defect::EmptyName);
    assert_eq!(read_all(&frame(1, &payload)), Err(refused));
}

#[test]
fn refuses_an_item_of_another_type() {
    let payload = [VERSIONS, b"\x0emax-frame-size\x08\x0516380", CAPABILITIES].concat();
    let found = TypedData::String(b"").data_type();
    let offset = 7 + VERSIONS.len() + 15;
    let refused = malformed(Field::Item(Key::MaxFrameSize), offset, Defect::UnexpectedType { found });
    assert_eq!(read_all(&frame(1, &payload)), Err(refused));
}

#[test]
fn a_frame_size_is_taken_as_any_integer_of_at_least_256() {
    let hello = |size: TypedData<'_>| {
        let mut payload = [VERSIONS, CAPABILITIES, b"\x0emax-frame-size"].concat();
        size.encode(&mut payload);
        read_all(&frame(1, &payload))
    };
    for size in [256_u32.into(), 256_i32.into(), 256_i64.into(), 256_u64.into(), TypedData::from(u32::MAX)] {
        assert_eq!(hello(size), Ok(()), "{size:?}");
    }
    for (size, announced) in [
        (TypedData::from(255_u32), 255),
        (0_u32.into(), 0),
        ((-1_i32).into(), u64::MAX),
        (u64::MAX.into(), u64::MAX),
        ((1_u64 << 32).into(), 1 << 32),
    ] {
        let error = hello(size).expect_err("a size out of range");
        assert_eq!((error, error.status().code()), (Error::BadMaxFrameSize { announced }, 9));
    }
}

#[test]
fn a_peer_without_2_0_gets_status_8() {
    let payload = [b"\x12supported-versions\x08\x031.0", SIZE, CAPABILITIES].concat();
    let error = read_all(&frame(1, &payload)).expect_err("no common version");
    assert_eq!((error, error.status().code()), (Error::UnsupportedVersion, 8));
}

#[test]
fn refuses_an_agent_that_answers_with_nonsense() {
    let version =
        |text: &[u8]| read_all(&frame(101, &[b"\x07version\x08\x03", text, SIZE, CAPABILITIES].concat()));
    assert_eq!(version(b"2.0"), Ok(()));
    assert_eq!(version(b"two"), Err(malformed(Field::Item(Key::Version), 15, Defect::NotAVersion)));
    let code = read_all(&frame(2, b"\x0bstatus-code\x05\xff\xff\xff\xff\xff\xff\x00\x07message\x08\x00"));
    assert_eq!(code, Err(malformed(Field::Item(Key::StatusCode), 19, Defect::OutOfRange)));
}

proptest! {
    #[test]
    fn garbage_never_panics(bytes: Vec<u8>) {
        let _ = read_all(&bytes);
        let _ = Frame::parse(&bytes);
        let _ = HdrsBin::new(&bytes).count();
    }

    #[test]
    fn garbage_behind_a_valid_header_never_panics(
        kind in prop::sample::select(vec![1_u8, 2, 3, 101, 102, 103]),
        payload: Vec<u8>,
    ) {
        let _ = read_all(&frame(kind, &payload));
    }

    #[test]
    fn several_changed_bytes_never_panic(
        sample in prop::sample::select(samples()),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = sample;
        for (position, byte) in changes {
            let position = position.index(bytes.len());
            bytes[position] = byte;
        }
        let _ = read_all(&bytes);
    }
}
