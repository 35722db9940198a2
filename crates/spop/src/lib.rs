//! The Stream Processing Offload Protocol 2.0 of HAProxy: the codec, for both sides of a connection.
//!
//! HAProxy connects, offers what it can do in a HAPROXY-HELLO and gets an AGENT-HELLO. From then on it sends
//! a NOTIFY for each event of a stream, and the agent answers with an ACK that sets variables. This crate
//! turns bytes into these frames and back. It knows no socket, no runtime and no clock.
//!
//! Data flows through it in this order:
//!
//! 1. [`split_frame`] finds a whole frame at the front of a read buffer, once its length has passed the
//!    [`MaxFrameSize`]. A frame that has not arrived in full is no error.
//! 2. [`Frame::parse`] reads the header and tells the six frames apart. What it returns borrows from the
//!    buffer.
//! 3. [`HaproxyHello`], [`AgentHello`] and [`Disconnect`] are read in full; [`Notify`] and [`Ack`] are walked
//!    through by iterators, whose items are each checked when they are reached.
//! 4. [`AckEncoder`] and [`NotifyEncoder`] write frames to the end of a buffer that the caller keeps.
//! 5. An [`Error`] says what is wrong at which offset, and its [`Status`] is what to disconnect with.
//!
//! ```
//! use bytes::BytesMut;
//! use spop::{AckEncoder, Arg, Error, Frame, MaxFrameSize, NotifyEncoder, Scope, Split, TypedData};
//! use std::fmt::Write as _;
//!
//! # fn main() -> Result<(), Error> {
//! let max = MaxFrameSize::HAPROXY_DEFAULT;
//! let mut received = BytesMut::new();
//! let agent = Arg { name: b"ua", value: TypedData::String(b"curl/8.5.0") };
//! NotifyEncoder::begin(&mut received, 7, 1, max).message("check-request", [agent])?;
//!
//! let mut answers = BytesMut::with_capacity(4096);
//! let mut unread = &received[..];
//! while let Split::Complete { frame, rest } = spop::split_frame(unread, max)? {
//!     unread = rest;
//!     let Frame::Notify(notify) = Frame::parse(frame)? else { continue };
//!     let mut ack = AckEncoder::answer(&mut answers, &notify, max);
//!     for message in notify.messages() {
//!         for arg in message?.args() {
//!             if let Arg { name: b"ua", value: TypedData::String(user_agent) } = arg? {
//!                 ack.set_var(Scope::Txn, "known", user_agent.starts_with(b"curl/"))?;
//!                 ack.set_var_with(Scope::Txn, "labels", |text| write!(text, "length={}", user_agent.len()))?;
//!             }
//!         }
//!     }
//!     ack.finish();
//! }
//! assert!(answers.ends_with(b"\x01\x03\x02\x06labels\x08\x09length=10"));
//! # Ok(())
//! # }
//! ```
//!
//! Reading allocates nothing, and writing only what the caller's buffer lacks. This holds by construction:
//! the crate is `no_std` and has no `alloc`, so only `BytesMut` could.
//!
//! The rules are those of `doc/SPOE.txt` in HAProxy's sources; "section" means one of it. Where that text
//! leaves something open, HAProxy's code decides, and where HAProxy is lenient in a way that lets two readers
//! see two things, this crate refuses: unknown flags in a type byte, an item given twice, an integer beyond
//! its type.

#![no_std]

#[cfg(test)]
extern crate std;

mod framing;
mod max_frame_size;

mod data_type;
mod payload;
mod string;
mod typed_data;
pub mod varint;

mod frame;
mod header;

mod agent_hello;
mod capabilities;
mod disconnect;
mod haproxy_hello;
mod key;
mod kv_list;
mod version;

mod hdrs_bin;
mod notify;
mod notify_encoder;

mod ack;
mod ack_encoder;

mod frame_encoder;
mod string_writer;

mod error;
mod status;

pub use ack::{Ack, Action, Actions, Scope};
pub use ack_encoder::AckEncoder;
pub use agent_hello::AgentHello;
pub use capabilities::{Capabilities, Capability};
pub use data_type::DataType;
pub use disconnect::{Disconnect, Peer};
pub use error::{Defect, Error, Field};
pub use frame::Frame;
pub use framing::{LENGTH_PREFIX, Split, split_frame};
pub use haproxy_hello::HaproxyHello;
pub use hdrs_bin::HdrsBin;
pub use header::{Flags, FrameType};
pub use key::Key;
pub use max_frame_size::MaxFrameSize;
pub use notify::{Arg, Args, Message, Messages, Notify};
pub use notify_encoder::NotifyEncoder;
pub use status::Status;
pub use string_writer::StringWriter;
pub use typed_data::TypedData;
pub use version::{SupportedVersions, Version};
