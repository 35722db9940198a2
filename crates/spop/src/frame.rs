//! The six frames of SPOP (SPOE.txt, section 3.2.2).

use bytes::BytesMut;

use crate::ack::Ack;
use crate::agent_hello::AgentHello;
use crate::disconnect::{Disconnect, Peer};
use crate::error::Error;
use crate::haproxy_hello::HaproxyHello;
use crate::header::{FrameType, Header};
use crate::max_frame_size::MaxFrameSize;
use crate::notify::Notify;
use crate::payload::Payload;

/// A frame, borrowed from the bytes it was read from.
#[derive(Debug, Clone, Copy)]
pub enum Frame<'a> {
    /// HAProxy opens the connection.
    HaproxyHello(HaproxyHello<'a>),
    /// HAProxy closes the connection.
    HaproxyDisconnect(Disconnect<'a>),
    /// HAProxy asks.
    Notify(Notify<'a>),
    /// The agent accepts the connection.
    AgentHello(AgentHello<'a>),
    /// The agent closes the connection.
    AgentDisconnect(Disconnect<'a>),
    /// The agent answers.
    Ack(Ack<'a>),
}

impl<'a> Frame<'a> {
    /// Reads a frame without its length prefix, as [`split_frame`](crate::split_frame) gives it.
    ///
    /// Hellos and disconnects are read in full, NOTIFY and ACK up to their payload: messages and actions are
    /// checked as they are iterated over.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownFrameType`] for a frame that may be skipped; every other error ends the connection,
    /// with a disconnect of its [`status`](Error::status).
    #[inline]
    pub fn parse(frame: &'a [u8]) -> Result<Self, Error> {
        let mut payload = Payload::new(frame);
        let Header { frame_type, flags, stream_id, frame_id } = Header::parse(&mut payload)?;
        match frame_type {
            FrameType::Notify => Ok(Self::Notify(Notify { stream_id, frame_id, flags, payload })),
            FrameType::Ack => Ok(Self::Ack(Ack { stream_id, frame_id, flags, payload })),
            FrameType::HaproxyHello => HaproxyHello::parse(payload).map(Self::HaproxyHello),
            FrameType::HaproxyDisconnect => Disconnect::parse(payload).map(Self::HaproxyDisconnect),
            FrameType::AgentHello => AgentHello::parse(payload).map(Self::AgentHello),
            FrameType::AgentDisconnect => Disconnect::parse(payload).map(Self::AgentDisconnect),
        }
    }

    /// Appends the frame with its length prefix to `out`.
    ///
    /// # Errors
    ///
    /// [`Error::NoRoom`] if the frame exceeds `max`; `out` is as it was then.
    pub fn encode(&self, out: &mut BytesMut, max: MaxFrameSize) -> Result<(), Error> {
        match self {
            Self::HaproxyHello(hello) => hello.encode(out, max),
            Self::HaproxyDisconnect(disconnect) => disconnect.encode(Peer::Haproxy, out, max),
            Self::Notify(notify) => notify.encode(out, max),
            Self::AgentHello(hello) => hello.encode(out, max),
            Self::AgentDisconnect(disconnect) => disconnect.encode(Peer::Agent, out, max),
            Self::Ack(ack) => ack.encode(out, max),
        }
    }

    /// The type of the frame.
    #[must_use]
    pub const fn frame_type(&self) -> FrameType {
        match self {
            Self::HaproxyHello(_) => FrameType::HaproxyHello,
            Self::HaproxyDisconnect(_) => FrameType::HaproxyDisconnect,
            Self::Notify(_) => FrameType::Notify,
            Self::AgentHello(_) => FrameType::AgentHello,
            Self::AgentDisconnect(_) => FrameType::AgentDisconnect,
            Self::Ack(_) => FrameType::Ack,
        }
    }
}
