//! From NOTIFY to ACK nothing is allocated: the crate is `no_std` without `alloc`, values borrow from the
//! frame, and the caller's buffer stays where and as large as it is.

#![allow(clippy::expect_used, clippy::panic, reason = "a test reports by panicking")]

use std::fmt::Write as _;

use bytes::BytesMut;
use spop::{AckEncoder, Arg, Error, Frame, HdrsBin, MaxFrameSize, Notify, Scope, TypedData};

mod capture;

const MAX: MaxFrameSize = MaxFrameSize::HAPROXY_DEFAULT;

/// An answer to `notify` that uses each of the ways to set a variable.
fn answer(notify: &Notify<'_>, out: &mut BytesMut) -> Result<(), Error> {
    let mut ack = AckEncoder::answer(out, notify, MAX);
    ack.set_var(Scope::Txn, "status", 429_u32)?;
    for message in notify.messages() {
        for Arg { name, value } in message?.args().flatten() {
            ack.set_var(Scope::Txn, name, value)?;
            if let TypedData::Binary(headers) = value {
                let headers = HdrsBin::new(headers).flatten().count();
                ack.set_var_with(Scope::Txn, "labels", |text| {
                    write!(text, "net=unknown;headers={headers:0>300}")
                })?;
            }
        }
    }
    ack.unset_var(Scope::Req, "stale")
}

#[test]
fn answers_do_not_move_the_buffer() {
    let mut out = BytesMut::with_capacity(4 + MAX.get() as usize);
    let place = (out.as_ptr(), out.capacity());
    for (kind, bytes) in capture::all().iter().flat_map(|(_, capture)| capture) {
        let Frame::Notify(notify) = capture::frame(bytes) else {
            assert_ne!(*kind, "notify");
            continue;
        };
        answer(&notify, &mut out).expect("room for the answer");
        assert!(out.len() > 300);
        out.clear();
        assert_eq!((out.as_ptr(), out.capacity()), place);
    }
}

#[test]
fn a_refused_action_does_not_grow_the_buffer() {
    let mut out = BytesMut::with_capacity(64);
    let place = (out.as_ptr(), out.capacity());
    let mut ack = AckEncoder::begin(&mut out, 1, 1, MAX);
    let long = vec![b'x'; 16_380];
    ack.set_var(Scope::Txn, "page", TypedData::String(&long)).expect_err("longer than the frame");
    ack.set_var_with(Scope::Txn, "page", |text| text.write_bytes(&long)).expect_err("longer than the frame");
    ack.finish();
    assert_eq!((out.as_ptr(), out.capacity()), place);
}

#[test]
fn strings_point_into_the_frame() {
    let (_, capture) = &capture::all()[0];
    let (_, bytes) = capture.iter().find(|(kind, _)| *kind == "notify").expect("a NOTIFY");
    let Frame::Notify(notify) = capture::frame(bytes) else { panic!("no NOTIFY") };
    let args = notify.messages().flatten().flat_map(|message| message.args()).flatten();
    let strings: Vec<_> = args.filter_map(|arg| arg.value.as_bytes()).collect();
    assert_eq!(strings.len(), 6);
    for string in strings {
        let frame = bytes.as_ptr_range();
        assert!(frame.contains(&string.as_ptr()) && string.as_ptr_range().end <= frame.end);
    }
}
