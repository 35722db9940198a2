use core::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::vec::Vec;

use super::*;
use crate::frame::Frame;
use crate::framing::{Split, split_frame};

const MAX: MaxFrameSize = MaxFrameSize::MIN;

/// The actions of the one frame in `out`, which must have no defect.
fn actions(out: &[u8]) -> Vec<Action<'_>> {
    let Ok(Split::Complete { frame, rest: [] }) = split_frame(out, MAX) else { panic!("not one frame") };
    let Ok(Frame::Ack(ack)) = Frame::parse(frame) else { panic!("no ACK") };
    ack.actions().map(|action| action.expect("an action without defect")).collect()
}

fn string(name: &'static str, value: &'static [u8]) -> Action<'static> {
    Action::SetVar { scope: Scope::Txn, name: name.as_bytes(), value: TypedData::String(value) }
}

#[test]
fn writes_the_bytes_of_the_specification() {
    let mut out = BytesMut::new();
    let mut ack = AckEncoder::begin(&mut out, 240, 1, MAX);
    ack.set_var(Scope::Txn, "status", 403_u32).unwrap();
    ack.unset_var(Scope::Sess, "x").unwrap();
    assert_eq!(ack.finish(), 30);
    let expected = b"\0\0\0\x1a\x67\0\0\0\x01\xf0\x00\x01\x01\x03\x02\x06status\x03\xf3\x0a\x02\x02\x01\x01x";
    assert_eq!(out, expected[..]);
}

#[test]
fn an_ack_without_actions_is_a_frame() {
    let mut out = BytesMut::new();
    AckEncoder::begin(&mut out, 0, 1, MAX);
    assert!(actions(&out).is_empty());
}

#[test]
fn every_scope_comes_back() {
    for scope in [Scope::Proc, Scope::Sess, Scope::Txn, Scope::Req, Scope::Res] {
        let written = [
            Action::SetVar { scope, name: b"a", value: TypedData::Null },
            Action::UnsetVar { scope, name: b"b" },
        ];
        let mut out = BytesMut::new();
        let mut ack = AckEncoder::begin(&mut out, 1, 1, MAX);
        written.iter().for_each(|action| ack.action(*action).unwrap());
        ack.finish();
        assert_eq!(actions(&out), written);
    }
}

#[test]
fn a_value_rendered_in_pieces_is_one_string() {
    let mut out = BytesMut::new();
    let mut ack = AckEncoder::begin(&mut out, 1, 1, MAX);
    ack.set_var_with(Scope::Txn, "labels", |text| {
        write!(text, "net={:>7}", "any")?;
        text.write_bytes(b";img=\xff")
    })
    .unwrap();
    ack.finish();
    assert_eq!(actions(&out), [string("labels", b"net=    any;img=\xff")]);
}

#[test]
fn a_rendered_value_is_written_as_a_given_one_at_every_length() {
    let max = MaxFrameSize::MAX;
    for len in [0, 1, 239, 240, 241, 2287, 2288, 2289, 264_431, 264_432, 264_433] {
        let text = std::vec![b'x'; len];
        let (mut given, mut rendered) = (BytesMut::new(), BytesMut::new());
        let value = TypedData::String(&text);
        AckEncoder::begin(&mut given, 1, 1, max).set_var(Scope::Txn, "v", value).unwrap();
        let mut ack = AckEncoder::begin(&mut rendered, 1, 1, max);
        ack.set_var_with(Scope::Txn, "v", |out| text.chunks(100).try_for_each(|part| out.write_bytes(part)))
            .unwrap();
        ack.finish();
        assert!(given == rendered, "{len} bytes");
    }
}

#[test]
fn a_frame_fills_up_to_the_last_byte_and_no_further() {
    // 256 bytes less the header of 7 and, for a name of 1 byte, 3 + 2 + 1 + the length of the string.
    let longest = 256 - 7 - 3 - 2 - 1 - 2;
    let text = [b'x'; 300];
    for len in 230..300 {
        let (mut given, mut rendered) = (BytesMut::from("before"), BytesMut::from("before"));
        let mut ack = AckEncoder::begin(&mut given, 1, 1, MAX);
        let taken = ack.set_var(Scope::Txn, "v", TypedData::String(&text[..len])).is_ok();
        assert_eq!(
            (taken, ack.room()),
            (len <= longest, if taken { longest - len + usize::from(len < 240) } else { 249 })
        );
        ack.finish();
        let mut ack = AckEncoder::begin(&mut rendered, 1, 1, MAX);
        let refused = ack.set_var_with(Scope::Txn, "v", |out| out.write_bytes(&text[..len])).err();
        assert_eq!(refused.map(|error| error.status().code()), if taken { None } else { Some(3) });
        ack.finish();
        assert!(given == rendered, "{len} bytes");
        assert_eq!(actions(&given[6..]).len(), usize::from(taken));
    }
}

#[test]
fn a_refused_action_leaves_no_trace() {
    let mut out = BytesMut::new();
    let mut ack = AckEncoder::begin(&mut out, 1, 1, MAX);
    let long = [b'x'; 257];
    ack.set_var(Scope::Txn, "first", true).unwrap();
    let room = ack.room();
    assert_eq!(
        ack.set_var(Scope::Txn, "v", TypedData::Binary(&long)),
        Err(Error::NoRoom { needed: 3 + 2 + 1 + 2 + 257, room })
    );
    assert_eq!(ack.unset_var(Scope::Txn, long), Err(Error::NoRoom { needed: 3 + 2 + 257, room }));
    let stubborn = ack.set_var_with(Scope::Txn, "v", |text| {
        let _ = text.write_bytes(&long);
        text.write_bytes(b"short")
    });
    assert!(matches!(stubborn, Err(Error::NoRoom { needed: 257, .. })));
    assert_eq!(stubborn.unwrap_err().status().code(), 3);
    let failed = ack.set_var_with(Scope::Txn, "v", |text| text.write_str("half").and(Err(fmt::Error)));
    assert_eq!(failed, Err(Error::Format));
    ack.set_var(Scope::Txn, "last", "x").unwrap();
    ack.finish();
    let first = Action::SetVar { scope: Scope::Txn, name: b"first", value: TypedData::Bool(true) };
    assert_eq!(actions(&out), [first, string("last", b"x")]);
}

#[test]
fn a_panic_while_rendering_leaves_a_valid_frame() {
    let mut out = BytesMut::new();
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let mut ack = AckEncoder::begin(&mut out, 1, 1, MAX);
        ack.set_var(Scope::Txn, "a", "x").unwrap();
        ack.set_var_with(Scope::Txn, "b", |text| {
            text.write_str("half a value")?;
            std::panic::resume_unwind(std::boxed::Box::new("stop"))
        })
    }));
    assert!(unwound.is_err());
    assert_eq!(actions(&out), [string("a", b"x")]);
}

#[test]
fn frames_follow_each_other_in_one_buffer() {
    let mut out = BytesMut::new();
    for stream_id in 0..3 {
        AckEncoder::begin(&mut out, stream_id, 1, MAX).set_var(Scope::Txn, "n", stream_id).unwrap();
    }
    let mut rest = &out[..];
    let mut streams = Vec::new();
    while let Ok(Split::Complete { frame, rest: after }) = split_frame(rest, MAX) {
        let Ok(Frame::Ack(ack)) = Frame::parse(frame) else { panic!("no ACK") };
        streams.push(ack.stream_id);
        rest = after;
    }
    assert_eq!((streams, rest), (std::vec![0, 1, 2], &[][..]));
}
