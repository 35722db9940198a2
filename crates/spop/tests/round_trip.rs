//! Whatever can be written is read as it was meant: the six frames, in both directions.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use std::net::{Ipv4Addr, Ipv6Addr};

use bytes::BytesMut;
use proptest::collection::vec;
use proptest::prelude::*;
use spop::{
    AckEncoder, Action, AgentHello, Arg, Capabilities, Disconnect, Error, Flags, Frame, HaproxyHello,
    MaxFrameSize, NotifyEncoder, Peer, Scope, Split, Status, SupportedVersions, TypedData, Version,
    split_frame,
};

const MAX: MaxFrameSize = MaxFrameSize::MAX;

/// A value that owns its bytes.
#[derive(Debug, Clone)]
enum Value {
    Plain(TypedData<'static>),
    String(Vec<u8>),
    Binary(Vec<u8>),
}

impl Value {
    fn borrow(&self) -> TypedData<'_> {
        match self {
            Self::Plain(value) => *value,
            Self::String(bytes) => TypedData::String(bytes),
            Self::Binary(bytes) => TypedData::Binary(bytes),
        }
    }
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Plain(TypedData::Null)),
        any::<bool>().prop_map(|value| Value::Plain(value.into())),
        any::<i32>().prop_map(|value| Value::Plain(value.into())),
        any::<u32>().prop_map(|value| Value::Plain(value.into())),
        any::<i64>().prop_map(|value| Value::Plain(value.into())),
        any::<u64>().prop_map(|value| Value::Plain(value.into())),
        any::<Ipv4Addr>().prop_map(|value| Value::Plain(value.into())),
        any::<Ipv6Addr>().prop_map(|value| Value::Plain(value.into())),
        vec(any::<u8>(), 0..300).prop_map(Value::String),
        vec(any::<u8>(), 0..300).prop_map(Value::Binary),
    ]
}

/// Names of up to 255 bytes, empty ones included.
fn name() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..256)
}

fn scope() -> impl Strategy<Value = Scope> {
    prop::sample::select(vec![Scope::Proc, Scope::Sess, Scope::Txn, Scope::Req, Scope::Res])
}

/// Reads the one frame in `bytes` and checks that writing it gives the same bytes.
fn read_back(bytes: &[u8]) -> Frame<'_> {
    let Ok(Split::Complete { frame, rest: [] }) = split_frame(bytes, MAX) else {
        panic!("not exactly one frame")
    };
    let frame = Frame::parse(frame).expect("a frame without defect");
    let mut again = BytesMut::new();
    frame.encode(&mut again, MAX).expect("room as before");
    assert!(again == bytes, "written again, {:?} differs", frame.frame_type());
    frame
}

fn encoded(write: impl FnOnce(&mut BytesMut) -> Result<(), Error>) -> BytesMut {
    let mut out = BytesMut::new();
    write(&mut out).expect("room in the largest of all frames");
    out
}

