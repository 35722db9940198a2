//! HAPROXY-DISCONNECT and AGENT-DISCONNECT: the last frame of each side (SPOE.txt, sections 3.2.8 and 3.2.9).

use core::fmt;

use bytes::BytesMut;

use crate::error::{Defect, Error};
use crate::frame_encoder::FrameEncoder;
use crate::header::{FrameType, Header};
use crate::key::Key;
use crate::kv_list::{KvList, required};
use crate::max_frame_size::MaxFrameSize;
use crate::payload::Payload;
use crate::status::Status;
use crate::typed_data::TypedData;

/// One of the two sides of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Peer {
    /// HAProxy, which opens the connection.
    Haproxy,
    /// The agent, which accepts it. It answers a disconnect with one of its own **and closes**: HAProxy up to
    /// 3.0 waits for both.
    Agent,
}

/// Why a side ends the connection. The payload is the same in both directions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Disconnect<'a> {
    /// A code of [`Status`], or one that an agent defined for itself.
    pub status_code: u32,
    /// The reason in words.
    pub message: &'a [u8],
}

impl Disconnect<'_> {
    /// The status, if the code is one of the table.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        Status::from_code(self.status_code)
    }

    /// Appends the frame as `sender` sends it. One made [from](Self::from) a status fits into every frame.
    ///
    /// # Errors
    ///
    /// [`Error::NoRoom`] if the frame exceeds `max`; `out` is as it was then.
    pub fn encode(&self, sender: Peer, out: &mut BytesMut, max: MaxFrameSize) -> Result<(), Error> {
        let frame_type = match sender {
            Peer::Haproxy => FrameType::HaproxyDisconnect,
            Peer::Agent => FrameType::AgentDisconnect,
        };
        FrameEncoder::whole(out, &Header::of_connection(frame_type), max, |frame| {
            frame.put_item(Key::StatusCode, TypedData::Uint32(self.status_code))?;
            frame.put_item(Key::Message, TypedData::String(self.message))
        })
    }
}

impl<'a> Disconnect<'a> {
    pub(crate) fn parse(payload: Payload<'a>) -> Result<Self, Error> {
        let items = KvList::parse(payload)?;
        let code = required(Key::StatusCode, items.integer(Key::StatusCode)?)?;
        let Ok(status_code) = u32::try_from(code) else {
            return Err(items.malformed(Key::StatusCode, Defect::OutOfRange));
        };
        let message = required(Key::Message, items.string(Key::Message)?)?;
        Ok(Self { status_code, message })
    }
}

/// A disconnect with HAProxy's own text.
impl From<Status> for Disconnect<'static> {
    fn from(status: Status) -> Self {
        Self { status_code: status.code(), message: status.message().as_bytes() }
    }
}

impl fmt::Debug for Disconnect<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Disconnect {} \"{}\"", self.status_code, self.message.escape_ascii())
    }
}