proptest! {
    #[test]
    fn haproxy_hello(
        versions: Vec<u8>,
        max_frame_size in 256_u32..,
        capabilities: Vec<u8>,
        healthcheck: bool,
        engine_id in proptest::option::of(any::<Vec<u8>>()),
    ) {
        let hello = HaproxyHello {
            supported_versions: SupportedVersions::new(&versions),
            max_frame_size,
            capabilities: Capabilities::new(&capabilities),
            healthcheck,
            engine_id: engine_id.as_deref(),
        };
        let bytes = encoded(|out| hello.encode(out, MAX));
        let Frame::HaproxyHello(read) = read_back(&bytes) else { panic!("another frame") };
        prop_assert_eq!(read, hello);
    }

    #[test]
    fn agent_hello(major in 1_u16.., minor: u16, size in 256_u32..=1 << 20, capabilities: Vec<u8>) {
        let hello = AgentHello {
            version: Version { major, minor },
            max_frame_size: MaxFrameSize::new(size).expect("a size within the limits"),
            capabilities: Capabilities::new(&capabilities),
        };
        let bytes = encoded(|out| hello.encode(out, MAX));
        let Frame::AgentHello(read) = read_back(&bytes) else { panic!("another frame") };
        prop_assert_eq!(read, hello);
    }

    #[test]
    fn both_disconnects(status_code: u32, message: Vec<u8>) {
        let disconnect = Disconnect { status_code, message: &message };
        let bytes = encoded(|out| disconnect.encode(Peer::Haproxy, out, MAX));
        let Frame::HaproxyDisconnect(read) = read_back(&bytes) else { panic!("another frame") };
        prop_assert_eq!(read, disconnect);
        let bytes = encoded(|out| disconnect.encode(Peer::Agent, out, MAX));
        let Frame::AgentDisconnect(read) = read_back(&bytes) else { panic!("another frame") };
        prop_assert_eq!(read, disconnect);
    }

    #[test]
    fn notify(
        stream_id: u64,
        frame_id: u64,
        messages in vec((name(), vec((name(), value()), 0..12)), 0..4),
    ) {
        let bytes = encoded(|out| {
            let mut notify = NotifyEncoder::begin(out, stream_id, frame_id, MAX);
            messages.iter().try_for_each(|(name, args)| {
                notify.message(name, args.iter().map(|(name, value)| Arg { name, value: value.borrow() }))
            })
        });
        let Frame::Notify(read) = read_back(&bytes) else { panic!("another frame") };
        prop_assert_eq!((read.stream_id, read.frame_id, read.flags), (stream_id, frame_id, Flags::FIN));
        let mut expected = messages.iter();
        for message in read.messages().map(|message| message.expect("a message")) {
            let (name, args) = expected.next().expect("no more messages than written");
            prop_assert_eq!(message.name, name);
            let read: Vec<_> = message.args().map(|arg| arg.expect("an argument")).collect();
            let written: Vec<_> = args.iter().map(|(name, value)| Arg { name, value: value.borrow() }).collect();
            prop_assert_eq!(read, written);
        }
        prop_assert!(expected.next().is_none(), "fewer messages than written");
    }

    #[test]
    fn ack(
        stream_id: u64,
        frame_id: u64,
        actions in vec((scope(), name(), proptest::option::of(value())), 0..20),
    ) {
        let written: Vec<_> = actions
            .iter()
            .map(|(scope, name, value)| match value {
                Some(value) => Action::SetVar { scope: *scope, name, value: value.borrow() },
                None => Action::UnsetVar { scope: *scope, name },
            })
            .collect();
        let bytes = encoded(|out| {
            let mut ack = AckEncoder::begin(out, stream_id, frame_id, MAX);
            written.iter().try_for_each(|action| ack.action(*action))
        });
        let Frame::Ack(read) = read_back(&bytes) else { panic!("another frame") };
        prop_assert_eq!((read.stream_id, read.frame_id, read.flags), (stream_id, frame_id, Flags::FIN));
        prop_assert_eq!(read.actions().collect::<Result<Vec<_>, _>>(), Ok(written));
    }

    #[test]
    fn a_frame_never_exceeds_what_was_negotiated(
        size in 256_u32..600,
        actions in vec((scope(), name(), value(), any::<bool>()), 0..12),
    ) {
        let max = MaxFrameSize::new(size).expect("a size within the limits");
        let mut out = BytesMut::new();
        let mut ack = AckEncoder::begin(&mut out, 1, 1, max);
        let mut taken = Vec::new();
        for (scope, name, value, in_place) in &actions {
            let scope = *scope;
            let (written, value) = match value.borrow() {
                TypedData::String(bytes) | TypedData::Binary(bytes) if *in_place => {
                    (ack.set_var_with(scope, name, |text| text.write_bytes(bytes)), TypedData::String(bytes))
                }
                value => (ack.set_var(scope, name, value), value),
            };
            match written {
                Ok(()) => taken.push(Action::SetVar { scope, name, value }),
                Err(error) => prop_assert_eq!(error.status(), Status::TooBig),
            }
        }
        ack.finish();
        prop_assert!(out.len() <= 4 + size as usize);
        let Frame::Ack(read) = read_back(&out) else { panic!("another frame") };
        prop_assert_eq!(read.actions().collect::<Result<Vec<_>, _>>(), Ok(taken));
    }
}

#[test]
fn a_frame_that_does_not_fit_leaves_the_buffer_as_it_was() {
    let long = [b'x'; 256];
    let hello = HaproxyHello {
        supported_versions: SupportedVersions::new(b"2.0"),
        max_frame_size: 16_380,
        capabilities: Capabilities::NONE,
        healthcheck: false,
        engine_id: Some(&long),
    };
    let agent_hello = AgentHello {
        version: Version::V2_0,
        max_frame_size: MaxFrameSize::MIN,
        capabilities: Capabilities::new(&long),
    };
    let disconnect = Disconnect { status_code: 99, message: &long };
    let notify = encoded(|out| NotifyEncoder::begin(out, 1, 1, MAX).message(long, []));
    let ack = encoded(|out| AckEncoder::begin(out, 1, 1, MAX).unset_var(Scope::Txn, long));
    let frames = [
        Frame::HaproxyHello(hello),
        Frame::AgentHello(agent_hello),
        Frame::HaproxyDisconnect(disconnect),
        Frame::AgentDisconnect(disconnect),
        read_back(&notify),
        read_back(&ack),
    ];
    for frame in frames {
        let mut out = BytesMut::from("written before");
        let refused = frame.encode(&mut out, MaxFrameSize::MIN).expect_err("longer than 256 bytes");
        assert_eq!((refused.status(), &out[..]), (Status::TooBig, &b"written before"[..]));
    }
}
